//! TRANSACTION: looking into the maildrop, fetching from it, marking in it.

use std::io::Write as _;

use hikyaku_cause::{Cause, Code, Language, Phase};
use hikyaku_sasl::ScramOffer;

use crate::authorization::{Channel, capabilities, out_of_sequence};
use crate::command::{Command, Number};
use crate::content::Content;
use crate::language;
use crate::maildrop::{Column, Listing, Maildrop};
use crate::world::Ask;

/// What follows a command in this state.
#[derive(Debug)]
pub(crate) enum Turn {
    /// The state stays.
    Stay,
    /// A listing is to be written.
    List(Listing),
    /// A message is to be sent; it is asked for by this.
    Send(Content, Ask),
    /// The session ends in order.
    Quit,
    /// Refusals are worded in this language; `None`: as before.
    Language(Option<Language>),
}

impl Maildrop {
    /// Carries out a command.
    pub(crate) fn take(
        &mut self,
        command: Command<'_>,
        (channel, scram): (Channel, ScramOffer),
        send: &mut Vec<u8>,
    ) -> Result<Turn, Cause> {
        match command {
            Command::Capa => capabilities(channel, scram, send),
            Command::Noop => send.extend_from_slice(b"+OK\r\n"),
            Command::Stat => say(send, format_args!("{} {}", self.count(), self.octets())),
            Command::List(None) => {
                self.sum_up("", send);
                return Ok(Turn::List(Listing::new(Column::Size)));
            }
            Command::Uidl(None) => {
                self.sum_up("", send);
                return Ok(Turn::List(Listing::new(Column::Unique)));
            }
            Command::List(Some(number)) => self.line(Column::Size, number, send)?,
            Command::Uidl(Some(number)) => self.line(Column::Unique, number, send)?,
            Command::Retr(number) => {
                let (index, entry) = self.find(number)?;
                return Ok(Turn::Send(Content::whole(entry.size), Ask::Retrieve(index)));
            }
            Command::Top(number, lines) => {
                let (index, _) = self.find(number)?;
                return Ok(Turn::Send(Content::top(lines), Ask::Top { index, lines }));
            }
            Command::Dele(number) => {
                self.delete(number)?;
                say(send, format_args!("message {} marked for deletion", number.0));
            }
            Command::Rset => {
                self.reset();
                self.sum_up("maildrop has ", send);
            }
            Command::Quit => return Ok(Turn::Quit),
            Command::User(_) | Command::Pass(_) | Command::AuthList | Command::Auth { .. } => {
                return Err(Cause::proven(Code::AuthActive));
            }
            Command::Lang(tag) => {
                let language = language::choose(tag, Phase::Transaction, send)?;
                return Ok(Turn::Language(language));
            }
            // RFC 6856 §2.1: what is in the maildrop, and how large, was told when it was opened.
            Command::Utf8 => return Err(out_of_sequence(b"UTF8", "UTF8 before the sign-in")),
            // Nobody signs in without TLS, so it is up.
            Command::Stls => return Err(Cause::proven(Code::Pop3TlsActive)),
        }
        Ok(Turn::Stay)
    }

    /// One positive line with the number of messages and their octets.
    pub(crate) fn sum_up(&self, opening: &str, send: &mut Vec<u8>) {
        let noun = if self.count() == 1 { "message" } else { "messages" };
        let (count, octets) = (self.count(), self.octets());
        say(send, format_args!("{opening}{count} {noun} ({octets} octets)"));
    }

    fn line(&self, column: Column, number: Number, send: &mut Vec<u8>) -> Result<(), Cause> {
        let (index, entry) = self.find(number)?;
        send.extend_from_slice(b"+OK ");
        column.line(index, entry, send);
        Ok(())
    }
}

/// One positive reply.
pub(crate) fn say(send: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing into a `Vec` does not fail.
    let _ = write!(send, "+OK {text}\r\n");
}
