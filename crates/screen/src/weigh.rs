//! Everything a text shows, weighed: which cause comes first, and what else may be.

use std::ops::Range;

use hikyaku_cause::{AddressRole, Cause, Certainty, Code, DnsOutcome, Evidence, Reply};
use hikyaku_doctor::{Change, Direction, Finding};

use crate::clean::Clean;
use crate::fold::{self, Folded};
use crate::like::{self, Features};
use crate::parts::{Parts, Tls};
use crate::replies::{self, Meant};
use crate::returned;
use crate::sign::Signs;
use crate::table::{Fit, table};

/// From here on words leave no other reading.
const PLAIN: u32 = 70;
/// What a reply's known words weigh; less where they merely occur.
const REPLY: u32 = 75;
const MENTION: u32 = 40;
const LEAST: u32 = 30;
/// A line so short says nothing beside a server's words.
const BRIEF: usize = 24;
/// A mail that came back, read by its own reader.
const RETURNED: u32 = 85;
const RETURNED_PERHAPS: u32 = 60;
/// At most so many findings, and none that is so much lighter than the first.
const MOST: usize = 3;
const LIGHTER: u32 = 22;

/// A text of so many octets is a sentence or two: in those, words belong together wherever they
/// stand.
const SHORT: usize = 1_200;

/// Digits and single signs weigh less than this; likeness counts only beside such.
const LIGHT: u32 = 40;
/// Signs of which a text has one if it is about mail at all.
const ABOUT_MAIL: [&str; 12] = [
    "mailish",
    "code:any",
    "reply:any",
    "is:hosted",
    "port:any",
    "ssl",
    "certificate",
    "starttls",
    "log",
    "came-back",
    "cannot-send",
    "cannot-receive",
];
/// Longer texts are not compared with others.
const MOST_ALIKE: usize = 16_384;
/// How sure likeness has to be, and what it weighs at most: measured on texts that were held back.
const LEAST_ALIKE: f32 = 0.2;
/// A text of so few letters is like many by chance.
const BRIEF_ALIKE: usize = 14;
const LEAST_ALIKE_BRIEF: f32 = 0.45;
const ALIKE: f32 = 80.0;

/// A cause that a text may mean.
#[derive(Debug)]
struct Candidate {
    cause: Cause,
    weight: u32,
    /// Of two that weigh the same, more words count.
    length: usize,
}

/// A text taken apart.
struct Sheet<'a> {
    text: &'a str,
    clean: Clean,
    folded: Folded,
    parts: Parts,
    signs: Signs,
    meant: Vec<Meant>,
    fits: Vec<Fit>,
}

/// What a text comes to, the likeliest first; one finding that says so where nothing can be told.
pub(crate) fn findings(text: &str) -> Vec<Finding> {
    let sheet = Sheet::read(text);
    let chosen = chosen(sheet.candidates());
    if chosen.is_empty() {
        let unclear = Cause { certainty: Certainty::Unknown, ..Cause::likely(Code::TextUnclear) };
        return vec![Finding::new(unclear, sheet.direction(Code::TextUnclear))];
    }
    chosen.into_iter().map(|cause| sheet.finding(cause)).collect()
}

/// What a text shows, for its likeness to others.
pub(crate) fn features(text: &str) -> Features {
    Sheet::read(text).features()
}

/// Everything a text shows, by name: what fails, what changed, numbers.
pub(crate) fn signs(text: &str) -> Vec<String> {
    Sheet::read(text).signs.names().map(str::to_owned).collect()
}

/// The heaviest of each code, in order, as far as they are worth a word.
fn chosen(mut candidates: Vec<Candidate>) -> Vec<Cause> {
    candidates.sort_by_key(|it| std::cmp::Reverse((it.weight, it.length)));
    let Some(most) = candidates.first().map(|it| it.weight) else { return Vec::new() };
    // Beside plain words only plain words count.
    let least = if most >= PLAIN { PLAIN } else { most.saturating_sub(LIGHTER) };
    let mut causes: Vec<Cause> = Vec::new();
    for candidate in candidates.into_iter().filter(|it| it.weight >= least) {
        if causes.len() < MOST && !causes.iter().any(|it| it.code == candidate.cause.code) {
            causes.push(candidate.cause);
        }
    }
    causes
}

