//! `doctor error`: what the words on a screen mean.

use std::io::{self, BufRead, IsTerminal as _, Read as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hikyaku_cause::Cause;
use hikyaku_doctor::{Heard, HeardIn, View, heard_json, heard_terminal};
use hikyaku_screen::{MOST, covered, decode, read, use_patterns};

use super::bundle::Bundle;
use super::{client, table, unreadable};
use crate::cli::{BundleFile, DoctorError};
use crate::output::Output;
use crate::words;

/// A file could not be read.
const NOT_READ: u8 = 2;

/// Reads the text, or every line, and says what it means.
pub(crate) fn run(arguments: &DoctorError, output: Output) -> ExitCode {
    match reported(arguments, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            output.causes(&[cause]);
            ExitCode::from(NOT_READ)
        }
    }
}

fn reported(arguments: &DoctorError, output: Output) -> Result<(), Cause> {
    if let Some(file) = &arguments.patterns {
        table(file, "patterns", use_patterns)?;
    }
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let view = View { language: output.language, client: client(&arguments.client)?, colour };
    let unreadable = |error: io::Error| unreadable(Path::new("-"), &error);
    if arguments.lines {
        let mut input = io::stdin().lock();
        while let Some(line) = line(&mut input).map_err(unreadable)? {
            let text = decode(&line).replace("\\n", "\n");
            one(&text, &arguments.bundle, &view, output)?;
        }
        return Ok(());
    }
    if arguments.text != "-" {
        return one(&arguments.text, &arguments.bundle, &view, output);
    }
    if io::stdin().is_terminal() {
        output.notice("error-paste", &[]);
    }
    let mut octets = Vec::new();
    io::stdin().lock().take(MOST as u64).read_to_end(&mut octets).map_err(unreadable)?;
    one(&decode(&octets), &arguments.bundle, &view, output)
}

fn one(text: &str, bundle: &BundleFile, view: &View, output: Output) -> Result<(), Cause> {
    let begun = Instant::now();
    let report = read(text);
    let account = words::say(output.language, "error-account", &[]);
    let text = covered(text);
    let heard = Heard { text: text.trim(), account: &account, words: HeardIn::Text };
    let seconds = begun.elapsed().as_secs_f64();
    let document = heard_json(&heard, &report, view, seconds);
    output.result(&document, |_| heard_terminal(&heard, &report, view));
    let plain = View { colour: false, ..view.clone() };
    let report = format!("{}\n\n{}", heard.text, heard_terminal(&heard, &report, &plain));
    let documents = vec![document];
    Bundle { report, documents, facts: Vec::new(), told: &[], addresses: Vec::new() }
        .write_where_asked(bundle, output)
}

/// The next line, as much of it as is looked at.
fn line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if input.by_ref().take(MOST as u64).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.pop_if(|it| *it == b'\n').is_none() {
        let mut rest = Vec::new();
        // What is too long is passed over piece by piece.
        while input.by_ref().take(MOST as u64).read_until(b'\n', &mut rest)? > 0
            && !rest.ends_with(b"\n")
        {
            rest.clear();
        }
    }
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded() {
        let long = [vec![b'x'; 3 * MOST], b"\nnext\nlast".to_vec()].concat();
        let mut input = io::BufReader::new(long.as_slice());
        assert_eq!(line(&mut input).unwrap().unwrap().len(), MOST);
        assert_eq!(line(&mut input).unwrap().unwrap(), b"next");
        assert_eq!(line(&mut input).unwrap().unwrap(), b"last");
        assert_eq!(line(&mut input).unwrap(), None);
    }
}
