//! The reason of a failure (RFC 8460 §4.4, `failure-reason-code`): free text by the standard, and of
//! ours a cause that can be read back.

use std::fmt;

use hikyaku_cause::{Cause, Code, Evidence};

/// So many characters of what was seen are reported.
const MOST: usize = 200;

/// A cause as it stands in a report: its code, and what was seen in the peer's own terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    code: Code,
    seen: Option<String>,
}

impl Reason {
    /// Of a cause.
    pub fn of(cause: &Cause) -> Self {
        let seen = cause.evidence.iter().find_map(|evidence| match evidence {
            Evidence::Found { raw } => Some(String::from_utf8_lossy(raw).into_owned()),
            Evidence::Detail { text, .. } => Some(text.clone()),
            Evidence::Wanted { expected } => Some((*expected).to_owned()),
            Evidence::Limit { most, .. } => Some(most.to_string()),
            Evidence::Dns { name, .. } => Some(name.clone()),
            Evidence::Connect { peer, .. } => {
                Some(std::net::SocketAddr::new(peer.ip, peer.port).to_string())
            }
            _ => None,
        });
        let plain = |text: String| {
            text.chars().filter(|it| !it.is_control()).take(MOST).collect::<String>()
        };
        Self { code: cause.code, seen: seen.map(plain) }
    }

    /// Reads it back; none where somebody else's words stand there.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, seen) = match text.split_once(": ") {
            Some((name, seen)) => (name, Some(seen.to_owned())),
            None => (text, None),
        };
        Some(Self { code: Code::from_name(name)?, seen })
    }

    /// The cause, at the host that it concerns.
    pub fn cause(&self, host: &str) -> Cause {
        let cause = Cause::proven(self.code).with(Evidence::Host { name: host.to_owned() });
        match &self.seen {
            None => cause,
            Some(seen) => cause
                .with(Evidence::Found { raw: seen.clone().into_bytes() })
                .with(Evidence::Detail { source: "report", text: seen.clone() }),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.name())?;
        self.seen.iter().try_for_each(|seen| write!(f, ": {seen}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_read_back() {
        let raw = b"HTTP 404".to_vec();
        let cause = Cause::proven(Code::WebRefused).with(Evidence::Found { raw: raw.clone() });
        let reason = Reason::of(&cause);
        assert_eq!(reason.to_string(), "web.refused: HTTP 404");
        assert_eq!(Reason::parse(&reason.to_string()), Some(reason.clone()));
        let back = reason.cause("mta-sts.a.test");
        assert_eq!(back.code, Code::WebRefused);
        assert!(back.evidence.contains(&Evidence::Found { raw }));
        let bare = Reason::of(&Cause::proven(Code::WebSilent));
        assert_eq!(bare.to_string(), "web.silent");
        assert_eq!(Reason::parse("web.silent"), Some(bare));
    }

    #[test]
    fn what_others_wrote_is_left_as_it_is() {
        for text in ["", "mx-not-in-policy", "policy fetch failed: web.refused", "web.refused:404"]
        {
            assert_eq!(Reason::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_seen_is_one_short_line() {
        let text = format!("a\r\nb{}", "x".repeat(1000));
        let detail = Evidence::Detail { source: "x", text };
        let reason = Reason::of(&Cause::proven(Code::WebProtocol).with(detail)).to_string();
        assert!(reason.starts_with("web.protocol: abx") && reason.len() < 220, "{reason}");
    }
}
