//! What a small server that obeys the standards says.

use super::Session;
use crate::world::script::Tls;

impl Session<'_> {
    /// What RFC 5321 makes a small server say.
    pub(super) fn lawful(&self, point: &str) -> String {
        let name = &self.shared.name;
        let has_starttls = self.shared.script.tls == Tls::Starttls && !self.is_tls;
        let verb = point.split([' ', ':']).next().unwrap_or_default();
        match verb {
            "connect" => format!("220 {name} ESMTP"),
            "EHLO" => {
                let starttls = if has_starttls { "250-STARTTLS\n" } else { "" };
                let auth = if self.is_tls { "250-AUTH PLAIN LOGIN\n" } else { "" };
                format!(
                    "250-{name}\n250-PIPELINING\n250-SIZE 52428800\n{starttls}{auth}250 8BITMIME"
                )
            }
            "HELO" => format!("250 {name}"),
            "STARTTLS" if has_starttls => "220 2.0.0 go ahead".to_owned(),
            "AUTH" if self.is_right => "235 2.7.0 welcome".to_owned(),
            "AUTH" => "535 5.7.8 Error: authentication failed".to_owned(),
            "MAIL" => "250 2.1.0 ok".to_owned(),
            "RCPT" if !self.has_sender => "503 5.5.1 MAIL first".to_owned(),
            "RCPT" => "250 2.1.5 ok".to_owned(),
            "DATA" if self.recipients.is_empty() => "554 5.5.1 no valid recipients".to_owned(),
            "DATA" => "354 go ahead".to_owned(),
            "content" => "250 2.0.0 ok: queued as SCRIPT".to_owned(),
            "RSET" | "NOOP" => "250 2.0.0 ok".to_owned(),
            "QUIT" => "221 2.0.0 bye".to_owned(),
            _ => "500 5.5.2 what?".to_owned(),
        }
    }

    /// What RFC 1939, 2449 and 2595 make a small server say.
    pub(super) fn lawful_pop3(&self, point: &str) -> String {
        let has_stls = self.shared.script.tls == Tls::Starttls && !self.is_tls;
        let verb = point.split(' ').next().unwrap_or_default();
        match verb {
            "connect" => "+OK ready",
            "CAPA" if has_stls => "+OK\nUIDL\nTOP\nSTLS\n.",
            "CAPA" => "+OK\nUIDL\nTOP\nUSER\n.",
            "STLS" if has_stls => "+OK begin",
            "USER" | "NOOP" => "+OK",
            "PASS" if self.is_right => "+OK welcome",
            "PASS" => "-ERR [AUTH] Authentication failed.",
            "QUIT" => "+OK bye",
            _ => "-ERR what?",
        }
        .to_owned()
    }

    /// What RFC 3501 makes a small server say.
    pub(super) fn lawful_imap(&self, point: &str) -> String {
        let has_starttls = self.shared.script.tls == Tls::Starttls && !self.is_tls;
        let verb = point.split(' ').next().unwrap_or_default();
        match verb {
            "connect" => "* OK ready",
            "CAPABILITY" if has_starttls => {
                "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\n{tag} OK done"
            }
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 AUTH=PLAIN\n{tag} OK done",
            "STARTTLS" if has_starttls => "{tag} OK begin",
            "AUTHENTICATE" | "LOGIN" if self.is_right => "{tag} OK welcome",
            "AUTHENTICATE" | "LOGIN" => "{tag} NO [AUTHENTICATIONFAILED] Authentication failed.",
            "LOGOUT" => "* BYE\n{tag} OK bye",
            "NOOP" => "{tag} OK done",
            _ => "{tag} BAD what?",
        }
        .to_owned()
    }
}
