//! `docs/rfcs.toml`: which standards are obeyed, how far, and where; checked against itself and
//! against what the sources cite.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::report::{Checked, Verdict};
use crate::source::rust_files;
use crate::workspace::Workspace;

/// The standards whose state must always be said.
const MUST_BE_LISTED: [u32; 12] =
    [5321, 5322, 6409, 8314, 3207, 4954, 3463, 1870, 1939, 2449, 2595, 5034];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    rfc: Vec<Standard>,
}

/// One standard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Standard {
    number: u32,
    title: String,
    status: Status,
    /// What is not done, each with its section: `§4.5.4.1 retry intervals`.
    #[serde(default)]
    missing: Vec<String>,
    /// The files that obey it.
    #[serde(default, rename = "where")]
    places: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// All that concerns us is done.
    Yes,
    /// Some is missing; `missing` says what.
    Partial,
    /// Not done; `missing` says what that means for a user.
    No,
    /// A definition is used (an alphabet, a code); there is nothing to complete.
    Cited,
}

/// Checks the list.
pub(crate) fn check(workspace: &Workspace) -> Checked {
    let path = workspace.root.join("docs").join("rfcs.toml");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let list: List = toml::from_str(&text).context("docs/rfcs.toml")?;
    let mut faults: Vec<String> =
        list.rfc.iter().flat_map(|standard| standard.faults(&workspace.root)).collect();
    let listed: BTreeSet<u32> = list.rfc.iter().map(|standard| standard.number).collect();
    if listed.len() < list.rfc.len() {
        faults.push("a standard is listed twice".to_owned());
    }
    for number in MUST_BE_LISTED.iter().filter(|number| !listed.contains(number)) {
        faults.push(format!("RFC {number} must be listed"));
    }
    let cited = cited_in(&workspace.root.join("crates"))?;
    for (number, place) in cited.iter().filter(|(number, _)| !listed.contains(number)) {
        faults.push(format!("RFC {number} is cited in {place} but not listed"));
    }
    if faults.is_empty() {
        let counts = format!("{} standards, {} cited in the sources", listed.len(), cited.len());
        return Ok(Verdict::Passed(counts));
    }
    bail!("docs/rfcs.toml:\n  {}", faults.join("\n  "))
}

impl Standard {
    fn faults(&self, root: &Path) -> Vec<String> {
        let mut faults = Vec::new();
        let mut say = |fault: String| faults.push(format!("RFC {}: {fault}", self.number));
        if self.title.trim().is_empty() {
            say("no title".to_owned());
        }
        let incomplete = matches!(self.status, Status::Partial | Status::No);
        if incomplete && self.missing.is_empty() {
            say("partial and no must say in `missing` what is missing".to_owned());
        }
        if !incomplete && !self.missing.is_empty() {
            say("`missing` belongs to partial and no".to_owned());
        }
        for missing in self.missing.iter().filter(|text| !starts_with_section(text)) {
            say(format!("`missing` must begin with a section (§4.5.4.1 ...): {missing}"));
        }
        if matches!(self.status, Status::Yes | Status::Partial) && self.places.is_empty() {
            say("`where` must name the files that obey it".to_owned());
        }
        for place in self.places.iter().filter(|place| !root.join(place).exists()) {
            say(format!("`where` names {place}, which is not there"));
        }
        faults
    }
}

fn starts_with_section(text: &str) -> bool {
    text.strip_prefix('§').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Each RFC cited below a folder, with the first place it is cited at.
fn cited_in(folder: &Path) -> anyhow::Result<BTreeMap<u32, String>> {
    let mut cited = BTreeMap::new();
    for path in rust_files(folder)? {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        for (number, line) in (1..).zip(text.lines()) {
            for rfc in numbers_in(line) {
                cited.entry(rfc).or_insert_with(|| format!("{}:{number}", path.display()));
            }
        }
    }
    Ok(cited)
}

/// `RFC 5321 §4.5.3.1` gives 5321. A number without a section is a citation too.
fn numbers_in(line: &str) -> impl Iterator<Item = u32> {
    line.split("RFC ").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end)?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_citations() {
        let line = "// RFC 5321 §4.5.3.1 and RFC 3207 §4.2, the RFC says; RFC 3463.";
        assert_eq!(numbers_in(line).collect::<Vec<_>>(), [5321, 3207, 3463]);
    }

    #[test]
    fn what_is_missing_needs_a_section() {
        let text = "[[rfc]]\nnumber = 1\ntitle = 't'\nstatus = 'partial'\nmissing = ['much']\n";
        let list: List = toml::from_str(text).unwrap();
        let faults = list.rfc.first().unwrap().faults(Path::new("."));
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(starts_with_section("§4.5.4.1 retry") && starts_with_section("§A.1 x"));
    }
}