impl<'a> Sheet<'a> {
    /// Takes a text apart.
    fn read(text: &'a str) -> Self {
        let table = table();
        let clean = Clean::new(text);
        let mut folded = Folded::new(clean.text());
        let is_short = folded.text().len() <= SHORT;
        // What a program wrote has no slips, and a log is long.
        if is_short {
            folded = folded.corrected(|word| table.usual(word));
        }
        let parts = Parts::read(folded.text());
        let mut signs = Signs::default();
        parts.signs(&mut signs);
        if is_short {
            signs.add("is:short", 0..0);
        }
        let meant = replies::read(clean.text(), &mut signs);
        let fits = table.fits(folded.text(), &mut signs);
        Self { text, clean, folded, parts, signs, meant, fits }
    }

    /// What the text may mean: by its words and signs, and where those are light by its likeness.
    fn candidates(&self) -> Vec<Candidate> {
        // Of printers and films we know nothing, whatever fails there.
        if self.signs.has("other-thing") && !self.is_about_mail() {
            return Vec::new();
        }
        let mut candidates = self.said();
        if candidates.iter().all(|it| it.weight < LIGHT) {
            candidates.extend(self.alike());
        }
        candidates
    }

    fn said(&self) -> Vec<Candidate> {
        let mut candidates = self.returned();
        let tells = ["fails", "came-back", "cannot-send"].iter().any(|it| self.signs.has(it));
        let said = self.meant.iter().filter(|it| it.is_reply || tells || it.line.len() < BRIEF);
        candidates.extend(said.map(|it| self.meant(it)));
        candidates.extend(self.fits.iter().map(|it| self.fit(it)));
        candidates
    }

    fn features(&self) -> Features {
        like::features(self.folded.text(), &self.signs)
    }

    fn is_about_mail(&self) -> bool {
        ABOUT_MAIL.iter().any(|it| self.signs.has(it))
    }

    /// What the text is like, where it is like any.
    fn alike(&self) -> Option<Candidate> {
        if self.text.len() > MOST_ALIKE || !self.is_about_mail() {
            return None;
        }
        let like = like::nearest(&self.features())?;
        let sure = like.near * like.agreed;
        let is_brief = self.folded.text().chars().count() < BRIEF_ALIKE;
        let least = if is_brief { LEAST_ALIKE_BRIEF } else { LEAST_ALIKE };
        if sure < least || like.code == Code::TextUnclear {
            return None;
        }
        let start = self.text.len() - self.text.trim_start().len();
        let text = shortened(self.text.trim_start().lines().next().unwrap_or_default());
        let cause = Cause::likely(like.code);
        let cause = cause.with(Evidence::Words { part: "message", text, offset: start });
        #[expect(clippy::cast_possible_truncation, reason = "at most eighty")]
        #[expect(clippy::cast_sign_loss, reason = "never negative")]
        let weight = (sure * ALIKE) as u32;
        Some(Candidate { cause, weight, length: 0 })
    }

    fn quoted(&self, words: &Range<usize>) -> Evidence {
        self.words("message", words)
    }

    /// Words of the folded text as they stand in the original.
    fn words(&self, part: &'static str, words: &Range<usize>) -> Evidence {
        let place = self.clean.original(self.folded.original(words, self.clean.text()));
        let text = self.text.get(place.clone()).unwrap_or_default();
        Evidence::Words { part, text: shortened(text), offset: place.start }
    }

