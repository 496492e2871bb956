//! What is set in a mail program, read from the files in which it keeps it; and the file of
//! Thunderbird put right.
//!
//! Text goes in, settings come out: nothing here opens a file. Every text is taken for hostile, as
//! people pass profiles on. Passwords are kept in other files, which are never asked for.
//!
//! ```
//! use hikyaku_profile::{Prefs, thunderbird};
//!
//! let prefs = Prefs::parse(
//!     br#"
//! user_pref("mail.accountmanager.accounts", "account1");
//! user_pref("mail.account.account1.server", "server1");
//! user_pref("mail.account.account1.identities", "id1");
//! user_pref("mail.identity.id1.useremail", "taro@edo.test");
//! user_pref("mail.server.server1.type", "pop3");
//! user_pref("mail.server.server1.hostname", "mail.edo.test");
//! user_pref("mail.server.server1.socketType", 3);
//! "#,
//! );
//! let accounts = thunderbird::accounts(&prefs);
//! assert_eq!(accounts[0].address.as_deref(), Some("taro@edo.test"));
//! assert_eq!(accounts[0].servers[0].server.setting.to_string(), "mail.edo.test 995 (SSL/TLS)");
//! ```

pub mod autoconfig;
mod fix;
mod mobileconfig;
mod oeaccount;
mod outbox;
mod prefs;
pub mod profiles;
mod rewrite;
mod settings_file;
pub mod thunderbird;

use hikyaku_doctor::Server;

pub use fix::{Edit, Fix, WithoutTls, fix};
pub use outbox::outbox;
pub use prefs::{Prefs, Value};
pub use rewrite::rewrite;
pub use settings_file::{Fault, Kind, Read, read};

/// An account as it is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    /// The mail address, where it stands there.
    pub address: Option<String>,
    /// What the program calls the account.
    pub label: Option<String>,
    /// The servers, the incoming ones first.
    pub servers: Vec<SetServer>,
}

/// A server as it is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetServer {
    /// The server.
    pub server: Server,
    /// How one signs in there.
    pub sign_in: Method,
    /// Where its preferences stand, in Thunderbird.
    pub(crate) branch: Option<Branch>,
}

/// A way of signing in, as mail programs name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// None at all.
    Nothing,
    /// A password as it is, which only TLS protects.
    Password,
    /// A password that is not shown to the server (CRAM-MD5 and its like).
    Challenge,
    /// A token that a browser fetches.
    OAuth2,
    /// Something else: Kerberos, NTLM, a certificate, whatever the server offers.
    Other,
}

impl Method {
    /// Its name in texts and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Password => "password",
            Self::Challenge => "encrypted-password",
            Self::OAuth2 => "oauth2",
            Self::Other => "other",
        }
    }
}

/// The preferences of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Branch {
    /// `mail.server.server1.` or `mail.smtpserver.smtp1.`.
    pub(crate) path: String,
    /// The name of the preference for the encryption.
    pub(crate) tls: &'static str,
    /// The name of the preference for the user.
    pub(crate) user: &'static str,
}

impl SetUp {
    /// Whether it is for this address, however that is capitalised.
    pub fn is_for(&self, address: &str) -> bool {
        self.address.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(address))
    }

    /// The servers as the doctor is told them.
    pub fn given(&self) -> Vec<Server> {
        self.servers.iter().map(|set| set.server.clone()).collect()
    }
}
