//! The mechanisms by name.

/// A SASL mechanism; offered over TLS only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// Two prompts, user name and password. Registered as obsolete without an RFC of its own
    /// (draft-murchison-sasl-login), and still the only one some programs know.
    Login,
    /// RFC 7677: proves that one knows the password, and does not send it. Only for accounts that
    /// have a verifier for it.
    ScramSha256,
    /// The same, bound to the TLS connection: whoever stands in between and passes it on is found
    /// out (RFC 5802 §6).
    ScramSha256Plus,
}

impl Mechanism {
    /// The names of those that every account has, as capabilities list them, the better first.
    pub const NAMES: [&'static str; 2] = ["PLAIN", "LOGIN"];

    /// The mechanism of that name. Names are upper case (RFC 4422 §3.1); commands that carry them
    /// are not case-sensitive, and programs do send `plain`.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Plain, Self::Login, Self::ScramSha256, Self::ScramSha256Plus]
            .into_iter()
            .find(|m| m.name().as_bytes().eq_ignore_ascii_case(name))
    }

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
        }
    }
}

/// Which forms of SCRAM are offered on a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScramOffer {
    /// None: no account signs in by it.
    #[default]
    Nothing,
    /// The one that is not bound to the connection, which has nothing to bind to.
    Unbound,
    /// Both.
    Bound,
}

impl ScramOffer {
    /// The same where the connection has something to bind to.
    #[must_use]
    pub fn bound(self) -> Self {
        if self == Self::Nothing { self } else { Self::Bound }
    }

    /// The names offered.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Nothing => &[],
            Self::Unbound => &["SCRAM-SHA-256"],
            Self::Bound => &["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"],
        }
    }

    /// Whether a mechanism is offered; those that are no SCRAM always are.
    pub fn has(self, mechanism: Mechanism) -> bool {
        match mechanism {
            Mechanism::Plain | Mechanism::Login => true,
            Mechanism::ScramSha256 => self != Self::Nothing,
            Mechanism::ScramSha256Plus => self == Self::Bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let found = Mechanism::NAMES.map(|name| Mechanism::from_name(name.as_bytes()));
        assert_eq!(found, [Some(Mechanism::Plain), Some(Mechanism::Login)]);
        assert_eq!(Mechanism::from_name(b"pLaIn"), Some(Mechanism::Plain));
        let plus = Mechanism::from_name(b"scram-sha-256-plus");
        assert_eq!(plus, Some(Mechanism::ScramSha256Plus));
        for unknown in ["", "PLAI", "PLAIN ", "CRAM-MD5", "EXTERNAL"] {
            assert_eq!(Mechanism::from_name(unknown.as_bytes()), None, "{unknown}");
        }
    }

    #[test]
    fn what_is_offered_is_what_is_named() {
        for offer in [ScramOffer::Nothing, ScramOffer::Unbound, ScramOffer::Bound] {
            for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha256Plus] {
                let named = offer.names().contains(&mechanism.name());
                assert_eq!(offer.has(mechanism), named, "{offer:?} {mechanism:?}");
            }
        }
        assert_eq!(ScramOffer::Nothing.bound(), ScramOffer::Nothing);
        assert_eq!(ScramOffer::Unbound.bound(), ScramOffer::Bound);
    }
}
