//! What a connection to another server has to know before it begins.

use std::time::Duration;

use hikyaku_sasl::Secret;

/// What the connection's TLS has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClientTls {
    /// Up before the first octet (RFC 8314 §3.3).
    Implicit,
    /// Used when offered.
    Opportunistic,
    /// Nothing is sent without it.
    Required,
    /// Not used.
    Never,
}

/// What a connection needs to know. The time-outs are those of RFC 5321 §4.5.3.2.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Our name in EHLO.
    pub hello: String,
    /// The peer's name, for evidence.
    pub host: String,
    /// What is asked of TLS.
    pub tls: ClientTls,
    /// User name and password; used over TLS only.
    pub sign_in: Option<(String, Secret)>,
    /// Whether PIPELINING is used when offered.
    pub pipelining: bool,
    /// Whether content goes in chunks (RFC 3030) when CHUNKING is offered.
    pub chunking: bool,
    /// For the greeting, and each reply to EHLO, MAIL, RCPT.
    pub reply: Duration,
    /// For the reply to DATA.
    pub data: Duration,
    /// For each piece of content to be taken.
    pub content: Duration,
    /// For the reply to the end of the content.
    pub end: Duration,
    /// For the reply to QUIT, on which nothing depends any more.
    pub quit: Duration,
}

impl ClientSettings {
    /// Settings with the time-outs of the standard.
    pub fn new(hello: &str, host: &str, tls: ClientTls) -> Self {
        Self {
            hello: hello.to_owned(),
            host: host.to_owned(),
            tls,
            sign_in: None,
            pipelining: true,
            chunking: true,
            reply: Duration::from_mins(5),
            data: Duration::from_mins(2),
            content: Duration::from_mins(3),
            end: Duration::from_mins(10),
            quit: Duration::from_secs(10),
        }
    }

    /// Sets the time for a reply, and the others in the proportions of the standard.
    pub fn within(&mut self, reply: Duration) {
        self.reply = reply;
        self.data = reply.mul_f64(0.4);
        self.content = reply.mul_f64(0.6);
        self.end = reply.mul_f64(2.0);
    }
}
