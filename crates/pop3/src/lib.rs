//! The server side of POP3, bytes in and effects out: RFC 1939 without APOP, CAPA (RFC 2449),
//! STLS (RFC 2595), AUTH PLAIN (RFC 5034), UTF8 and LANG (RFC 6856), and the response codes of
//! RFC 2449 §8 and RFC 3206.
//!
//! It opens no socket, keeps no clock, reads no mail and verifies no password: what needs the
//! world is an [`Ask`]. Nobody signs in without TLS, and no setting changes that. Messages are
//! deleted by [`Ask::Quit`] and by nothing else.
//!
//! ```
//! use hikyaku_pop3::{Answer, Ask, Entry, Server, Settings, TlsState, Unique};
//! use hikyaku_wire::{Effects, Input, Wire as _};
//!
//! let mut server = Server::new(Settings::new("mx.edo.test", TlsState::Implicit));
//! let mut effects = Effects::new();
//! server.handle(Input::Open, &mut effects);
//! assert_eq!(effects.send, b"+OK mx.edo.test POP3 ready\r\n");
//!
//! let mut effects = Effects::new();
//! let used = server.handle(Input::Bytes(b"USER taro\r\nPASS kirin\r\nSTAT\r\n"), &mut effects);
//! assert_eq!(used, 23, "what follows PASS waits for the answer");
//! let Some(Ask::SignIn { credentials, .. }) = effects.ask else { panic!("a sign-in is asked about") };
//! assert_eq!(credentials.user, "taro");
//!
//! let mut effects = Effects::new();
//! let maildrop = vec![Entry { size: 120, unique: Unique::new(7) }];
//! server.handle(Input::Answer(Answer::SignedIn(maildrop)), &mut effects);
//! server.handle(Input::Bytes(b"STAT\r\n"), &mut effects);
//! assert_eq!(effects.send, b"+OK maildrop has 1 message (120 octets)\r\n+OK 1 120\r\n");
//! ```

mod answer;
mod authorization;
mod command;
mod content;
mod ending;
mod language;
mod maildrop;
mod server;
mod settings;
mod state;
mod transaction;
mod world;

pub use server::Server;
pub use settings::{Settings, TlsState};
pub use world::{Answer, Ask, Entry, Unique};
