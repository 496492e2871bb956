//! A message that comes in, while it passes: its header section is held, its body only hashed.

use mail_auth::AuthenticatedMessage;
use mail_auth::common::crypto::{HashAlgorithm, HashContext, HashImpl, HashOutput, Sha256};
use mail_auth::common::headers::Writer;
use mail_auth::dkim::Canonicalization;
use mail_auth::dkim::canonicalize::BodyHasher;

use crate::answers::Question;
use crate::arc::seal_questions;
use crate::signature::key_question;

/// The most signatures of one message that are looked at; the first ones are the newest.
pub const SIGNATURES: usize = 10;

/// How a body was hashed: its form, and how much of it counts (`l=`; 0 for all).
type Form = (Canonicalization, u64);

/// How the body is hashed for a seal.
pub(crate) const SEALED_FORM: Form = (Canonicalization::Relaxed, 0);

/// A message that passes.
pub struct Passing {
    /// Whether it is sent on with a seal.
    is_sealed: bool,
    header: Vec<u8>,
    /// So much of the header section holds no end.
    scanned: usize,
    most: usize,
    state: State,
}

enum State {
    Header,
    /// The header section is longer than it may be: nothing is verified.
    TooLong,
    Body(Vec<(Form, BodyHasher<Hasher>)>),
}

/// A message that has passed.
#[derive(Debug)]
pub struct Passed {
    pub(crate) header: Vec<u8>,
    hashes: Vec<(Form, Hashed)>,
}

/// The hash of a body in one form.
#[derive(Debug)]
pub(crate) struct Hashed {
    pub(crate) hash: Vec<u8>,
    /// Octets of the body in that form, as far as they count and in all.
    pub(crate) counted: u64,
    pub(crate) octets: u64,
}

impl std::fmt::Debug for Passing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passing").field("header", &self.header.len()).finish_non_exhaustive()
    }
}

impl Passing {
    /// Begins with a message whose header section has at most so many octets.
    pub fn new(most: usize) -> Self {
        Self { is_sealed: false, header: Vec::new(), scanned: 0, most, state: State::Header }
    }

    /// The same for a message that is sent on, and is to be sealed.
    #[must_use]
    pub fn for_sealing(self) -> Self {
        Self { is_sealed: true, ..self }
    }

    /// The next octets.
    pub fn push(&mut self, octets: &[u8]) {
        match &mut self.state {
            State::TooLong => {}
            State::Body(hashers) => {
                for (_, hasher) in hashers {
                    hasher.write(octets);
                }
            }
            State::Header => self.push_header(octets),
        }
    }

    fn push_header(&mut self, octets: &[u8]) {
        self.header.extend_from_slice(octets);
        let fresh = self.header.get(self.scanned..).unwrap_or_default();
        let Some(at) = memchr::memmem::find(fresh, b"\r\n\r\n") else {
            self.scanned = self.header.len().saturating_sub(3);
            if self.header.len() > self.most {
                self.header = Vec::new();
                self.state = State::TooLong;
            }
            return;
        };
        let rest = self.header.split_off(self.scanned + at + 4);
        let mut hashers = hashers(&self.header, self.is_sealed);
        for (_, hasher) in &mut hashers {
            hasher.write(&rest);
        }
        self.state = State::Body(hashers);
    }

    /// Whether the header section has ended, or is too long.
    pub fn has_header(&self) -> bool {
        !matches!(self.state, State::Header)
    }

    /// The header section so far, with the empty line behind it where that has come.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// The keys of its signatures and seals; to be asked for while the body passes.
    pub fn keys(&self) -> Vec<Question> {
        if self.has_header() { keys(&self.header) } else { Vec::new() }
    }

