//! One sign-in, line by line.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::fault::Fault;
use crate::mechanism::Mechanism;
use crate::secret::Secret;

/// The most octets of one line of an exchange, its CRLF counted (RFC 4954 §4).
pub const LINE_OCTETS: usize = 12_288;

/// `Username:`, as the draft has it and programs compare it.
const USER_PROMPT: &str = "VXNlcm5hbWU6";
/// `Password:`.
const PASSWORD_PROMPT: &str = "UGFzc3dvcmQ6";

/// The standard alphabet and nothing else: RFC 4648 §3.3 has foreign octets refused, and stray
/// bits at the end are refused as §3.5 allows. Only the padding may be absent: printers and
/// hand-made scripts leave it out, and what is meant stays plain (RFC 4648 §3.2).
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a sign-in claims; nothing of it is verified yet.
///
/// An empty user name or password is passed on although the grammar wants one octet at least:
/// RFC 4616 §2 has its *verification* fail, and it is the person's slip, not the program's.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whom to act as, if that is not the user (authzid).
    pub authorization: Option<String>,
    /// Whose password it is (authcid).
    pub user: String,
    /// The password; UTF-8.
    pub password: Secret,
}

/// A message of SCRAM as the client sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScramMessage {
    /// Whether the mechanism is the one that is bound to the connection (`-PLUS`).
    pub is_plus: bool,
    /// What the client said.
    pub octets: Vec<u8>,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// Send this: base64 text without line end, may be empty.
    Challenge(&'static str),
    /// The client has said everything.
    Done(Credentials),
    /// A message of SCRAM; who knows the account says what follows.
    Message(ScramMessage),
}

/// One exchange. After [`Step::Done`] or a [`Fault`] it is over.
#[derive(Debug)]
pub struct Exchange(State);

#[derive(Debug)]
enum State {
    ExpectPlain,
    ExpectUser,
    ExpectPassword { user: String },
    ExpectScram { is_plus: bool },
    Over,
}

impl Exchange {
    /// Begins. `initial` is the initial response as written in the command, if there was one; an
    /// empty one is written `=` (RFC 4954 §4, RFC 5034 §4). LOGIN takes it for the user name.
    pub fn start(mechanism: Mechanism, initial: Option<&[u8]>) -> Result<(Self, Step), Fault> {
        let (state, challenge) = match mechanism {
            Mechanism::Plain => (State::ExpectPlain, ""),
            Mechanism::Login => (State::ExpectUser, USER_PROMPT),
            Mechanism::ScramSha256 => (State::ExpectScram { is_plus: false }, ""),
            Mechanism::ScramSha256Plus => (State::ExpectScram { is_plus: true }, ""),
        };
        let mut exchange = Self(state);
        // `AUTH PLAIN ` with nothing behind the space announces no response: prompt.
        let step = match initial.filter(|initial| !initial.is_empty()) {
            None => Step::Challenge(challenge),
            Some(b"=") => exchange.take(b"")?,
            Some(initial) => exchange.respond(initial)?,
        };
        Ok((exchange, step))
    }

    /// Takes the client's line, without its CRLF.
    pub fn respond(&mut self, line: &[u8]) -> Result<Step, Fault> {
        let answer = self.answer(line);
        if answer.is_err() {
            self.0 = State::Over;
        }
        answer
    }

    fn answer(&mut self, line: &[u8]) -> Result<Step, Fault> {
        if line == b"*" {
            return Err(Fault::Cancelled);
        }
        if line.len() + b"\r\n".len() > LINE_OCTETS {
            return Err(Fault::TooLong);
        }
        let mut decoded = Zeroizing::new(Vec::with_capacity(line.len()));
        BASE64.decode_vec(line, &mut decoded).map_err(|_| Fault::NotBase64)?;
        self.take(&decoded)
    }

