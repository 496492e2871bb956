//! The keys with which every validation begins.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hickory_net::proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS};
use hickory_net::proto::dnssec::{TrustAnchors, Verifier as _};
use hickory_proto::rr::{Name, RData, RecordType};
use hickory_proto::serialize::txt::{ParseError, trust_anchor};
use hikyaku_cause::{Cause, Code, Evidence, IoOperation};

/// Trust anchors: keys of the root zone, or hashes of them.
#[derive(Clone, Default)]
pub struct Anchors {
    /// `None`: those of IANA that are compiled in.
    given: Option<Arc<Given>>,
}

#[derive(Default)]
struct Given {
    keys: Vec<DNSKEY>,
    hashes: Vec<DS>,
}

impl std::fmt::Debug for Anchors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.given.is_some() { "Anchors(file)" } else { "Anchors(IANA)" })
    }
}

/// A file of anchors that cannot be used.
#[derive(Debug)]
pub struct AnchorFault {
    path: PathBuf,
    detail: String,
    io: Option<io::Error>,
}

impl AnchorFault {
    /// The same as a cause.
    pub fn cause(&self) -> Cause {
        let path = self.path.clone();
        let cause = Cause::proven(Code::DnsAnchorUnreadable)
            .with(Evidence::File { path: path.clone() })
            .with(Evidence::Detail { source: "trust anchor", text: self.detail.clone() });
        match &self.io {
            Some(error) => cause.with(Evidence::io(IoOperation::Read, Some(path), error)),
            None => cause,
        }
    }
}

impl Anchors {
    /// Reads DNSKEY and DS records of the root in the form of a zone file (RFC 1035 §5.1), as
    /// unbound's `root.key` and the output of dig are. `None`: the anchors of IANA.
    pub fn load(file: Option<&Path>) -> Result<Self, AnchorFault> {
        let Some(path) = file else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).map_err(|error| AnchorFault {
            path: path.to_owned(),
            detail: error.to_string(),
            io: Some(error),
        })?;
        let given = parse(&text).map_err(|detail| AnchorFault {
            path: path.to_owned(),
            detail,
            io: None,
        })?;
        Ok(Self { given: Some(Arc::new(given)) })
    }

    /// Whether they are others than those that are compiled in.
    pub(super) fn is_given(&self) -> bool {
        self.given.is_some()
    }

    #[cfg(test)]
    pub(super) fn of(key: DNSKEY) -> Self {
        Self { given: Some(Arc::new(Given { keys: vec![key], hashes: Vec::new() })) }
    }

    /// The anchors as keys; those of which only a hash is known are picked from the root's own
    /// keys (RFC 4035 §5.2: a key that a trusted hash is of is as good as the hash).
    pub(super) fn keys(&self, shown: &[DNSKEY]) -> TrustAnchors {
        let Some(given) = &self.given else { return TrustAnchors::default() };
        let root = Name::root();
        let hashed = |key: &&DNSKEY| {
            given.hashes.iter().any(|hash| hash.covers(&root, key).is_ok_and(|covers| covers))
        };
        let mut anchors = TrustAnchors::empty();
        for key in given.keys.iter().chain(shown.iter().filter(hashed)) {
            if let Ok(key) = key.key() {
                anchors.insert(key.as_ref());
            }
        }
        anchors
    }
}

