//! Whether the line lets mail out at all: one verdict instead of a thousand failures.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use hikyaku_cause::{Cause, Certainty, Code, ConnectOutcome, Evidence, PeerAddress};

/// So many unrelated networks must fail alike before anything is suspected. One dead host, or one
/// network of dead hosts, is never enough.
const NETWORKS: usize = 3;
/// The most networks that are remembered; the oldest goes.
const REMEMBERED: usize = 16;

/// An address family; the line may treat the two differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Family {
    V4,
    V6,
}

impl From<IpAddr> for Family {
    fn from(ip: IpAddr) -> Self {
        if ip.to_canonical().is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// An attempt to connect that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// To whom.
    pub peer: PeerAddress,
    /// How it ended.
    pub outcome: ConnectOutcome,
    /// How long it took.
    pub milliseconds: u64,
}

impl Attempt {
    fn evidence(self) -> Evidence {
        let Self { peer, outcome, milliseconds } = self;
        Evidence::Connect { peer, outcome, milliseconds }
    }
}

/// How patient the judge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathSettings {
    /// The port mail goes out to, 25.
    pub port: u16,
    /// Failures older than this are forgotten while there is no verdict.
    pub window: Duration,
    /// A family's control hosts are asked at most so often.
    pub control_every: Duration,
    /// A verdict that has just been given is put to the proof so often.
    pub probe_first: Duration,
    /// One that stands for long: no more than so often.
    pub probe_last: Duration,
}

impl PathSettings {
    /// The usual patience, for a port.
    pub const fn new(port: u16) -> Self {
        Self {
            port,
            window: Duration::from_mins(30),
            control_every: Duration::from_hours(1),
            probe_first: Duration::from_secs(10),
            probe_last: Duration::from_mins(3),
        }
    }
}

/// Judges the line from attempts to connect. Every time is the time since some start.
///
/// Give it every attempt ([`attempt`](Self::attempt)); when it [wants](Self::wants_control) the
/// control hosts asked, connect to them and report ([`control`](Self::control)); while there is a
/// [`verdict`](Self::verdict), try nothing but the addresses that it wants [probed](Self::probe).
#[derive(Debug)]
pub struct PathJudge {
    settings: PathSettings,
    v4: Line,
    v6: Line,
}

/// What is known of one family.
#[derive(Debug, Default)]
struct Line {
    /// The last failure of each network, oldest first.
    failed: VecDeque<(Duration, Attempt)>,
    asked: Option<Duration>,
    /// Since when there is a verdict, and when it was last put to the proof.
    since: Option<Duration>,
    probed: Option<Duration>,
    verdict: Option<Cause>,
}

/// Failures that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Dropped on the way, as most providers do it.
    Silent,
    /// Reset, by a firewall or by the host itself.
    Reset,
    /// No way, says this machine or a router.
    NoWay,
}

impl PathJudge {
    /// Nothing known, nothing suspected.
    pub fn new(settings: PathSettings) -> Self {
        Self { settings, v4: Line::default(), v6: Line::default() }
    }

    /// An attempt has ended, at whatever port. Returns whether the verdict on its family changed.
    pub fn attempt(&mut self, now: Duration, attempt: Attempt) -> bool {
        let PathSettings { port, window, .. } = self.settings;
        let line = self.line_mut(attempt.peer.ip.into());
        let to_port = attempt.peer.port == port;
        match (attempt.outcome, manner(attempt.outcome)) {
            (ConnectOutcome::Open, _) => line.opened(to_port),
            (_, Some(_)) if to_port => {
                line.failed(now, window, attempt);
                false
            }
            _ => false,
        }
    }

    /// A family whose control hosts have to be asked now, if there is one. It counts as asked:
    /// the next time is after `control_every`.
    pub fn wants_control(&mut self, now: Duration) -> Option<Family> {
        let every = self.settings.control_every;
        [Family::V4, Family::V6].into_iter().find(|family| {
            let line = self.line_mut(*family);
            let due = line.asked.is_none_or(|asked| now >= asked + every);
            let wanted = due && line.is_suspect();
            if wanted {
                line.asked = Some(now);
            }
            wanted
        })
    }

    /// What became of connects to the control hosts' addresses of a family. An empty list, since
    /// no control host has such an address, leaves everything open. Returns whether the verdict
    /// changed.
    pub fn control(&mut self, family: Family, attempts: &[Attempt]) -> bool {
        let line = self.line_mut(family);
        let Some(found) = line.judged(attempts) else { return false };
        let changed = line.verdict.as_ref().is_none_or(|verdict| verdict.code != found.code);
        line.verdict = Some(found);
        changed
    }

