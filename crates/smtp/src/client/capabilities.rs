//! What the peer said it can do (RFC 5321 §4.1.1.1).

use hikyaku_cause::Reply;

/// The keywords of a reply to EHLO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each keyword is there or not")]
pub struct Capabilities {
    /// SIZE with its limit in octets (RFC 1870); 0 is no stated limit.
    pub size: Option<u64>,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// STARTTLS (RFC 3207).
    pub start_tls: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtp_utf8: bool,
    /// CHUNKING (RFC 3030).
    pub chunking: bool,
    /// REQUIRETLS (RFC 8689).
    pub require_tls: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// LIMITS RCPTMAX: the most recipients of a message (RFC 9422).
    pub recipients: Option<usize>,
    /// LIMITS MAILMAX: the most messages of a connection (RFC 9422).
    pub messages: Option<u64>,
    /// The mechanisms of AUTH (RFC 4954), in upper case.
    pub auth: Vec<String>,
}

impl Capabilities {
    pub(super) fn of(reply: &Reply) -> Self {
        let mut found = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = String::from_utf8_lossy(line).to_ascii_uppercase();
            // Some old servers wrote `AUTH=LOGIN`.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("SIZE") => {
                    found.size = Some(words.next().and_then(|it| it.parse().ok()).unwrap_or(0));
                }
                Some("8BITMIME") => found.eight_bit_mime = true,
                Some("PIPELINING") => found.pipelining = true,
                Some("STARTTLS") => found.start_tls = true,
                Some("SMTPUTF8") => found.smtp_utf8 = true,
                Some("CHUNKING") => found.chunking = true,
                Some("REQUIRETLS") => found.require_tls = true,
                Some("DSN") => found.dsn = true,
                Some("LIMITS") => found.limits(&line),
                Some("AUTH") => found.auth.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        found
    }

    /// `LIMITS RCPTMAX=20 MAILMAX=5` (RFC 9422 §3); what is none or 0 limits nothing.
    fn limits(&mut self, line: &str) {
        for limit in line.split_ascii_whitespace().skip(1) {
            let (name, value) = limit.split_once('=').unwrap_or_default();
            let value = value.parse::<u64>().ok().filter(|value| *value > 0);
            match name {
                "RCPTMAX" => self.recipients = value.and_then(|it| usize::try_from(it).ok()),
                "MAILMAX" => self.messages = value,
                _ => {}
            }
        }
    }

    pub(super) fn signs_in_by(&self, mechanism: &str) -> bool {
        self.auth.iter().any(|it| it == mechanism)
    }
}