    fn take(&mut self, message: &[u8]) -> Result<Step, Fault> {
        match std::mem::replace(&mut self.0, State::Over) {
            State::ExpectPlain => plain(message).map(Step::Done),
            State::ExpectUser => {
                self.0 = State::ExpectPassword { user: name(message)? };
                Ok(Step::Challenge(PASSWORD_PROMPT))
            }
            State::ExpectPassword { user } => {
                let password = password(message)?;
                Ok(Step::Done(Credentials { authorization: None, user, password }))
            }
            State::ExpectScram { is_plus } => {
                self.0 = State::ExpectScram { is_plus };
                Ok(Step::Message(ScramMessage { is_plus, octets: message.to_vec() }))
            }
            State::Over => Err(Fault::Malformed),
        }
    }
}

/// RFC 4616 §2: `message = [authzid] UTF8NUL authcid UTF8NUL passwd`.
fn plain(message: &[u8]) -> Result<Credentials, Fault> {
    let mut parts = message.splitn(3, |octet| *octet == 0);
    let (Some(authorization), Some(user), Some(secret)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return Err(Fault::Malformed);
    };
    let authorization = Some(name(authorization)?).filter(|name| !name.is_empty());
    Ok(Credentials { authorization, user: name(user)?, password: password(secret)? })
}

fn name(octets: &[u8]) -> Result<String, Fault> {
    Ok(safe(octets)?.to_owned())
}

fn password(octets: &[u8]) -> Result<Secret, Fault> {
    safe(octets)?;
    Ok(Secret::new(octets))
}

