//! Sealing what is sent on (RFC 8617 §5.1): what was found of a message, signed, so that the next
//! server can see that it was good when it came here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hikyaku_mail::Domain;
use mail_auth::AuthenticatedMessage;
use mail_auth::arc::ChainValidation;
use mail_auth::common::crypto::{Algorithm, SigningKey as _};
use mail_auth::common::headers::Writable;
use mail_auth::dkim::Canonicalization;

use crate::arc::{ArcResult, ArcVerdict};
use crate::key::{DkimKey, KeyKind};
use crate::passing::{Passed, SEALED_FORM};
use crate::signing::{DkimSigner, fields};

/// RFC 8617 §4.2.1: no chain is longer.
const LONGEST: u32 = 50;
/// The fields that are signed, where they are there. RFC 8617 §4.1.2: the signatures that were
/// found belong to them, Authentication-Results and the sets themselves do not.
const FIELDS: [&str; 12] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Cc",
    "Reply-To",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "DKIM-Signature",
];
/// Base64 to a line.
const LINE: usize = 70;

/// Who seals, and when.
#[derive(Debug, Clone, Copy)]
pub struct Sealer<'a> {
    /// Its key.
    pub key: &'a DkimKey,
    /// The domain that publishes the key's other half.
    pub domain: &'a Domain,
    /// In seconds since 1970.
    pub second: u64,
}

impl DkimSigner {
    /// The key that seals. Of several one: a set has one signature. RSA, where there is one, since
    /// few verify anything else.
    pub fn sealing_key(&self) -> Option<&DkimKey> {
        let keys = self.keys();
        keys.iter().find(|key| key.kind() == KeyKind::Rsa).or_else(|| keys.first())
    }
}

impl Passed {
    /// The three fields of a set, each with its line end, to be sent in front of the message.
    /// `results` is an `Authentication-Results` field, `chain` what was found of the chain so far.
    ///
    /// Nothing where a set may not be added: the last one says that the chain had failed already
    /// (RFC 8617 §5.1, step 2), there are fifty, or the message has no author.
    pub fn seal(
        &self,
        sealer: Sealer<'_>,
        results: &str,
        chain: Option<&ArcVerdict>,
    ) -> Result<Option<String>, String> {
        let Some(message) = AuthenticatedMessage::parse_with_opts(&self.header, None, false) else {
            return Ok(None);
        };
        let Some(before) = Before::of(&message, chain) else { return Ok(None) };
        let Some((_, results)) = results.trim_end().split_once(':') else { return Ok(None) };
        let results = format!("ARC-Authentication-Results: i={};{results}\r\n", before.next);
        let Some(signature) = self.message_signature(sealer, before.next)? else {
            return Ok(None);
        };
        let mut signed = Vec::new();
        // RFC 8617 §5.1.2: of a chain that failed only the new set is sealed.
        if before.validity == ChainValidation::Pass {
            before.sets.iter().for_each(|(name, value)| relaxed(name, value, &mut signed));
        }
        for field in [&results, &signature] {
            let (name, value) = field.split_once(':').unwrap_or_default();
            relaxed(name.as_bytes(), value.as_bytes(), &mut signed);
        }
        let seal = format!(
            "ARC-Seal: i={}; a={}; t={}; cv={};\r\n\td={}; s={};\r\n\tb=",
            before.next,
            algorithm(sealer.key),
            sealer.second,
            word(&before.validity),
            sealer.domain,
            sealer.key.selector(),
        );
        let seal = signed_field(sealer.key, signed, &seal)?;
        Ok(Some([seal, signature, results].concat()))
    }

