//! AUTHORIZATION: capabilities, TLS, and the ways to sign in.

use hikyaku_cause::{Cause, Code, Evidence, Language, Phase};
use hikyaku_sasl::{Credentials, Exchange, Mechanism, ScramMessage, ScramOffer, Secret, Step};

use crate::command::{Command, with_command};
use crate::language;
use crate::settings::TlsState;
use crate::state::ExpectSignIn;

/// What follows a command in this state.
#[derive(Debug)]
pub(crate) enum Turn {
    /// The state stays.
    Stay,
    /// The handshake begins.
    StartTls,
    /// The exchange goes on with the client's line.
    Respond(Exchange),
    /// The world decides.
    SignIn(Credentials),
    /// The world says how SCRAM goes on.
    Scram(Exchange, ScramMessage),
    /// The client leaves.
    Close,
    /// Refusals are worded in this language; `None`: as before.
    Language(Option<Language>),
}

/// Where TLS stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// TLS is up.
    Encrypted,
    /// STLS would bring it up.
    Clear,
    /// No TLS can be had.
    ClearForEver,
}

impl Channel {
    pub(crate) fn of(tls: TlsState, is_up: bool) -> Self {
        match (is_up, tls) {
            (true, _) | (_, TlsState::Implicit) => Self::Encrypted,
            (false, TlsState::Offered) => Self::Clear,
            (false, TlsState::Absent) => Self::ClearForEver,
        }
    }

    /// A password is taken over TLS only.
    fn check(self) -> Result<(), Cause> {
        match self {
            Self::Encrypted => Ok(()),
            Self::Clear => Err(Cause::proven(Code::Pop3TlsRequired)),
            Self::ClearForEver => Err(Cause::proven(Code::Pop3TlsUnavailable)),
        }
    }
}

impl ExpectSignIn {
    /// Carries out a command; `line` is what it was read from.
    pub(crate) fn take(
        &mut self,
        command: Command<'_>,
        line: &[u8],
        (channel, scram): (Channel, ScramOffer),
        send: &mut Vec<u8>,
    ) -> Result<Turn, Cause> {
        match command {
            Command::Capa => {
                capabilities(channel, scram, send);
                Ok(Turn::Stay)
            }
            // RFC 6856 §2.1: not after UTF8, which would be forgotten with all that came in clear.
            Command::Stls if self.utf8 => Err(out_of_sequence(line, "STLS before UTF8")),
            Command::Stls => stls(channel, send),
            Command::Utf8 => {
                self.utf8 = true;
                send.extend_from_slice(b"+OK header fields go out in UTF-8\r\n");
                Ok(Turn::Stay)
            }
            Command::Lang(tag) => Ok(Turn::Language(language::choose(tag, Phase::Auth, send)?)),
            Command::User(name) => {
                channel.check()?;
                // RFC 1939 §7, USER: the same answer whether or not there is such a maildrop.
                self.user = Some(name.into());
                send.extend_from_slice(b"+OK send PASS\r\n");
                Ok(Turn::Stay)
            }
            Command::Pass(password) => {
                channel.check()?;
                self.pass(password, line)
            }
            Command::AuthList => {
                channel.check()?;
                send.extend_from_slice(b"+OK mechanisms follow\r\nPLAIN\r\n");
                for name in scram.names() {
                    send.extend_from_slice(name.as_bytes());
                    send.extend_from_slice(b"\r\n");
                }
                send.extend_from_slice(b".\r\n");
                Ok(Turn::Stay)
            }
            Command::Auth { mechanism, initial } => {
                channel.check()?;
                auth(mechanism, initial, scram, send)
            }
            Command::Quit => {
                // RFC 1939 §4: no UPDATE state without a maildrop.
                send.extend_from_slice(b"+OK goodbye\r\n");
                Ok(Turn::Close)
            }
            Command::Stat
            | Command::List(_)
            | Command::Uidl(_)
            | Command::Retr(_)
            | Command::Top(..)
            | Command::Dele(_)
            | Command::Noop
            | Command::Rset => Err(out_of_sequence(line, "USER or AUTH")),
        }
    }