/// RFC 4616 §2: `SAFE`, any UTF-8 character but NUL.
fn safe(octets: &[u8]) -> Result<&str, Fault> {
    if octets.contains(&0) {
        return Err(Fault::Malformed);
    }
    std::str::from_utf8(octets).map_err(|_| Fault::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an exchange came to, for comparison.
    type Outcome<'a> = Result<(Option<&'a str>, &'a str, &'a [u8]), Fault>;

    fn base64(text: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(text)
    }

    fn show(outcome: &Result<Credentials, Fault>) -> Outcome<'_> {
        let found = outcome.as_ref().map_err(|fault| *fault)?;
        Ok((found.authorization.as_deref(), &found.user, found.password.expose()))
    }

    /// PLAIN, by the initial response and by prompt; both must come to the same.
    fn plain(line: &str) -> Result<Credentials, Fault> {
        let (mut exchange, step) = Exchange::start(Mechanism::Plain, None).unwrap();
        assert!(matches!(step, Step::Challenge("")));
        let prompted = exchange.respond(line.as_bytes()).map(done);
        let initial = Exchange::start(Mechanism::Plain, Some(line.as_bytes()));
        assert_eq!(show(&prompted), show(&initial.map(|(_, step)| done(step))), "{line}");
        prompted
    }

    fn done(step: Step) -> Credentials {
        let Step::Done(credentials) = step else { panic!("not done: {step:?}") };
        credentials
    }

    #[test]
    fn plain_messages() {
        let cases: [(&[u8], Outcome<'_>); 12] = [
            // RFC 4616 §4
            (b"\0tim\0tanstaaftanstaaf", Ok((None, "tim", b"tanstaaftanstaaf"))),
            (b"Ursel\0Kurt\0xipj3plmq", Ok((Some("Ursel"), "Kurt", b"xipj3plmq"))),
            ("\0太郎\0飛脚便".as_bytes(), Ok((None, "太郎", "飛脚便".as_bytes()))),
            (b"\0tim\0", Ok((None, "tim", b""))),
            (b"\0\0x", Ok((None, "", b"x"))),
            (b"tim", Err(Fault::Malformed)),
            (b"tim\0tanstaaf", Err(Fault::Malformed)),
            (b"\0tim\0tan\0staaf", Err(Fault::Malformed)),
            (b"\0tim\0tanstaaf\0", Err(Fault::Malformed)),
            (b"\0tim\xFF\0tanstaaf", Err(Fault::NotUtf8)),
            (b"\0tim\0tan\x82\xA0", Err(Fault::NotUtf8)),
            (b"\xC0\x80\0tim\0tanstaaf", Err(Fault::NotUtf8)),
        ];
        for (message, expected) in cases {
            let outcome = plain(&base64(message));
            assert_eq!(show(&outcome), expected, "{}", message.escape_ascii());
        }
    }

    #[test]
    fn plain_lines() {
        let test: Outcome<'_> = Ok((Some("test"), "test", b"1234"));
        let cases = [
            // RFC 4954 §4.1
            ("dGVzdAB0ZXN0ADEyMzQ=", test),
            // Padding left out.
            ("dGVzdAB0ZXN0ADEyMzQ", test),
            ("dGVzdAB0ZXN0ADEyMzQ==", Err(Fault::NotBase64)),
            // Stray bits after the last octet.
            ("dGVzdAB0ZXN0ADEyMzR=", Err(Fault::NotBase64)),
            ("dGVzdAB0ZXN0 ADEyMzQ=", Err(Fault::NotBase64)),
            (" dGVzdAB0ZXN0ADEyMzQ=", Err(Fault::NotBase64)),
            ("dGVzdAB0ZXN0ADEyM-_=", Err(Fault::NotBase64)),
            ("d", Err(Fault::NotBase64)),
            ("*", Err(Fault::Cancelled)),
            ("**", Err(Fault::NotBase64)),
        ];
        for (line, expected) in cases {
            assert_eq!(show(&plain(line)), expected, "{line}");
        }
    }

    #[test]
    fn an_empty_initial_response_is_an_equals_sign() {
        let fault = Exchange::start(Mechanism::Plain, Some(b"=")).unwrap_err();
        assert_eq!(fault, Fault::Malformed);
        let (_, step) = Exchange::start(Mechanism::Plain, Some(b"")).unwrap();
        assert!(matches!(step, Step::Challenge("")));
        let (_, step) = Exchange::start(Mechanism::Login, Some(b"=")).unwrap();
        assert!(matches!(step, Step::Challenge(PASSWORD_PROMPT)), "an empty user name");
    }

    #[test]
    fn login() {
        for initial in [None, Some(b"dGVzdA==".as_slice())] {
            let (mut exchange, mut step) = Exchange::start(Mechanism::Login, initial).unwrap();
            if initial.is_none() {
                assert!(matches!(step, Step::Challenge("VXNlcm5hbWU6")));
                step = exchange.respond(b"dGVzdA==").unwrap();
            }
            assert!(matches!(step, Step::Challenge("UGFzc3dvcmQ6")));
            let outcome = exchange.respond(b"MTIzNA==").map(done);
            assert_eq!(show(&outcome), Ok((None, "test", b"1234".as_slice())));
        }
    }

    #[test]
    fn login_faults() {
        let cases: [(&[u8], Fault); 4] = [
            (b"*", Fault::Cancelled),
            (b"MTIzNA===", Fault::NotBase64),
            (b"MTIzAA==", Fault::Malformed),
            (b"/w==", Fault::NotUtf8),
        ];
        for (line, fault) in cases {
            let (mut exchange, _) = Exchange::start(Mechanism::Login, None).unwrap();
            assert_eq!(exchange.respond(line).unwrap_err(), fault, "{}", line.escape_ascii());
            assert_eq!(exchange.respond(b"dGVzdA==").unwrap_err(), Fault::Malformed, "it is over");
            let (mut exchange, _) = Exchange::start(Mechanism::Login, Some(b"dGVzdA==")).unwrap();
            assert_eq!(exchange.respond(line).unwrap_err(), fault, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn lines_are_limited() {
        let longest = "A".repeat(LINE_OCTETS - 2);
        let (mut exchange, _) = Exchange::start(Mechanism::Plain, None).unwrap();
        assert_ne!(exchange.respond(longest.as_bytes()).unwrap_err(), Fault::TooLong);
        let (mut exchange, _) = Exchange::start(Mechanism::Plain, None).unwrap();
        let longer = format!("{longest}A");
        assert_eq!(exchange.respond(longer.as_bytes()).unwrap_err(), Fault::TooLong);
    }

    #[test]
    fn nothing_prints_a_password() {
        let (mut exchange, _) = Exchange::start(Mechanism::Login, Some(b"dGVzdA==")).unwrap();
        let step = exchange.respond(b"MTIzNA==").unwrap();
        assert!(!format!("{exchange:?} {step:?}").contains("1234"));
    }
}
