//! A server that counts what it is given.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

/// A connection on which nothing comes for so long is given up.
const IDLE: Duration = Duration::from_secs(20);

/// What came for one recipient of one message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taken {
    /// How often it came whole and was answered with 250.
    pub(crate) times: usize,
    /// What follows the line of the Message-ID, as it came.
    pub(crate) bodies: Vec<Vec<u8>>,
}

/// By Message-ID and recipient.
pub(crate) type Book = HashMap<(String, String), Taken>;

/// A running sink; it takes nothing any more when dropped.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    bound: Vec<SocketAddr>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    book: Mutex<Book>,
    closed: AtomicBool,
    /// Milliseconds from the end of a message to its 250: the window in which doubles arise.
    delay: AtomicU64,
}

impl Sink {
    /// Listens on a free port.
    pub(crate) fn start(delay: Duration) -> anyhow::Result<Self> {
        Self::on(&[(Ipv4Addr::LOCALHOST, 0).into()], delay)
    }

    /// Listens on these addresses.
    pub(crate) fn on(addresses: &[SocketAddr], delay: Duration) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared::default());
        let milliseconds = u64::try_from(delay.as_millis()).unwrap_or_default();
        shared.delay.store(milliseconds, Ordering::Relaxed);
        let mut bound = Vec::new();
        for address in addresses {
            let listener = TcpListener::bind(address).with_context(|| address.to_string())?;
            bound.push(listener.local_addr()?);
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&shared, &listener));
        }
        let address = bound.first().copied().context("no address")?;
        Ok(Self { address, bound, shared })
    }

    /// What came so far.
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.shared.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        for address in &self.bound {
            let _ = TcpStream::connect_timeout(address, Duration::from_millis(200));
        }
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    for stream in listener.incoming().flatten() {
        if shared.closed.load(Ordering::Relaxed) {
            return;
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A peer that was killed in the middle is what this is for.
            let _ = serve(&shared, stream);
        });
    }
}

fn serve(shared: &Shared, stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    let mut recipients: Vec<String> = Vec::new();
    let mut line = Vec::new();
    writer.write_all(b"220 sink.test ESMTP\r\n")?;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = command.to_ascii_uppercase();
        let reply: &[u8] = if verb.starts_with("EHLO") {
            b"250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        } else if verb.starts_with("RCPT TO:<") {
            recipients
                .extend(command.get(9..).and_then(|it| it.split('>').next()).map(str::to_owned));
            b"250 ok\r\n"
        } else if verb.starts_with("DATA") {
            writer.write_all(b"354 go\r\n")?;
            let message = content(&mut reader)?;
            thread::sleep(Duration::from_millis(shared.delay.load(Ordering::Relaxed)));
            note(shared, &message, &std::mem::take(&mut recipients));
            b"250 kept\r\n"
        } else if verb.starts_with("QUIT") {
            return writer.write_all(b"221 bye\r\n");
        } else {
            if verb.starts_with("MAIL") || verb.starts_with("RSET") {
                recipients.clear();
            }
            b"250 ok\r\n"
        };
        writer.write_all(reply)?;
    }
}

/// Up to the line with the single dot, which must come: a message that is cut off counts nothing.
fn content(reader: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let begin = message.len();
        if reader.read_until(b'\n', &mut message)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match message.get(begin..) {
            Some(b".\r\n") => {
                message.truncate(begin);
                return Ok(message);
            }
            Some([b'.', ..]) => {
                message.remove(begin);
            }
            _ => {}
        }
    }
}

/// Counted before it is answered: what the peer takes for accepted must stand here.
fn note(shared: &Shared, message: &[u8], recipients: &[String]) {
    let text = String::from_utf8_lossy(message);
    let Some(at) = text.find("Message-ID: ") else { return };
    let rest = text.get(at + 12..).unwrap_or_default();
    let (id, rest) = rest.split_once("\r\n").unwrap_or((rest, ""));
    let mut book = shared.book.lock().unwrap_or_else(PoisonError::into_inner);
    for recipient in recipients {
        let taken = book.entry((id.to_owned(), recipient.clone())).or_default();
        taken.times += 1;
        taken.bodies.push(rest.as_bytes().to_vec());
    }
}
