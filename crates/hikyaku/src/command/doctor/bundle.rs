//! Everything that is known, in one file for a help desk: a person can read it before it is handed
//! on. No password is in it; addresses are masked unless they are wanted.

use std::fmt::Write as _;
use std::path::Path;

use hikyaku_cause::{Cause, Language};
use hikyaku_doctor::Facts;
use hikyaku_screen::{covered, masked};
use hikyaku_talk::Told;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::BundleFile;
use crate::output::Output;
use crate::secret_file;
use crate::words::say;

/// User names that tell nothing about a person, and are words of their own.
const COMMON: &[&str] = &["mail", "info", "admin", "post", "contact", "support", "office", "sales"];

/// What goes into the file.
#[derive(Debug)]
pub(super) struct Bundle<'a> {
    /// The report as a person reads it.
    pub(super) report: String,
    /// The report for programs, for each account if there are several.
    pub(super) documents: Vec<Value>,
    /// What was seen on the network of each, if anything was looked at.
    pub(super) facts: Vec<&'a Facts>,
    /// What was asked and said.
    pub(super) told: &'a [Told],
    /// The addresses of the accounts.
    pub(super) addresses: Vec<&'a str>,
}

impl Bundle<'_> {
    /// Writes it if that was asked for on the command line.
    pub(super) fn write_where_asked(&self, to: &BundleFile, output: Output) -> Result<(), Cause> {
        let Some(file) = &to.bundle else { return Ok(()) };
        self.write(file, to.full_addresses, output)
    }

    /// Writes it, for its owner alone, whole or not at all.
    pub(super) fn write(
        &self,
        file: &Path,
        full_addresses: bool,
        output: Output,
    ) -> Result<(), Cause> {
        let id = if full_addresses { "bundle-addresses-full" } else { "bundle-addresses-masked" };
        let mut text = self.text(output.language, id);
        if !full_addresses {
            text = self.addresses.iter().fold(text, |text, it| without_name(&text, it));
            text = masked(&text);
        }
        secret_file::write(file, text.as_bytes())?;
        output.notice("bundle-written", &[("file", &file.display().to_string())]);
        Ok(())
    }

    fn text(&self, language: Language, addresses: &str) -> String {
        let mut text = String::new();
        let title = |text: &mut String, id: &str| {
            let _ = writeln!(text, "\n== {}\n", say(language, id, &[]));
        };
        let _ = writeln!(text, "{}", say(language, "bundle-title", &[]));
        let _ = writeln!(text, "{}", say(language, addresses, &[]));
        let when = Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
        let _ = writeln!(text, "{when}; hikyaku {}; {}", env!("CARGO_PKG_VERSION"), system());
        if !self.told.is_empty() {
            title(&mut text, "bundle-answers");
            for told in self.told {
                let _ = writeln!(text, "- {}\n    {}", told.asked, indented(&told.said));
            }
        }
        title(&mut text, "bundle-report");
        text.push_str(&covered(&self.report));
        title(&mut text, "bundle-data");
        let data = json!({
            "hikyaku": env!("CARGO_PKG_VERSION"),
            "system": system(),
            "report": one_or_all(&self.documents),
            "facts": one_or_all(&self.facts),
        });
        let _ = writeln!(text, "{}", serde_json::to_string_pretty(&data).unwrap_or_default());
        text
    }
}

/// What there is once stands for itself; nothing is `null`.
fn one_or_all(all: &[impl Serialize]) -> Value {
    let value = match all {
        [] => return Value::Null,
        [one] => serde_json::to_value(one),
        several => serde_json::to_value(several),
    };
    value.unwrap_or_default()
}

fn indented(text: &str) -> String {
    text.trim().replace('\n', "\n    ")
}

/// The operating system, as it names itself.
fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map_or(std::env::consts::OS, |name| name.trim_matches('"'));
    format!("{name} ({})", std::env::consts::ARCH)
}

/// What stands before the `@` is often the user name as well: masked where it stands as a word.
fn without_name(text: &str, address: &str) -> String {
    let local = address.rsplit_once('@').map_or("", |(local, _)| local);
    let Some(first) = local.chars().next() else { return text.to_owned() };
    if local.chars().count() < 3 || COMMON.contains(&local) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(local) {
        let (before, found) = rest.split_at(at);
        let after = found.strip_prefix(local).unwrap_or_default();
        let is_part = |it: Option<char>| {
            it.is_some_and(|it| it.is_ascii_alphanumeric() || "._-@".contains(it))
        };
        out.push_str(before);
        let stands_alone = !is_part(out.chars().next_back()) && !is_part(after.chars().next());
        if stands_alone {
            let _ = write!(out, "{first}***");
        } else {
            out.push_str(local);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_masked_where_it_stands_as_a_word() {
        let hidden = |text: &str| without_name(text, "taro@example.jp");
        assert_eq!(hidden("\"user\": \"taro\""), "\"user\": \"t***\"");
        assert_eq!(
            hidden("「taro」と taro.example.jp と kintaro"),
            "「t***」と taro.example.jp と kintaro"
        );
        assert_eq!(without_name("mail is mail", "mail@example.jp"), "mail is mail");
    }
}
