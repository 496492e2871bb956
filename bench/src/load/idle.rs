//! Connections that say EHLO and then nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use super::drive::connect;
use super::reply;
use crate::link::{self, Link, Scratch, Step};
use crate::poll::Poll;

/// Connections from one address; well below the ports the system has for one.
const PER_SOURCE: usize = 5_000;

/// Connections that are being greeted at a time, so that no listen queue overflows.
const AT_ONCE: usize = 200;

/// Connections that are up, greeted and silent.
pub struct Held {
    links: Vec<Link<Hello>>,
}

impl Held {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.links.len()
    }

    /// How many of them the server has closed since.
    pub fn closed(&self) -> usize {
        // A silent connection has nothing to read, which a non-blocking socket calls an error.
        let silent = |link: &&Link<Hello>| {
            let seen = link.stream().peek(&mut [0]);
            matches!(seen, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
        };
        self.count() - self.links.iter().filter(silent).count()
    }
}

/// Opens `count` SMTP connections from several loopback addresses, reads each greeting, says EHLO,
/// reads the reply, and holds them.
pub fn hold(address: SocketAddr, count: usize, limit: Duration) -> anyhow::Result<Held> {
    allow_files(count as u64 + 100)?;
    let mut opening = Opening { poll: Poll::new()?, links: Vec::new(), greeted: 0 };
    let mut scratch = Scratch::new();
    let mut ready = Vec::new();
    let end = Instant::now() + limit;
    while opening.greeted < count {
        while opening.links.len() < count && opening.links.len() - opening.greeted < AT_ONCE {
            opening.open(address)?;
        }
        let left = end.saturating_duration_since(Instant::now());
        opening.poll.wait(left, &mut ready)?;
        let up = opening.greeted;
        ensure!(!ready.is_empty(), "{up} of {count} connections were greeted in {limit:?}");
        for token in ready.drain(..) {
            opening.turn(token, &mut scratch)?;
        }
    }
    Ok(Held { links: opening.links })
}

struct Opening {
    poll: Poll,
    links: Vec<Link<Hello>>,
    greeted: usize,
}

impl Opening {
    fn open(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        let number = u8::try_from(self.links.len() / PER_SOURCE).unwrap_or(u8::MAX);
        let source = IpAddr::V4(Ipv4Addr::new(127, 0, 0, number.saturating_add(2)));
        let stream = connect(address, Some(source))
            .with_context(|| format!("connection {} to {address}", self.links.len() + 1))?;
        let link = Link::new(stream, None, Hello::default());
        self.poll.watch(link.stream(), self.links.len())?;
        self.links.push(link);
        Ok(())
    }

    fn turn(&mut self, token: usize, scratch: &mut Scratch) -> anyhow::Result<()> {
        let Some(link) = self.links.get_mut(token) else { return Ok(()) };
        let no_tls = || anyhow::bail!("idle connections are in clear");
        link.ready(scratch, &mut self.greeted, &no_tls)
            .with_context(|| format!("connection {} of those held", token + 1))?;
        Ok(())
    }
}

/// Raises the limit on open files to `wanted`, as far as the system lets us.
pub(crate) fn allow_files(wanted: u64) -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    if now.current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    let raised = Rlimit { current: Some(wanted), maximum: now.maximum };
    setrlimit(Resource::Nofile, raised)
        .with_context(|| format!("{wanted} open files are needed, {:?} allowed", now.maximum))
}

#[derive(Debug, Default)]
struct Hello {
    replies: u8,
}

impl link::Dialogue for Hello {
    type Shared = usize;

    fn open(&mut self, _secured: bool, _out: &mut Vec<u8>) {}

    fn receive(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        greeted: &mut usize,
    ) -> anyhow::Result<(usize, Step)> {
        let Some((length, code, line)) = reply::smtp(input) else { return Ok((0, Step::Wait)) };
        ensure!(code == 220 || code == 250, "{}", reply::shown(line));
        self.replies += 1;
        if self.replies == 1 {
            out.extend_from_slice(b"EHLO load.bench.test\r\n");
        } else {
            *greeted += 1;
        }
        Ok((length, Step::Wait))
    }
}
