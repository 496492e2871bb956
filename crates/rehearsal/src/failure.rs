//! What fails, as data.

use hikyaku_cause::Code;
use serde::Deserialize;

/// The domain whose addresses fail.
pub const DOMAIN: &str = "fails.test";

const TABLE: &str = include_str!("../data/failures.toml");

/// One way to fail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Its name, which stands in its address.
    pub name: String,
    /// Where it fails.
    pub at: At,
    /// What the server says, in lines.
    #[serde(default)]
    pub say: String,
    /// The cause that comes of it, by its name.
    code: String,
    /// How often it fails before mail is taken; always where absent.
    pub times: Option<u32>,
}

/// Where something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum At {
    /// At the recipient.
    #[serde(rename = "RCPT")]
    Rcpt,
    /// After the content.
    #[serde(rename = "content")]
    Content,
    /// At the greeting.
    #[serde(rename = "greeting")]
    Greeting,
    /// At the sender.
    #[serde(rename = "MAIL")]
    Mail,
    /// The server takes the connection and says nothing.
    #[serde(rename = "silent")]
    Silent,
    /// Nothing listens.
    #[serde(rename = "closed")]
    Closed,
    /// There is no such domain.
    #[serde(rename = "missing")]
    Missing,
    /// The domain says that it takes no mail (RFC 7505).
    #[serde(rename = "null-mx")]
    NullMx,
    /// The DNS does not work.
    #[serde(rename = "servfail")]
    ServFail,
}

impl Failure {
    /// The address that makes it happen.
    pub fn address(&self) -> String {
        match self.at {
            At::Rcpt | At::Content => format!("{}@{DOMAIN}", self.name),
            _ => format!("hanako@{}.{DOMAIN}", self.name),
        }
    }

    /// The cause that comes of it.
    pub fn cause(&self) -> Option<Code> {
        Code::from_name(&self.code)
    }

    /// The reply with its line ends, about a recipient.
    pub(crate) fn reply(&self, recipient: &str) -> String {
        let lines = self.say.trim().lines();
        lines.fold(String::new(), |text, line| text + &line.replace("{r}", recipient) + "\r\n")
    }
}

/// All of them, in the order of the table.
pub fn failures() -> Result<Vec<Failure>, toml::de::Error> {
    #[derive(Deserialize)]
    struct Table {
        failure: Vec<Failure>,
    }
    toml::from_str::<Table>(TABLE).map(|table| table.failure)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_and_a_cause() {
        let all = failures().unwrap();
        let names: BTreeSet<_> = all.iter().map(|failure| &failure.name).collect();
        assert_eq!(names.len(), all.len());
        for failure in &all {
            assert!(failure.cause().is_some(), "{}: no cause {}", failure.name, failure.code);
            let speaks = matches!(failure.at, At::Rcpt | At::Content | At::Greeting | At::Mail);
            assert_eq!(speaks, !failure.say.is_empty(), "{}", failure.name);
        }
    }
}
