//! Drives the dialogues of all sessions in one thread.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::Context as _;
use socket2::{Domain, Protocol, Socket, Type};

use super::{Security, Tally, Target};
use crate::link::{Dialogue, Link, Scratch, State};
use crate::poll::Poll;

/// A server that says nothing for so long is taken for dead.
const SILENCE: Duration = Duration::from_mins(1);

/// A run with more failed connections than this is not worth finishing.
const FAILURES: u64 = 50;

/// Gives each session its dialogues.
pub(super) trait Work {
    /// What runs over one connection.
    type Dialogue: Dialogue<Shared = Tally>;

    /// The dialogue for the next connection of a session, or nothing when it has no more to do.
    fn next(&mut self, session: usize, tally: &Tally) -> Option<Self::Dialogue>;

    /// Takes back the dialogue of a connection that has ended.
    fn ended(&mut self, session: usize, dialogue: &Self::Dialogue);
}

/// Runs all sessions to their end.
pub(super) fn drive<W: Work>(
    target: &Target,
    sessions: usize,
    work: &mut W,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut driver = Driver { target, poll: Poll::new()?, links: Vec::new(), opened: 0, open: 0 };
    driver.links.resize_with(sessions, || None);
    for session in 0..sessions {
        driver.connect(session, work, tally)?;
    }
    let mut scratch = Scratch::new();
    let mut ready = Vec::new();
    while driver.open > 0 {
        driver.poll.wait(SILENCE, &mut ready)?;
        anyhow::ensure!(!ready.is_empty(), "{} said nothing for {SILENCE:?}", target.address);
        for session in ready.drain(..) {
            driver.turn(session, &mut scratch, work, tally)?;
        }
    }
    Ok(())
}

struct Driver<'a, D> {
    target: &'a Target,
    poll: Poll,
    links: Vec<Option<Link<D>>>,
    opened: usize,
    open: usize,
}

impl<D: Dialogue<Shared = Tally>> Driver<'_, D> {
    fn connect<W: Work<Dialogue = D>>(
        &mut self,
        session: usize,
        work: &mut W,
        tally: &Tally,
    ) -> anyhow::Result<()> {
        let Some(dialogue) = work.next(session, tally) else { return Ok(()) };
        let sources = &self.target.sources;
        let source = sources.get(self.opened.checked_rem(sources.len()).unwrap_or(0));
        let stream = connect(self.target.address, source.copied())
            .with_context(|| format!("connecting to {}", self.target.address))?;
        let tls = match self.target.security {
            Security::Tls(_) => Some(self.target.start_tls()?),
            Security::Clear | Security::StartTls(_) => None,
        };
        let link = Link::new(stream, tls, dialogue);
        self.poll.watch(link.stream(), session)?;
        if let Some(place) = self.links.get_mut(session) {
            *place = Some(link);
        }
        self.opened += 1;
        self.open += 1;
        Ok(())
    }

    fn turn<W: Work<Dialogue = D>>(
        &mut self,
        session: usize,
        scratch: &mut Scratch,
        work: &mut W,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let Some(place) = self.links.get_mut(session) else { return Ok(()) };
        let Some(link) = place else { return Ok(()) };
        match link.ready(scratch, tally, &|| self.target.start_tls()) {
            Ok(State::Open) => return Ok(acknowledge(link)?),
            Ok(State::Done) => {}
            Err(why) => tally.fail(format!("{why:#}")),
        }
        work.ended(session, &link.dialogue);
        *place = None;
        self.open -= 1;
        anyhow::ensure!(
            tally.failed() <= FAILURES,
            "too many failed connections to {}: {:?}",
            self.target.address,
            tally.failures
        );
        self.connect(session, work, tally)
    }
}

/// Acknowledges at once what came at the start of a connection with TLS.
///
/// A server sends its session tickets before it is asked anything. One that leaves Nagle's
/// algorithm on, as Postfix does, then holds its next reply until the tickets are acknowledged,
/// which Linux delays by 40 ms. That wait is no work of the server's, so no server shall have it.
fn acknowledge<D: Dialogue>(link: &mut Link<D>) -> io::Result<()> {
    if link.is_new_to_tls() {
        rustix::net::sockopt::set_tcp_quickack(link.stream(), true)?;
    }
    Ok(())
}

/// Begins to connect; the socket is writable when the connection is up.
pub(super) fn connect(address: SocketAddr, from: Option<IpAddr>) -> anyhow::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // Each command waits for the reply to the one before; nothing is gained by holding it back.
    socket.set_tcp_nodelay(true)?;
    if let Some(from) = from {
        socket.bind(&SocketAddr::new(from, 0).into())?;
    }
    match socket.connect(&address.into()) {
        Err(error)
            if error.raw_os_error() != Some(rustix::io::Errno::INPROGRESS.raw_os_error()) =>
        {
            Err(error.into())
        }
        _ => Ok(socket.into()),
    }
}
