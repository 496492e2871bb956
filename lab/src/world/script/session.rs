//! One connection of a scripted server.

mod http;
mod lawful;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};
use socket2::SockRef;

use super::{Protocol, Shared, Taken, Then, Tls};

/// A connection on which nothing comes for so long is given up.
const IDLE: Duration = Duration::from_mins(2);
/// Between two octets of a server that drips.
const DRIP: Duration = Duration::from_millis(40);

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// One connection.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the dialogue so far")]
pub(super) struct Session<'a> {
    shared: &'a Shared,
    socket: &'a TcpStream,
    stream: BufReader<Box<dyn Stream>>,
    has_sender: bool,
    recipients: Vec<String>,
    is_tls: bool,
    drips: bool,
    /// The user named, and whether the last password was right.
    user: String,
    is_right: bool,
}

impl<'a> Session<'a> {
    pub(super) fn serve(shared: &'a Shared, socket: &'a TcpStream) -> io::Result<()> {
        socket.set_read_timeout(Some(IDLE))?;
        let stream: Box<dyn Stream> = Box::new(socket.try_clone()?);
        let mut session = Self {
            shared,
            socket,
            stream: BufReader::new(stream),
            has_sender: false,
            recipients: Vec::new(),
            is_tls: false,
            drips: false,
            user: String::new(),
            is_right: false,
        };
        if shared.script.tls == Tls::Implicit {
            session.encrypt()?;
        }
        if !session.turn("connect")? {
            return Ok(());
        }
        if shared.script.protocol == Protocol::Http {
            return session.request();
        }
        while let Some(line) = session.line()? {
            let line = String::from_utf8_lossy(&line).into_owned();
            if !session.command(&line)? {
                break;
            }
        }
        Ok(())
    }

    /// Answers a command; false when the connection is over.
    fn command(&mut self, line: &str) -> io::Result<bool> {
        // A command of IMAP has a tag, which its answer repeats (RFC 3501 §2.2.1).
        let (tag, line) = match (self.shared.script.protocol, line.split_once(' ')) {
            (Protocol::Imap, Some((tag, rest))) => (tag, rest),
            _ => ("", line),
        };
        let upper = line.to_ascii_uppercase();
        self.credentials(line, &upper)?;
        Ok(self.turn_tagged(&upper, tag)?
            && !upper.starts_with("QUIT")
            && !upper.starts_with("LOGOUT"))
    }