    fn pass(&mut self, password: &[u8], line: &[u8]) -> Result<Turn, Cause> {
        let Some(user) = self.user.take() else { return Err(out_of_sequence(line, "USER")) };
        let password = Secret::new(password);
        Ok(Turn::SignIn(Credentials { authorization: None, user: user.into(), password }))
    }
}

/// Takes the client's line of an AUTH exchange.
pub(crate) fn respond(
    mut exchange: Exchange,
    line: &[u8],
    send: &mut Vec<u8>,
) -> Result<Turn, Cause> {
    let step = exchange.respond(line)?;
    Ok(follow(exchange, step, send))
}

/// RFC 2595 §4.
fn stls(channel: Channel, send: &mut Vec<u8>) -> Result<Turn, Cause> {
    match channel {
        Channel::Encrypted => Err(Cause::proven(Code::Pop3TlsActive)),
        Channel::ClearForEver => Err(Cause::proven(Code::Pop3TlsUnavailable)),
        Channel::Clear => {
            send.extend_from_slice(b"+OK begin TLS\r\n");
            Ok(Turn::StartTls)
        }
    }
}

/// RFC 5034 §4.
fn auth(
    name: &[u8],
    initial: Option<&[u8]>,
    scram: ScramOffer,
    send: &mut Vec<u8>,
) -> Result<Turn, Cause> {
    let offered = |it: &Mechanism| *it != Mechanism::Login && scram.has(*it);
    let mechanism = Mechanism::from_name(name).filter(offered);
    let mechanism = mechanism.ok_or_else(|| unknown_mechanism(name))?;
    let (exchange, step) = Exchange::start(mechanism, initial)?;
    Ok(follow(exchange, step, send))
}

fn follow(exchange: Exchange, step: Step, send: &mut Vec<u8>) -> Turn {
    match step {
        Step::Challenge(challenge) => {
            send.extend_from_slice(b"+ ");
            send.extend_from_slice(challenge.as_bytes());
            send.extend_from_slice(b"\r\n");
            Turn::Respond(exchange)
        }
        Step::Done(credentials) => Turn::SignIn(credentials),
        Step::Message(message) => Turn::Scram(exchange, message),
    }
}

/// The name is shown only where it is one: 1 to 20 octets of letters, digits, `-` and `_`
/// (RFC 4422 §3.1, where letters are upper case).
fn unknown_mechanism(mechanism: &[u8]) -> Cause {
    let is_name = (1..=20).contains(&mechanism.len())
        && mechanism.iter().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(octet));
    let cause = Cause::proven(Code::AuthMechanismUnknown);
    if is_name { cause.with(Evidence::Found { raw: mechanism.to_vec() }) } else { cause }
}

pub(crate) fn out_of_sequence(line: &[u8], expected: &'static str) -> Cause {
    let cause = with_command(Cause::proven(Code::Pop3CommandSequence), line, Phase::Auth);
    cause.with(Evidence::Wanted { expected })
}

/// RFC 2449 §5 and §6. What AUTHORIZATION lists is listed in TRANSACTION too.
pub(crate) fn capabilities(channel: Channel, scram: ScramOffer, send: &mut Vec<u8>) {
    send.extend_from_slice(b"+OK capabilities follow\r\n");
    send.extend_from_slice(b"TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n");
    match channel {
        // RFC 2595 §4: not once TLS is up.
        Channel::Clear => send.extend_from_slice(b"STLS\r\n"),
        // RFC 2595 §4: what sends a password stays unlisted while it is not permitted.
        Channel::Encrypted => {
            send.extend_from_slice(b"USER\r\nSASL PLAIN");
            for name in scram.names() {
                send.push(b' ');
                send.extend_from_slice(name.as_bytes());
            }
            send.extend_from_slice(b"\r\n");
        }
        Channel::ClearForEver => {}
    }
    // RFC 6856 §2.2: names and passwords in UTF-8 are taken without the command too.
    send.extend_from_slice(b"UTF8 USER\r\nLANG\r\n");
    send.extend_from_slice(b"EXPIRE NEVER\r\nIMPLEMENTATION Hikyaku\r\n.\r\n");
}
