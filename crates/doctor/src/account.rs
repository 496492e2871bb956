//! Who is examined, and what was given.

use crate::facts::{Server, host_and_port};

/// Whose mail does not flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The mail address.
    pub address: String,
    /// The user name; where absent, the address is tried, then what stands before the `@`.
    pub user: Option<String>,
    /// What else was given.
    pub given: Given,
}

/// What was given on the command line, or read from the files of a mail program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The servers that are set.
    pub servers: Vec<Server>,
    /// Hosts to compare with, and their ports.
    pub controls: Vec<(String, u16)>,
}

impl Account {
    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.address.rsplit_once('@').map_or(self.address.as_str(), |(local, _)| local)
    }

    /// The user names to try, the likeliest first; `known` is the one that the server's provider
    /// names.
    pub fn users(&self, known: Option<&str>) -> Vec<String> {
        let mut users: Vec<String> = self.user.iter().cloned().collect();
        for other in [known.unwrap_or(self.address.as_str()), self.address.as_str(), self.local()] {
            if !users.iter().any(|user| user == other) {
                users.push(other.to_owned());
            }
        }
        users
    }
}

impl Given {
    /// Reads `HOST:PORT`.
    pub fn control(text: &str) -> Option<(String, u16)> {
        host_and_port(text)
    }
}