    /// `ARC-Message-Signature`; nothing for a message without an author.
    fn message_signature(
        &self,
        sealer: Sealer<'_>,
        instance: u32,
    ) -> Result<Option<String>, String> {
        let Some(hashed) = self.hashed(SEALED_FORM) else { return Ok(None) };
        let is_signed =
            |name: &[u8]| FIELDS.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
        let present: Vec<_> = fields(&self.header).filter(|(name, _)| is_signed(name)).collect();
        if !present.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"From")) {
            return Ok(None);
        }
        // RFC 6376 §5.4.2: of several fields of a name the last is signed first.
        let names = present.iter().rev().map(|(name, _)| String::from_utf8_lossy(name));
        let names = names.collect::<Vec<_>>().join(":\r\n\t");
        let mut signed = Vec::new();
        Canonicalization::Relaxed.canonical_headers(present).write(&mut signed);
        let field = format!(
            "ARC-Message-Signature: i={instance}; a={}; c=relaxed/relaxed; t={};\r\n\t\
             d={}; s={};\r\n\th={names};\r\n\tbh={};\r\n\tb=",
            algorithm(sealer.key),
            sealer.second,
            sealer.domain,
            sealer.key.selector(),
            STANDARD.encode(&hashed.hash),
        );
        signed_field(sealer.key, signed, &field).map(Some)
    }
}

/// What came before.
struct Before<'a> {
    next: u32,
    validity: ChainValidation,
    /// The fields of the sets, in the order in which they are sealed.
    sets: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Before<'a> {
    /// Nothing where no set may follow.
    fn of(message: &AuthenticatedMessage<'a>, chain: Option<&ArcVerdict>) -> Option<Self> {
        let seals = message.as_headers.iter().map(|it| it.header.i);
        let signatures = message.ams_headers.iter().map(|it| it.header.i);
        let results = message.aar_headers.iter().map(|it| it.header.i);
        let last = seals.chain(signatures).chain(results).max();
        let last = match last {
            Some(last) => last,
            // Sets that cannot be numbered cannot be followed.
            None if message.has_arc_errors => return None,
            None => 0,
        };
        if last >= LONGEST || last > 0 && chain.is_none() {
            return None;
        }
        let newest = message.as_headers.iter().max_by_key(|it| it.header.i);
        if newest.is_some_and(|it| it.header.cv == ChainValidation::Fail) {
            return None;
        }
        let validity = match chain.map(|it| it.result) {
            None => ChainValidation::None,
            Some(ArcResult::Pass) => ChainValidation::Pass,
            Some(ArcResult::Fail) => ChainValidation::Fail,
        };
        // A chain that passes is whole, and its fields are in their order.
        let all = message.aar_headers.iter().zip(&message.ams_headers).zip(&message.as_headers);
        let sets = all.flat_map(|((results, signature), seal)| {
            let pairs = [(results.name, results.value), (signature.name, signature.value)];
            pairs.into_iter().chain([(seal.name, seal.value)])
        });
        Some(Self { next: last + 1, validity, sets: sets.collect() })
    }
}

fn word(validity: &ChainValidation) -> &'static str {
    match validity {
        ChainValidation::None => "none",
        ChainValidation::Fail => "fail",
        ChainValidation::Pass => "pass",
    }
}

fn algorithm(key: &DkimKey) -> &'static str {
    match key.algorithm() {
        Algorithm::Ed25519Sha256 => "ed25519-sha256",
        Algorithm::RsaSha256 | Algorithm::RsaSha1 => "rsa-sha256",
    }
}

/// The field that ends with `b=`, with the signature over `signed` and itself behind it.
fn signed_field(key: &DkimKey, mut signed: Vec<u8>, field: &str) -> Result<String, String> {
    let (name, value) = field.split_once(':').unwrap_or_default();
    relaxed(name.as_bytes(), value.as_bytes(), &mut signed);
    // RFC 6376 §3.7: the last line has no end.
    signed.truncate(signed.len().saturating_sub(2));
    let octets = key.sign(signed.as_slice()).map_err(|error| error.to_string())?;
    let text = STANDARD.encode(octets);
    let mut field = field.to_owned();
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % LINE == 0 {
            field.push_str("\r\n\t");
        }
        field.push(letter);
    }
    Ok(field + "\r\n")
}

