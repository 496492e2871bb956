//! What can be said of the signatures of a mail that came back (RFC 6376).

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::DkimError;
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::{
    AuthenticatedMessage, DkimResult, DnsError, Error, Parameters, ResolverCache, Txt,
};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;

use crate::answers::{Answers, Needed, Question};
use crate::signature::{LIBRARY, at_once, key_question};

/// The shortest RSA key that receivers accept (RFC 8301 §3.2).
const RSA_BITS: usize = 1024;

/// A `DKIM-Signature` field: who signed, and where the key is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DkimMark {
    /// The domain that stands for the mail.
    pub domain: String,
    /// Which of its keys.
    pub selector: String,
}

impl DkimMark {
    /// Where the key is published (RFC 6376 §3.6.2.1).
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }
}

/// What is published as a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DkimKeyState {
    /// Nothing.
    Missing,
    /// An empty key: it is no longer good (RFC 6376 §3.6.1).
    Revoked {
        /// The record.
        text: String,
    },
    /// Something that is no key.
    Invalid {
        /// The record.
        text: String,
        /// Why not, in the words of the library.
        why: String,
    },
    /// A key.
    Found,
}

/// The signatures named in a header section, each key once.
pub fn dkim_marks(header: &str) -> Vec<DkimMark> {
    let mut marks: Vec<DkimMark> = Vec::new();
    for value in values(header, "dkim-signature") {
        let tag = |wanted: &str| {
            let mut tags = value.split(';').filter_map(|tag| tag.split_once('='));
            let found = tags.find(|(name, _)| name.trim() == wanted)?.1;
            let text: String = found.split_whitespace().collect();
            (!text.is_empty() && text.len() < 255).then(|| text.to_ascii_lowercase())
        };
        if let (Some(domain), Some(selector)) = (tag("d"), tag("s")) {
            let mark = DkimMark { domain, selector };
            if !marks.contains(&mark) {
                marks.push(mark);
            }
        }
    }
    marks
}

/// The unfolded values of a field (RFC 5322 §2.2.3).
fn values(header: &str, wanted: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut open = false;
    for line in header.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some(value) = values.last_mut().filter(|_| open) {
                value.push_str(line);
            }
            continue;
        }
        let field = line.split_once(':');
        open = field.is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        if let Some((_, value)) = field.filter(|_| open) {
            values.push(value.to_owned());
        }
    }
    values
}

/// What the texts under the name of a key come to.
pub fn dkim_key(texts: &[String]) -> DkimKeyState {
    let Some(first) = texts.first() else { return DkimKeyState::Missing };
    let mut states = texts.iter().map(|text| key_of(text));
    states.find(|state| *state == DkimKeyState::Found).unwrap_or_else(|| key_of(first))
}

fn key_of(text: &str) -> DkimKeyState {
    let invalid = |why: String| DkimKeyState::Invalid { text: text.to_owned(), why };
    match DomainKey::parse(text.as_bytes()) {
        Err(Error::Dkim(DkimError::RevokedPublicKey)) => {
            DkimKeyState::Revoked { text: text.to_owned() }
        }
        Err(error) => invalid(error.to_string()),
        // The library looks into an RSA key only when it verifies with it, and never at what a key
        // is for.
        Ok(_) => {
            let fault = use_fault(text).or_else(|| rsa_fault(text));
            fault.map_or(DkimKeyState::Found, invalid)
        }
    }
}

/// The value of a tag, without white space.
fn tag(text: &str, wanted: &str) -> Option<String> {
    let mut tags = text.split(';').filter_map(|tag| tag.split_once('='));
    let value = tags.find(|(name, _)| name.trim() == wanted)?.1;
    Some(value.split_whitespace().collect())
}

/// What a key is for, where that is not mail signed with SHA-256 (RFC 6376 §3.6.1, `s=` and `h=`).
fn use_fault(text: &str) -> Option<String> {
    let allows = |name: &str, good: &[&str]| {
        let value = tag(text, name)?;
        let is_good = |word: &str| good.iter().any(|good| word.eq_ignore_ascii_case(good));
        (!value.is_empty() && !value.split(':').any(is_good)).then(|| format!("{name}={value}"))
    };
    allows("s", &["*", "email"]).or_else(|| allows("h", &["sha256"]))
}