    fn returned(&self) -> Vec<Candidate> {
        let causes = returned::causes(fold::plain(self.clean.text()).trim());
        let known = causes.into_iter().filter_map(|cause| {
            let weight = match cause.certainty {
                Certainty::Proven => RETURNED,
                Certainty::Likely => RETURNED_PERHAPS,
                Certainty::Unknown => return None,
            };
            Some(Candidate { cause, weight, length: 0 })
        });
        known.collect()
    }

    fn meant(&self, meant: &Meant) -> Candidate {
        let weight = match (meant.code, meant.is_reply) {
            // Said of any fault of encryption or sign-in: our own rows know more.
            (Code::PeerTlsFailed | Code::PeerSecurity, true) => MENTION,
            (Code::PeerTlsFailed | Code::PeerSecurity, false) => LEAST,
            // `Access denied` is said of addresses and of passwords; the digits tell of which.
            (Code::PeerBlocked | Code::PeerPolicy, true) if is_about_sign_in(&meant.reply) => LEAST,
            (_, true) => REPLY,
            (_, false) => MENTION,
        };
        let place = self.clean.original(meant.line.clone());
        let line = self.text.get(place.clone()).unwrap_or_default();
        let cause = with_certainty(meant.code, weight);
        let cause = match meant.reply.code {
            0 => cause,
            _ => cause.with(Evidence::Reply { phase: meant.phase, reply: bounded(&meant.reply) }),
        };
        let cause = cause.with(Evidence::Words {
            part: "message",
            text: shortened(line),
            offset: place.start,
        });
        // Of a line and the whole text, the line is quoted.
        Candidate { cause, weight, length: 1_000_000 / (meant.line.len() + 1) }
    }

    fn fit(&self, fit: &Fit) -> Candidate {
        let mut cause = with_certainty(fit.code, fit.weight);
        if let Some(words) = &fit.words {
            cause = cause.with(self.quoted(words));
        }
        for name in &fit.signs {
            let Some(words) = self.signs.words(name) else { continue };
            let evidence = self.words(part(name), words);
            if !cause.evidence.contains(&evidence) {
                cause = cause.with(evidence);
            }
        }
        let length = fit.words.as_ref().map_or(0, Range::len) + fit.signs.len();
        Candidate { cause, weight: fit.weight, length }
    }

    /// The cause with the parts of the text beside it, what it keeps from working, what to change.
    fn finding(&self, mut cause: Cause) -> Finding {
        let parts = &self.parts;
        if let Some(address) = &parts.address {
            let role = AddressRole::Recipient;
            let raw = address.value.clone().into_bytes();
            let has = |it: &Evidence| matches!(it, Evidence::Address { .. });
            if is_about_recipient(cause.code) && !cause.evidence.iter().any(has) {
                cause = cause.with(Evidence::Address { role, raw });
            }
        }
        let has_host = |it: &Evidence| matches!(it, Evidence::Host { .. });
        if let Some(host) = &parts.host
            && !cause.evidence.iter().any(has_host)
        {
            cause = match cause.code.family() {
                "dns" => cause.with(Evidence::Dns {
                    name: host.value.clone(),
                    record: "MX",
                    outcome: DnsOutcome::NxDomain,
                    server: None,
                    milliseconds: 0,
                }),
                _ => cause.with(Evidence::Host { name: host.value.clone() }),
            };
        }
        for (part, words) in self.places() {
            let evidence = self.words(part, &words);
            let is_there = |it: &Evidence| {
                matches!((it, &evidence), (Evidence::Words { offset: one, .. },
                    Evidence::Words { offset: other, .. }) if one == other)
            };
            if !cause.evidence.iter().any(is_there) {
                cause = cause.with(evidence);
            }
        }
        let direction = self.direction(cause.code);
        let changes = self.changes(cause.code);
        Finding { changes, ..Finding::new(cause, direction) }
    }