/// RFC 6376 §3.4.2, with the line end.
fn relaxed(name: &[u8], value: &[u8], into: &mut Vec<u8>) {
    into.extend(name.trim_ascii().iter().map(u8::to_ascii_lowercase));
    into.push(b':');
    let is_space = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let words = value.split(is_space).filter(|word| !word.is_empty());
    for (place, word) in words.enumerate() {
        if place > 0 {
            into.push(b' ');
        }
        into.extend_from_slice(word);
    }
    into.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answers;
    use crate::key::{NewKey, Selector};
    use crate::passing::Passing;
    use crate::{Answer, Kind, Question, Records};

    const MAIL: &str = "Received: x\r\nFrom: a@kyoto.test\r\nSubject:  two\r\n  lines\r\n\
        To: b@edo.test\r\n\r\nbody  \r\n\r\n";

    fn key(selector: &str, kind: KeyKind) -> DkimKey {
        let selector = Selector::parse(selector).unwrap();
        DkimKey::parse(selector, NewKey::generate(kind).unwrap().pem.as_bytes()).unwrap()
    }

    fn domain(name: &str) -> Domain {
        Domain::parse(name).unwrap()
    }

    fn passed(mail: &str) -> Passed {
        let mut passing = Passing::new(10_000).for_sealing();
        passing.push(mail.as_bytes());
        passing.finish()
    }

    fn known(keys: &[(&DkimKey, &Domain)]) -> Answers {
        let mut answers = Answers::default();
        for (key, domain) in keys {
            let question = Question::new(&key.record_name(domain), Kind::Txt);
            let records = Records::Texts(vec![key.record()]);
            answers.put(question, Answer::of(records));
        }
        answers
    }

    fn sealed(mail: &str, key: &DkimKey, domain: &Domain, answers: &Answers) -> Option<String> {
        let passed = passed(mail);
        let chain = passed.arc(answers).unwrap();
        let sealer = Sealer { key, domain, second: 1_800_000_000 };
        let results =
            "Authentication-Results: mx.test;\r\n\tspf=pass smtp.mailfrom=a@kyoto.test\r\n";
        let set = passed.seal(sealer, results, chain.as_ref()).unwrap()?;
        Some(set + mail)
    }

    #[test]
    fn chains_hold() {
        let (edo, nara) = (domain("edo.test"), domain("nara.test"));
        let (one, two) = (key("r", KeyKind::Rsa), key("e", KeyKind::Ed25519));
        let answers = known(&[(&one, &edo), (&two, &nara)]);
        let mail = sealed(MAIL, &one, &edo, &answers).unwrap();
        assert!(mail.contains("cv=none"), "{mail}");
        assert!(mail.split("\r\n").all(|line| line.len() < 80), "{mail}");
        let again = sealed(&mail, &two, &nara, &answers).unwrap();
        assert!(again.contains("i=2") && again.contains("cv=pass"), "{again}");
        let third = sealed(&again, &one, &edo, &answers).unwrap();
        let verdict = passed(&third).arc(&answers).unwrap().unwrap();
        assert_eq!(verdict.why, None);
        assert_eq!(verdict.sealers, ["edo.test", "nara.test", "edo.test"]);
    }

    #[test]
    fn a_chain_that_fails_is_marked_once() {
        let edo = domain("edo.test");
        let key = key("e", KeyKind::Ed25519);
        let answers = known(&[(&key, &edo)]);
        let mail = sealed(MAIL, &key, &edo, &answers).unwrap();
        let changed = mail.replace("body", "other");
        let marked = sealed(&changed, &key, &edo, &answers).unwrap();
        assert!(marked.starts_with("ARC-Seal: i=2;") && marked.contains("cv=fail"), "{marked}");
        assert_eq!(sealed(&marked, &key, &edo, &answers), None);
    }

    #[test]
    fn what_cannot_be_sealed() {
        let edo = domain("edo.test");
        let key = key("e", KeyKind::Ed25519);
        let answers = known(&[(&key, &edo)]);
        assert_eq!(sealed("Subject: x\r\n\r\n", &key, &edo, &answers), None, "no author");
        let odd = format!("ARC-Seal: nonsense\r\n{MAIL}");
        assert_eq!(sealed(&odd, &key, &edo, &answers), None);
    }
}