/// The records of a file; what is wrong with it otherwise.
fn parse(text: &str) -> Result<Given, String> {
    let mut given = Given::default();
    for words in entries(text) {
        let types = [("DNSKEY", RecordType::DNSKEY), ("DS", RecordType::DS)];
        let found = words.iter().enumerate().find_map(|(at, word)| {
            let (_, record) = types.iter().find(|(name, _)| word.eq_ignore_ascii_case(name))?;
            Some((at, *record))
        });
        let Some((at, record)) = found.filter(|(at, _)| *at > 0) else { continue };
        if words.first().map(String::as_str) != Some(".") {
            continue;
        }
        let data = words.get(at + 1..).unwrap_or_default().join(" ");
        let wrong = |error: ParseError| format!("{record}: {error}");
        if record == RecordType::DNSKEY {
            let entries = trust_anchor::Parser::new(format!(". IN DNSKEY {data}")).parse();
            let keys = entries.map_err(wrong)?;
            given.keys.extend(keys.into_iter().filter_map(|entry| match entry {
                trust_anchor::Entry::DNSKEY(record) => Some(record.data().clone()),
                _ => None,
            }));
        } else if let RData::DNSSEC(DNSSECRData::DS(hash)) =
            RData::try_from_str(record, &data).map_err(wrong)?
        {
            given.hashes.push(hash);
        }
    }
    // RFC 5011 §2.1: a revoked key is no anchor any more.
    given.keys.retain(|key| key.secure_entry_point() && !key.revoke());
    if given.keys.is_empty() && given.hashes.is_empty() {
        return Err("no DNSKEY or DS record of the root".to_owned());
    }
    Ok(given)
}

/// The entries of a zone file as words: without comments, lines in brackets joined.
fn entries(text: &str) -> Vec<Vec<String>> {
    let (mut entries, mut current, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    for line in text.lines() {
        let line = line.split(';').next().unwrap_or_default();
        for word in line.replace('(', " ( ").replace(')', " ) ").split_ascii_whitespace() {
            match word {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                word => current.push(word.to_owned()),
            }
        }
        if depth == 0 && !current.is_empty() {
            entries.push(std::mem::take(&mut current));
        }
    }
    entries.extend((!current.is_empty()).then_some(current));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAlFNKF2jBosZBU5eeHspaQWOmOElZsjICMQMC3aeHbGiShvZsx4wMYSjH8e7Vrhbu6irwCzVBApESjbUdpWWmEnhathWu1jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/q8PkcRU5oUKEpUge71M3ej2/7CPqpdVwuMoTvoB+ZOT4YeGyxMvHmbrxlFzGOHOijtzN+u1TQNatX2XBuzZNQ1K+s2CXkPIZo7s6JgZyvaBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc=";

    #[test]
    fn files_as_programs_write_them() {
        let unbound = format!(
            "; autotrust trust anchor file\n;;id: . 1\n;;last_queried: 1 ;;x\n\
             .\t86400\tIN\tDNSKEY\t257 3 8 {KEY} ;{{id = 38696 (ksk), size = 2048b}} ;;state=2\n"
        );
        let (one, two) = KEY.split_at(64);
        let dig = format!(
            ".  172800 IN DNSKEY 256 3 8 AwEAAQ== ; ZSK\n\
             .  172800 IN DNSKEY 257 3 8 (\n\t\t{one}\n\t\t{two}\n\t\t) ; KSK; key id = 38696\n"
        );
        for text in [unbound, dig] {
            let given = parse(&text).unwrap();
            assert_eq!((given.keys.len(), given.hashes.len()), (1, 0), "{text}");
            assert_eq!(given.keys[0].calculate_key_tag().unwrap(), 38696);
        }
        let hash = ". IN DS 38696 8 2 \
                    683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16";
        let given = parse(hash).unwrap();
        assert_eq!((given.keys.len(), given.hashes.len()), (0, 1));
        // That hash is of the key above: as an anchor it is the key.
        let key = parse(&format!(". DNSKEY 257 3 8 {KEY}")).unwrap().keys;
        let anchors = Anchors { given: Some(Arc::new(given)) };
        assert_eq!(anchors.keys(&key).len(), 1);
        assert_eq!(anchors.keys(&[]).len(), 0);
    }

    #[test]
    fn files_without_an_anchor() {
        for text in ["", "; nothing\n", "edo.test. IN DS 1 8 2 AB", ". IN NS a.", ". DNSKEY 257 x"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let cause = |path| Anchors::load(Some(path)).unwrap_err().cause().code;
        assert_eq!(cause(&path), Code::DnsAnchorUnreadable);
        std::fs::write(&path, "nothing").unwrap();
        assert_eq!(cause(&path), Code::DnsAnchorUnreadable);
    }
}