    /// The end of the message.
    pub fn finish(mut self) -> Passed {
        if matches!(self.state, State::Header) {
            // A message without a body.
            self.push_header(b"\r\n");
            self.push_header(b"\r\n");
        }
        let State::Body(running) = self.state else {
            return Passed { header: Vec::new(), hashes: Vec::new() };
        };
        let hashes = running.into_iter().map(|(form, hasher)| {
            let (hasher, _) = hasher.finish();
            let (counted, octets) = (hasher.counted, hasher.octets);
            (form, Hashed { hash: hasher.complete().as_ref().to_vec(), counted, octets })
        });
        Passed { header: self.header, hashes: hashes.collect() }
    }
}

impl Passed {
    /// The header section as the library reads it, with the hashes of the body that passed.
    pub(crate) fn parsed(&self) -> Option<AuthenticatedMessage<'_>> {
        let mut message = parse(&self.header)?;
        for (form, algorithm, octets, hash) in &mut message.body_hashes {
            let found = self.hashed((*form, *octets)).filter(|_| is_good(*algorithm));
            // A form that was not hashed fits nothing.
            *hash = found.map_or_else(Vec::new, |found| found.hash.clone());
        }
        Some(message)
    }

    pub(crate) fn hashed(&self, form: Form) -> Option<&Hashed> {
        self.hashes.iter().find(|(own, _)| *own == form).map(|(_, hashed)| hashed)
    }
}

/// RFC 8301 §3.1: SHA-1 is no longer good for anything.
fn is_good(algorithm: HashAlgorithm) -> bool {
    algorithm == HashAlgorithm::Sha256
}

/// Reads a header section; signatures beyond the most are left out.
fn parse(header: &[u8]) -> Option<AuthenticatedMessage<'_>> {
    let mut message = AuthenticatedMessage::parse_with_opts(header, None, false)?;
    message.dkim_headers.truncate(SIGNATURES);
    Some(message)
}

/// How many signatures a header section has, those beyond the most too.
pub(crate) fn signature_count(header: &[u8]) -> usize {
    let message = AuthenticatedMessage::parse_with_opts(header, None, false);
    message.map_or(0, |message| message.dkim_headers.len())
}

/// A hasher for each form that a signature names.
fn hashers(header: &[u8], is_sealed: bool) -> Vec<(Form, BodyHasher<Hasher>)> {
    let Some(message) = parse(header) else { return Vec::new() };
    let sealed = is_sealed.then_some(SEALED_FORM);
    let of_dkim = message.dkim_headers.iter().map(|it| (it.header.cb, it.header.l));
    let newest = message.ams_headers.last().filter(|_| !message.has_arc_errors);
    let of_arc = newest.map(|it| (it.header.cb, it.header.l));
    let mut hashers: Vec<(Form, BodyHasher<Hasher>)> = Vec::new();
    for form in of_dkim.chain(of_arc).chain(sealed) {
        if !hashers.iter().any(|(own, _)| *own == form) {
            // The library counts `l=` before it puts a body into its form; ours counts after.
            hashers.push((form, BodyHasher::new(Hasher::new(form.1), form.0, 0)));
        }
    }
    hashers
}

fn keys(header: &[u8]) -> Vec<Question> {
    let Some(message) = parse(header) else { return Vec::new() };
    let mut keys: Vec<Question> =
        message.dkim_headers.iter().map(|it| key_question(&it.header)).collect();
    keys.extend(seal_questions(&message));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Hashes the first octets of a body in its form, and counts all.
struct Hasher {
    inner: <Sha256 as HashImpl>::Context,
    most: u64,
    counted: u64,
    octets: u64,
}

impl Hasher {
    fn new(most: u64) -> Self {
        let most = if most == 0 { u64::MAX } else { most };
        Self { inner: Sha256::hasher(), most, counted: 0, octets: 0 }
    }
}

impl Writer for Hasher {
    fn write(&mut self, octets: &[u8]) {
        self.octets += octets.len() as u64;
        let room = usize::try_from(self.most - self.counted).unwrap_or(usize::MAX);
        let counted = octets.get(..room).unwrap_or(octets);
        self.counted += counted.len() as u64;
        self.inner.write(counted);
    }
}

impl HashContext for Hasher {
    fn complete(self) -> HashOutput {
        self.inner.complete()
    }
}