/// What is wrong with the RSA key of a record, if it is one.
fn rsa_fault(text: &str) -> Option<String> {
    if tag(text, "k").is_some_and(|kind| !kind.eq_ignore_ascii_case("rsa")) {
        return None;
    }
    let der = match STANDARD.decode(tag(text, "p").unwrap_or_default()) {
        Ok(der) => der,
        Err(error) => return Some(error.to_string()),
    };
    let key = rsa::PublicKey::from_public_key_der(&der).map_err(|error| error.to_string());
    // Some publish the bare key (RFC 8017 §A.1.1), as RFC 6376 §3.6.1 says.
    let key = key.or_else(|error| rsa::PublicKey::from_pkcs1_der(&der).map_err(|_| error));
    match key {
        // RFC 8301 §3.2.
        Ok(key) if key.size() * 8 < RSA_BITS => Some(format!("only {} bits", key.size() * 8)),
        Ok(_) => None,
        Err(error) => Some(error),
    }
}

/// A signature, and why it does not hold.
pub type DkimVerdict = (DkimMark, Result<(), String>);

/// Whether the signatures of a whole message hold; why not, where one does not. Signatures whose
/// keys are not known are left out.
pub fn dkim_verify(message: &[u8], answers: &Answers) -> Result<Vec<DkimVerdict>, Needed> {
    let Some(parsed) = AuthenticatedMessage::parse(message) else { return Ok(Vec::new()) };
    let keys: Vec<Question> =
        parsed.dkim_headers.iter().map(|it| key_question(&it.header)).collect();
    answers.want_all(&keys)?;
    let known = Known(answers);
    let parameters = Parameters::new(&parsed).with_txt_cache(&known);
    let Some(verdicts) = LIBRARY.as_ref().and_then(|it| at_once(it.verify_dkim(parameters))) else {
        return Ok(Vec::new());
    };
    let verdicts = verdicts.iter().filter_map(|verdict| {
        let signature = verdict.signature()?;
        let mark = DkimMark {
            domain: signature.d.to_ascii_lowercase(),
            selector: signature.s.to_ascii_lowercase(),
        };
        match verdict.result() {
            DkimResult::Pass => Some((mark, Ok(()))),
            DkimResult::Fail(error) | DkimResult::Neutral(error) => {
                Some((mark, Err(error.to_string())))
            }
            DkimResult::PermError(_) | DkimResult::TempError(_) | DkimResult::None => None,
        }
    });
    Ok(verdicts.collect())
}

/// The answers, as the library asks for them.
pub(crate) struct Known<'a>(pub(crate) &'a Answers);

impl ResolverCache<Box<str>, Txt> for Known<'_> {
    fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        // The name can only be compared: the trait does not say what it is.
        let texts = self.0.texts_of(|own| {
            let own: Box<str> = format!("{own}.").into();
            own.borrow() == name
        });
        let texts = texts.unwrap_or_default();
        let key = texts.iter().find_map(|text| DomainKey::parse(text.as_bytes()).ok());
        let missing = || Txt::Error(Error::Dns(DnsError::RecordNotFound(ResponseCode::NXDomain)));
        Some(key.map_or_else(missing, |key| Txt::DomainKey(Arc::new(key))))
    }

    fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_of_a_header() {
        let header = "Received: x\nDKIM-Signature: v=1; a=rsa-sha256; d=Edo.test;\n\ts=key1; bh=x;\n b=d=no\n\
                      dkim-signature: v=1; d=edo.test; s=key1; b=y\nSubject: d=x; s=y\n";
        let marks = dkim_marks(header);
        assert_eq!(marks.len(), 1);
        assert_eq!(marks[0].record_name(), "key1._domainkey.edo.test");
    }

    #[test]
    fn keys() {
        let of =
            |texts: &[&str]| dkim_key(&texts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&[]), DkimKeyState::Missing);
        let good = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        assert_eq!(of(&[good]), DkimKeyState::Found);
        assert_eq!(of(&["other", good]), DkimKeyState::Found);
        assert!(matches!(of(&["v=DKIM1; p="]), DkimKeyState::Revoked { .. }));
        assert!(matches!(of(&["v=DKIM1; k=rsa; p=MIIB"]), DkimKeyState::Invalid { .. }));
        assert!(matches!(of(&["hello"]), DkimKeyState::Invalid { .. }));
        for (tags, is_good) in
            [("s=*", true), ("s=x:email", true), ("s=tlsrpt", false), ("h=sha1", false)]
        {
            let text = format!("{good}; {tags}");
            assert_eq!(of(&[&text]) == DkimKeyState::Found, is_good, "{tags}");
        }
    }
}
