//! Accepts connections and drives their dialogues in one thread.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use rustls::{Connection, ServerConfig, ServerConnection};

use crate::link::{Dialogue, Link, Scratch, State};
use crate::poll::Poll;

/// The loaded form of [`super::Security`].
#[derive(Debug)]
pub(super) struct Security {
    pub(super) config: Option<Arc<ServerConfig>>,
    pub(super) at_once: bool,
}

impl Security {
    fn connection(&self) -> anyhow::Result<Connection> {
        let Some(config) = &self.config else { anyhow::bail!("this server has no certificate") };
        let mut connection = ServerConnection::new(Arc::clone(config))?;
        connection.set_buffer_limit(Some(1 << 20));
        Ok(Connection::Server(connection))
    }
}

/// The listener's number; connections count from 0.
const LISTENER: usize = usize::MAX;

struct Server<'a, D> {
    poll: Poll,
    listener: &'a TcpListener,
    security: &'a Security,
    links: Vec<Option<Link<D>>>,
    free: Vec<usize>,
}

/// Serves until the process ends.
pub(super) fn serve<D: Dialogue<Shared = ()>>(
    listener: &TcpListener,
    security: &Security,
    dialogue: impl Fn() -> D,
) -> anyhow::Result<()> {
    listener.set_nonblocking(true)?;
    let poll = Poll::new()?;
    poll.watch(listener, LISTENER)?;
    let mut server = Server { poll, listener, security, links: Vec::new(), free: Vec::new() };
    let mut scratch = Scratch::new();
    let mut ready = Vec::new();
    loop {
        server.poll.wait(Duration::from_hours(1), &mut ready)?;
        for token in ready.drain(..) {
            if token == LISTENER {
                server.accept(&dialogue)?;
            } else {
                server.turn(token, &mut scratch);
            }
        }
    }
}

impl<D: Dialogue<Shared = ()>> Server<'_, D> {
    fn accept(&mut self, dialogue: impl Fn() -> D) -> anyhow::Result<()> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            let tls = self.security.at_once.then(|| self.security.connection()).transpose()?;
            let link = Link::new(stream, tls, dialogue());
            let token = self.free.pop().unwrap_or(self.links.len());
            if token == self.links.len() {
                self.links.push(None);
            }
            self.poll.watch(link.stream(), token)?;
            if let Some(place) = self.links.get_mut(token) {
                *place = Some(link);
            }
        }
    }

    fn turn(&mut self, token: usize, scratch: &mut Scratch) {
        let Some(place) = self.links.get_mut(token) else { return };
        let Some(link) = place else { return };
        let security = self.security;
        let state = link.ready(scratch, &mut (), &|| security.connection());
        // A client that breaks off is its own affair, and counts it.
        if !matches!(state, Ok(State::Open)) {
            *place = None;
            self.free.push(token);
        }
    }
}