    /// The standing verdict on a family: `path.port25.blocked`, `path.network.down`, or none.
    pub fn verdict(&self, family: Family) -> Option<&Cause> {
        self.line(family).verdict.as_ref()
    }

    /// The address to be tried now, to see whether a verdict still holds; none while there is no
    /// verdict, or when it is not yet time. The longer a verdict stands, the rarer. Each time
    /// another network: the host of one may be dead by itself.
    pub fn probe(&mut self, now: Duration, family: Family) -> Option<PeerAddress> {
        let PathSettings { probe_first, probe_last, .. } = self.settings;
        let line = self.line_mut(family);
        line.verdict.as_ref()?;
        let since = *line.since.get_or_insert(now);
        let every = (now.saturating_sub(since) / 4).clamp(probe_first, probe_last);
        if now < line.probed.unwrap_or(since) + every {
            return None;
        }
        line.probed = Some(now);
        line.failed.front().map(|(_, oldest)| oldest.peer)
    }

    fn line(&self, family: Family) -> &Line {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    fn line_mut(&mut self, family: Family) -> &mut Line {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }
}

impl Line {
    /// An open connection to the port ends every verdict and suspicion; one to another port only
    /// shows that there is a network.
    fn opened(&mut self, to_port: bool) -> bool {
        if to_port {
            self.failed.clear();
        }
        let is_down = |cause: &Cause| cause.code == Code::PathNetworkDown;
        if to_port || self.verdict.as_ref().is_some_and(is_down) {
            (self.since, self.probed) = (None, None);
            return self.verdict.take().is_some();
        }
        false
    }

    fn failed(&mut self, now: Duration, window: Duration, attempt: Attempt) {
        let own = network(attempt.peer.ip);
        self.failed.retain(|(at, other)| {
            network(other.peer.ip) != own && (self.verdict.is_some() || *at + window > now)
        });
        self.failed.push_back((now, attempt));
        if self.failed.len() > REMEMBERED {
            self.failed.pop_front();
        }
    }

    /// Alike failures of enough networks, or a verdict that does not end: the control hosts can
    /// tell.
    fn is_suspect(&self) -> bool {
        self.manner().is_some() || (self.verdict.is_some() && !self.failed.is_empty())
    }

    /// How enough networks fail.
    fn manner(&self) -> Option<Manner> {
        [Manner::Silent, Manner::Reset, Manner::NoWay]
            .into_iter()
            .find(|wanted| self.alike(*wanted).count() >= NETWORKS)
    }

    fn alike(&self, wanted: Manner) -> impl Iterator<Item = Attempt> {
        let all = self.failed.iter().map(|(_, attempt)| *attempt);
        all.filter(move |attempt| manner(attempt.outcome) == Some(wanted))
    }

    fn judged(&self, controls: &[Attempt]) -> Option<Cause> {
        // What was suspected may have been cleared while the control hosts were asked.
        let manner = self.manner()?;
        let answered = controls.iter().any(|control| control.outcome == ConnectOutcome::Open);
        let reset = controls.iter().any(|control| control.outcome == ConnectOutcome::Refused);
        let no_way = |control: &Attempt| self::manner(control.outcome) == Some(Manner::NoWay);
        let (code, certainty) = match (answered, manner) {
            (true, Manner::Silent) => (Code::PathPort25Blocked, Certainty::Proven),
            // The hosts themselves may have refused, or the way to just these may be gone.
            (true, _) => (Code::PathPort25Blocked, Certainty::Likely),
            // Somebody sent the reset: a network is there, but the control host is none.
            (false, _) if controls.is_empty() || reset => return None,
            (false, Manner::NoWay) if controls.iter().all(no_way) => {
                (Code::PathNetworkDown, Certainty::Proven)
            }
            // Resets came from somewhere; only silence and unreachable hosts mean no network.
            (false, Manner::Reset) => return None,
            (false, _) => (Code::PathNetworkDown, Certainty::Likely),
        };
        let evidence = self.alike(manner).chain(controls.iter().copied()).map(Attempt::evidence);
        Some(Cause { code, certainty, evidence: evidence.collect() })
    }
}

fn manner(outcome: ConnectOutcome) -> Option<Manner> {
    match outcome {
        ConnectOutcome::TimedOut => Some(Manner::Silent),
        ConnectOutcome::Refused => Some(Manner::Reset),
        ConnectOutcome::Unreachable | ConnectOutcome::Prohibited => Some(Manner::NoWay),
        ConnectOutcome::Open | ConnectOutcome::Other => None,
    }
}

/// An IPv4 /16 or an IPv6 /32: hosts within one may well be dead together.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & 0xffff_0000).into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 96 << 96).into(),
    }
}

#[cfg(test)]
#[path = "port25_tests.rs"]
mod tests;
