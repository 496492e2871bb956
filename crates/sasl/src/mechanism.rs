//! The mechanisms by name.

/// A SASL mechanism that sends a password; offered over TLS only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// Two prompts, user name and password. Registered as obsolete without an RFC of its own
    /// (draft-murchison-sasl-login), and still the only one some programs know.
    Login,
}

impl Mechanism {
    /// The names of all mechanisms, as capabilities list them, the better first.
    pub const NAMES: [&'static str; 2] = ["PLAIN", "LOGIN"];

    /// The mechanism of that name. Names are upper case (RFC 4422 §3.1); commands that carry them
    /// are not case-sensitive, and programs do send `plain`.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Plain, Self::Login]
            .into_iter()
            .find(|m| m.name().as_bytes().eq_ignore_ascii_case(name))
    }

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
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
        for unknown in ["", "PLAI", "PLAIN ", "CRAM-MD5", "EXTERNAL"] {
            assert_eq!(Mechanism::from_name(unknown.as_bytes()), None, "{unknown}");
        }
    }
}
