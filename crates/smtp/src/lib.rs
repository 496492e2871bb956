//! SMTP and message submission, without I/O.
//!
//! [`Server`] is the receiving end of one connection: RFC 5321 on the port where mail from other
//! servers comes in, RFC 6409 where the people of this server hand theirs in. It frames, checks
//! the order of commands, parses them and words the replies; whether a mailbox exists, a password
//! is right or a message is kept, it asks ([`Ask`]) and is told ([`Answer`]).
//!
//! [`Client`] is the sending end: it is asked what to send and tells what came of it, recipient by
//! recipient.
//!
//! It opens no socket, keeps no clock, stores nothing and holds no message content: that passes
//! as ranges of the caller's own input.
//!
//! ```
//! use std::sync::Arc;
//! use hikyaku_smtp::{Server, Service, Settings};
//! use hikyaku_wire::{Effects, Input, Wire};
//!
//! let settings = Arc::new(Settings::new("mx.example.test", Service::Exchange));
//! let mut server = Server::new(settings);
//! let mut effects = Effects::new();
//! server.handle(Input::Open, &mut effects);
//! assert_eq!(effects.send, b"220 mx.example.test ESMTP Hikyaku\r\n");
//! ```

mod client;
mod content;
mod server;

pub use client::{
    Capabilities, Client, ClientAnswer, ClientAsk, ClientSettings, ClientTls, Envelope,
    EnvelopeRecipient, Facts, RecipientOutcome, Transaction, refusal_cause,
};
pub use content::{Content, ContentFault, Progress};
pub use server::{Answer, Ask, MailFrom, RcptTo, Server, Service, Settings};