    /// The parts of the text, each with its words.
    fn places(&self) -> Vec<(&'static str, Range<usize>)> {
        let parts = &self.parts;
        let mut places: Vec<(&'static str, Range<usize>)> = Vec::new();
        places.extend(parts.codes.first().map(|it| ("code", it.words.clone())));
        places.extend(parts.ports.first().map(|it| ("port", it.words.clone())));
        places.extend(parts.tls.as_ref().map(|it| ("tls", it.words.clone())));
        places.extend(parts.socket.as_ref().map(|it| ("socket", it.words.clone())));
        places.extend(parts.protocol.as_ref().map(|it| ("protocol", it.words.clone())));
        places
    }

    fn direction(&self, code: Code) -> Direction {
        match code {
            Code::PathPort25Blocked | Code::SettingPortRelay | Code::ClientOutboxStuck => {
                return Direction::Send;
            }
            Code::MailboxFull | Code::AccountHijacked | Code::PathNetworkDown => {
                return Direction::Both;
            }
            _ => {}
        }
        match code.family() {
            "smtp" | "peer" | "message" | "queue" | "bounce" | "dns" => return Direction::Send,
            "pop3" => return Direction::Receive,
            _ => {}
        }
        let has = |names: &[&str]| names.iter().any(|name| self.signs.has(name));
        let out = has(&["proto:smtp", "port:25", "port:465", "port:587", "cannot-send"]);
        let back = has(&[
            "proto:pop3",
            "proto:imap",
            "port:110",
            "port:143",
            "port:993",
            "port:995",
            "cannot-receive",
        ]);
        match (out, back, has(&["sending"]), has(&["receiving"])) {
            (true, false, ..) | (false, false, true, false) => Direction::Send,
            (false, true, ..) | (false, false, false, true) => Direction::Receive,
            _ => Direction::Both,
        }
    }

    /// The fields of a mail program to be changed, as far as the text shows what is set.
    fn changes(&self, code: Code) -> Vec<Change> {
        let port = |number| self.parts.ports.iter().any(|it| it.value == number);
        let change = |field: &str, from: &str, to: &str| Change {
            field: field.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let is_plain = self.parts.tls.as_ref().is_some_and(|it| it.value == Tls::None);
        match code {
            Code::PathPort25Blocked | Code::SettingPortRelay if port(25) => {
                let mut changes = vec![change("smtp.port", "25", "465")];
                changes.extend(is_plain.then(|| change("smtp.tls", "plain", "tls")));
                changes
            }
            Code::SettingTlsMode if is_plain && port(465) => {
                vec![change("smtp.tls", "plain", "tls")]
            }
            Code::SettingTlsMode if is_plain && port(995) => {
                vec![change("pop3.tls", "plain", "tls")]
            }
            Code::SettingTlsMode if is_plain && port(993) => {
                vec![change("imap.tls", "plain", "tls")]
            }
            Code::SettingTlsMode if !is_plain && port(587) => {
                vec![change("smtp.tls", "tls", "starttls")]
            }
            _ => Vec::new(),
        }
    }
}

fn with_certainty(code: Code, weight: u32) -> Cause {
    if weight >= PLAIN { Cause::proven(code) } else { Cause::likely(code) }
}

/// What a sign was read from.
fn part(sign: &str) -> &'static str {
    match sign.split_once(':').map(|it| it.0) {
        Some("code") => "code",
        Some("port") => "port",
        Some("tls") => "tls",
        Some("proto") => "protocol",
        Some("sock") => "socket",
        _ => "message",
    }
}

/// RFC 4954 §6.
fn is_about_sign_in(reply: &Reply) -> bool {
    matches!(reply.code, 534 | 535)
}

fn is_about_recipient(code: Code) -> bool {
    code.name().starts_with("smtp.rcpt") || matches!(code, Code::QueueExpired | Code::QueueDelayed)
}

/// The most of a text that is quoted.
const QUOTED: usize = 300;

fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn bounded(reply: &Reply) -> Reply {
    let lines =
        reply.lines.iter().map(|line| shortened(&String::from_utf8_lossy(line)).into_bytes());
    Reply { lines: lines.collect(), ..reply.clone() }
}
