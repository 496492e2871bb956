//! Signing a message while it passes.

use hikyaku_mail::Domain;
use mail_auth::common::crypto::{HashContext as _, HashImpl, Sha256, SigningKey as _};
use mail_auth::common::headers::{HeaderWriter as _, Writable, Writer};
use mail_auth::dkim::canonicalize::BodyHasher;
use mail_auth::dkim::{Canonicalization, Signature};

use crate::key::DkimKey;

/// The fields that are signed (RFC 6376 §5.4.1), and whether once more than they occur, so that
/// nobody can add another (§8.15). What a server may rightly add on the way is not among the latter.
const FIELDS: [(&str, bool); 11] = [
    ("From", true),
    ("To", true),
    ("Subject", true),
    ("Date", true),
    ("Message-ID", true),
    ("Cc", false),
    ("Reply-To", false),
    ("In-Reply-To", false),
    ("References", false),
    ("MIME-Version", false),
    ("Content-Type", false),
];

/// Signs with every key.
#[derive(Debug, Clone, Default)]
pub struct DkimSigner {
    keys: Vec<DkimKey>,
}

impl DkimSigner {
    /// A signer with these keys; without any it signs nothing.
    pub fn new(keys: Vec<DkimKey>) -> Self {
        Self { keys }
    }

    /// Its keys.
    pub fn keys(&self) -> &[DkimKey] {
        &self.keys
    }

    /// Begins with a message.
    pub fn begin(&self) -> DkimSigning {
        DkimSigning { keys: self.keys.clone(), header: Vec::new(), scanned: 0, body: None }
    }
}

type Hasher = <Sha256 as HashImpl>::Context;

/// A message that passes. Holds its header section; the body is only hashed.
pub struct DkimSigning {
    keys: Vec<DkimKey>,
    header: Vec<u8>,
    /// So much of the header section holds no end.
    scanned: usize,
    body: Option<BodyHasher<Hasher>>,
}

impl std::fmt::Debug for DkimSigning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DkimSigning").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl DkimSigning {
    /// The next octets, in the order in which they are sent.
    pub fn push(&mut self, octets: &[u8]) {
        if self.keys.is_empty() {
            return;
        }
        if let Some(body) = &mut self.body {
            return body.write(octets);
        }
        self.header.extend_from_slice(octets);
        let fresh = self.header.get(self.scanned..).unwrap_or_default();
        let Some(end) = fresh.windows(4).position(|four| four == b"\r\n\r\n") else {
            self.scanned = self.header.len().saturating_sub(3);
            return;
        };
        let rest = self.header.split_off(self.scanned + end + 4);
        self.header.truncate(self.header.len() - 2);
        let mut body = body_hasher();
        body.write(&rest);
        self.body = Some(body);
    }

    /// The signatures for `domain`, as header fields to be sent in front of the message. A key
    /// that fails signs nothing; the others do. Empty without any key.
    pub fn finish(self, domain: &Domain, second: u64) -> Signed {
        let body = self.body.unwrap_or_else(body_hasher);
        let (hasher, _octets) = body.finish();
        let body_hash = hasher.complete();
        let mut signed = Signed::default();
        for key in &self.keys {
            let template = Signature {
                v: 1,
                a: key.algorithm(),
                d: domain.as_str().to_owned(),
                s: key.selector().to_string(),
                bh: body_hash.as_ref().to_vec(),
                t: second,
                ch: Canonicalization::Relaxed,
                cb: Canonicalization::Relaxed,
                ..Signature::default()
            };
            match sign(key, template, &self.header) {
                Ok(field) => signed.fields.push_str(&field),
                Err(error) => signed.faults.push(format!("{}: {error}", key.selector())),
            }
        }
        signed
    }
}

/// What came of signing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signed {
    /// The header fields, each with its line end.
    pub fields: String,
    /// Keys that failed, and how.
    pub faults: Vec<String>,
}

fn body_hasher() -> BodyHasher<Hasher> {
    BodyHasher::new(Sha256::hasher(), Canonicalization::Relaxed, 0)
}

fn sign(key: &DkimKey, mut signature: Signature, header: &[u8]) -> mail_auth::Result<String> {
    let is_signed =
        |name: &[u8]| FIELDS.iter().any(|(signed, _)| name.eq_ignore_ascii_case(signed.as_bytes()));
    let present: Vec<_> = fields(header).filter(|(name, _)| is_signed(name)).collect();
    // RFC 6376 §5.4.2: of several fields of a name the last is signed first.
    let names = present.iter().rev();
    signature.h = names.map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect();
    let closed = FIELDS.iter().filter(|(_, closed)| *closed);
    signature.h.extend(closed.map(|(name, _)| (*name).to_owned()));
    let headers = signature.ch.canonical_headers(present);
    signature.b = key.sign(Signable { headers, signature: &signature })?;
    Ok(signature.to_header())
}

/// The fields of a header section: names, and all behind the colon with its line ends.
pub(crate) fn fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = header;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let mut end = 0;
            // A line that begins with white space belongs to the field above it (RFC 5322 §2.2.3).
            loop {
                let tail = rest.get(end..).unwrap_or_default();
                end +=
                    tail.iter().position(|octet| *octet == b'\n').map_or(tail.len(), |at| at + 1);
                if !matches!(rest.get(end), Some(b' ' | b'\t')) {
                    break;
                }
            }
            let (field, left) = rest.split_at(end);
            rest = left;
            if let Some(colon) = field.iter().position(|octet| *octet == b':') {
                let (name, value) = field.split_at(colon);
                return Some((name.trim_ascii(), value.get(1..).unwrap_or_default()));
            }
        }
        None
    })
}

/// What the signature is made over (RFC 6376 §3.7).
struct Signable<'a> {
    headers: mail_auth::dkim::canonicalize::CanonicalHeaders<'a>,
    signature: &'a Signature,
}

impl Writable for Signable<'_> {
    fn write(self, writer: &mut impl Writer) {
        self.headers.write(writer);
        self.signature.write(writer, false);
    }
}
