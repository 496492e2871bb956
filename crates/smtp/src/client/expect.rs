//! The replies that are to come.

use std::time::Duration;

use hikyaku_cause::Phase;

use super::ClientSettings;

/// A reply to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Plain,
    LoginUser,
    LoginPassword,
    SignedIn,
    Mail,
    Rcpt(usize),
    Data,
    /// To a chunk that is not the last one.
    Chunk,
    End,
    LoneDot,
    Rset,
    Quit,
}

impl Expect {
    pub(super) fn phase(self) -> Phase {
        match self {
            Self::Greeting => Phase::Greeting,
            Self::Ehlo | Self::Helo => Phase::Helo,
            Self::StartTls => Phase::StartTls,
            Self::Plain | Self::LoginUser | Self::LoginPassword | Self::SignedIn => Phase::Auth,
            Self::Mail => Phase::Mail,
            Self::Rcpt(_) => Phase::Rcpt,
            Self::Data | Self::Chunk => Phase::Data,
            Self::End | Self::LoneDot => Phase::EndOfData,
            Self::Rset => Phase::Transaction,
            Self::Quit => Phase::Quit,
        }
    }

    /// Whether a reply with this code can stand here: a success of the right kind, or a refusal
    /// (RFC 5321 §4.3.2).
    pub(super) fn allows(self, code: u16) -> bool {
        match (self, code) {
            (_, 400..) => true,
            (Self::Greeting | Self::StartTls, _) => code == 220,
            (Self::LoginUser | Self::LoginPassword, _) => code == 334,
            (Self::Plain | Self::SignedIn, _) => code == 235,
            (Self::Data, _) => code == 354,
            _ => code < 300,
        }
    }

    /// Whether it answers content.
    pub(super) fn is_content(self) -> bool {
        matches!(self, Self::Chunk | Self::End | Self::LoneDot)
    }

    /// How long the peer has for it (RFC 5321 §4.5.3.2).
    pub(super) fn allowed(self, settings: &ClientSettings) -> Duration {
        match self {
            Self::Data => settings.data,
            Self::Chunk => settings.content,
            Self::End | Self::LoneDot => settings.end,
            Self::Quit => settings.quit,
            _ => settings.reply,
        }
    }
}