    /// Reads who signs in, in the forms that clients use.
    fn credentials(&mut self, line: &str, upper: &str) -> io::Result<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let word = |at: usize| words.get(at).map(|it| it.trim_matches('"')).unwrap_or_default();
        let (user, password) = if upper.starts_with("AUTH PLAIN") && words.len() > 2 {
            plain(word(2))
        } else if upper.starts_with("AUTHENTICATE PLAIN") {
            self.say("+ ")?;
            let answer = self.line()?.unwrap_or_default();
            plain(&String::from_utf8_lossy(&answer))
        } else if upper.starts_with("LOGIN ") {
            let rest = line.split_once(' ').map(|(_, rest)| rest).unwrap_or_default();
            let (user, password) = rest.split_once(' ').unwrap_or_default();
            (user.trim_matches('"').to_owned(), password.trim_matches('"').to_owned())
        } else if upper.starts_with("USER ") {
            word(1).clone_into(&mut self.user);
            return Ok(());
        } else if upper.starts_with("PASS ") {
            (self.user.clone(), line.get(5..).unwrap_or_default().to_owned())
        } else {
            return Ok(());
        };
        self.is_right =
            self.shared.script.accounts.iter().any(|it| *it == (user.clone(), password.clone()));
        Ok(())
    }

    /// Says and does what the script wants here, else what a lawful server does; false when the
    /// connection is over.
    fn turn(&mut self, point: &str) -> io::Result<bool> {
        self.turn_tagged(point, "")
    }

    fn turn_tagged(&mut self, point: &str, tag: &str) -> io::Result<bool> {
        let turn = self.shared.at(point);
        let lawful = match self.shared.script.protocol {
            Protocol::Smtp => self.lawful(point),
            Protocol::Pop3 => self.lawful_pop3(point),
            Protocol::Imap => self.lawful_imap(point),
            Protocol::Http => self.page(point),
        };
        let said = turn.as_ref().and_then(|turn| turn.say.clone()).unwrap_or(lawful);
        let said = said.replace("{tag}", tag).replace("{host}", &self.shared.name);
        let then = turn.as_ref().map_or(Then::Listen, |turn| turn.then);
        if let Some(turn) = &turn {
            thread::sleep(Duration::from_secs_f64(turn.wait));
        }
        self.drips |= then == Then::Drip;
        self.say(&said)?;
        match then {
            Then::Close => return Ok(false),
            Then::Reset => {
                // Zero seconds: the connection ends with RST.
                SockRef::from(self.socket).set_linger(Some(Duration::ZERO))?;
                return Ok(false);
            }
            Then::Hang => {
                while self.line()?.is_some() {}
                return Ok(false);
            }
            Then::Listen | Then::Drip => {}
        }
        self.after(point, &said)
    }

    /// What a positive reply brings about.
    fn after(&mut self, point: &str, said: &str) -> io::Result<bool> {
        let positive = said.starts_with('2') || said.starts_with('3');
        let begins = positive || said.starts_with("+OK") || said.contains(" OK ");
        if (point.starts_with("STARTTLS") || point.starts_with("STLS")) && begins {
            self.encrypt()?;
        } else if point.starts_with("MAIL") || point.starts_with("RSET") {
            self.recipients.clear();
            self.has_sender = positive && point.starts_with("MAIL");
        } else if point.starts_with("RCPT") && positive {
            let path = point.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
            self.recipients.extend(path.map(|(path, _)| path.to_ascii_lowercase()));
        } else if point.starts_with("DATA") && positive {
            return self.content();
        }
        Ok(true)
    }

    fn content(&mut self) -> io::Result<bool> {
        let mut message = Vec::new();
        loop {
            let Some(line) = self.line()? else { return Ok(false) };
            if line == b"." {
                break;
            }
            // RFC 5321 §4.5.2.
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            message.extend_from_slice(b"\r\n");
        }
        let turn = self.shared.at_first("content");
        // A message counts as taken when the reply says so, whether it gets through or not.
        let is_taken = turn.is_none_or(|turn| turn.say.is_none_or(|say| say.starts_with('2')));
        if is_taken {
            let recipients = self.recipients.iter();
            let taken =
                recipients.map(|it| Taken { recipient: it.clone(), message: message.clone() });
            let taken: Vec<Taken> = taken.collect();
            self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner).extend(taken);
        }
        let goes_on = self.turn("content");
        self.recipients.clear();
        self.has_sender = false;
        goes_on
    }

    fn encrypt(&mut self) -> io::Result<()> {
        let Some(config) = &self.shared.tls else { return Ok(()) };
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        let stream = StreamOwned::new(connection, self.socket.try_clone()?);
        self.stream = BufReader::new(Box::new(stream));
        self.is_tls = true;
        Ok(())
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        for line in text.lines() {
            let line = format!("{line}\r\n");
            if self.drips {
                for octet in line.as_bytes() {
                    self.stream.get_mut().write_all(&[*octet])?;
                    self.stream.get_mut().flush()?;
                    thread::sleep(DRIP);
                }
            } else {
                self.stream.get_mut().write_all(line.as_bytes())?;
            }
        }
        self.stream.get_mut().flush()
    }

    /// A line without its end; nothing at the end of the stream.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let end = line.iter().rposition(|octet| !matches!(octet, b'\r' | b'\n'));
        line.truncate(end.map_or(0, |at| at + 1));
        Ok(Some(line))
    }
}

/// User name and password of a PLAIN response (RFC 4616).
fn plain(text: &str) -> (String, String) {
    use base64::Engine as _;
    let octets = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap_or_default();
    let text = String::from_utf8_lossy(&octets).into_owned();
    let mut parts = text.split('\0').skip(1).map(str::to_owned);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
