//! The language of scripts.

use super::World;

/// One step of a script.
pub(super) enum Step {
    Packet(Vec<u8>),
    Event(String),
    Expect(usize, String),
}

pub(super) fn steps(script: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut joins = false;
    for line in script.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', 'W'])) {
        if let Some(text) = line.strip_prefix("C: ").or((line == "C:").then_some("")) {
            let octets = octets_of_line(text);
            match steps.last_mut() {
                Some(Step::Packet(packet)) if joins => packet.extend_from_slice(&octets),
                _ => steps.push(Step::Packet(octets)),
            }
            joins = true;
            continue;
        }
        joins = false;
        if matches!(line, "-- timeout" | "-- eof" | "-- stop") {
            steps.push(Step::Event(line[3..].to_owned()));
        } else if line != "--" {
            steps.push(expectation(line));
        }
    }
    steps
}

fn expectation(line: &str) -> Step {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (times, line) = match line[..digits].parse() {
        Ok(times) => (times, line[digits..].trim_start()),
        Err(_) => (1, line),
    };
    assert!(matches!(line.get(..2), Some("S:" | "S~" | "S!" | "S|" | "Q:" | "--")), "{line}");
    Step::Expect(times, line.to_owned())
}

fn octets_of_line(text: &str) -> Vec<u8> {
    match text.strip_suffix('\\') {
        Some(text) => octets(text),
        None => [octets(text).as_slice(), b"\r\n"].concat(),
    }
}

/// Reads escapes and repetitions.
pub fn octets(text: &str) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(code) = rest.strip_prefix("\\x") {
            found.push(u8::from_str_radix(&code[..2], 16).unwrap());
            rest = &code[2..];
        } else if let Some(repeat) = rest.strip_prefix('{') {
            let (inner, after) = repeat.split_once('}').unwrap();
            let (what, times) = inner.rsplit_once('*').unwrap();
            found.extend(octets(what).repeat(times.parse().unwrap()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("\\r") {
            found.push(b'\r');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("\\n") {
            found.push(b'\n');
            rest = after;
        } else {
            rest = &rest[first.len_utf8()..];
            found.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    found
}

pub(super) fn matches<W: World>(expected: &str, found: &str) -> bool {
    if let Some(prefix) = expected.strip_prefix("S~ ") {
        return found.strip_prefix("S: ").is_some_and(|found| found.starts_with(prefix));
    }
    match expected.strip_prefix("S! ") {
        Some(refusal) => {
            found.strip_prefix("S: ").is_some_and(|found| W::is_refusal(refusal, found))
        }
        None => expected == found,
    }
}
