//! What is measured, and what it has to reach.

/// Connections held for the memory of idle ones.
pub(super) const IDLE_CONNECTIONS: usize = 10_000;

/// Mails in each mailbox that is downloaded.
pub(super) const MAILBOX: u64 = 1_000;

/// Octets of the common mail.
pub(super) const SMALL: usize = 4_096;

/// Octets of the larger mail.
pub(super) const LARGE: usize = 100_000;

/// Octets of the mail that must not lie in memory as a whole.
pub(super) const HUGE: usize = 50_000_000;

/// One line of the table.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) budget: Budget,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Counts mails a second.
    Speed(Speed),
    /// Counts megabytes.
    Memory(Memory),
    /// Counts the seconds from the start with a full queue to the first greeting.
    Start,
}

/// A load whose mails are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speed {
    /// Mail from other servers, in clear.
    Inbound(Shape),
    /// Mail from users, over STARTTLS, with sign-in.
    Submission(Shape),
    /// Mail from users, over STARTTLS, with sign-in, to another server: until it has arrived there.
    Relaying(Shape),
    /// Whole mailboxes fetched, over TLS at once.
    Download { sessions: usize },
}

/// What a server holds in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    /// Memory of a server that has just started.
    Idle,
    /// Memory with many silent SMTP connections.
    IdleConnections,
    /// Most memory that comes on top while a full queue is worked on.
    Backlog,
    /// Most memory during load.
    Peak,
    /// Memory that comes on top while a huge mail is taken in.
    GrowthIn,
    /// Memory that comes on top while a huge mail is fetched.
    GrowthOut,
}

/// A load of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) size: usize,
    pub(super) sessions: usize,
    pub(super) per_connection: u64,
}

/// What has to be reached; several are to be reached together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Budget {
    /// So many times the peer.
    pub(super) times_peer: Option<f64>,
    /// This share of the ceiling.
    pub(super) of_ceiling: Option<f64>,
    /// Megabytes.
    pub(super) at_most: Option<f64>,
}

impl Budget {
    /// Whether there is anything to reach.
    pub(super) fn is_set(self) -> bool {
        self.times_peer.is_some() || self.of_ceiling.is_some() || self.at_most.is_some()
    }
}

/// All cases, in the order they are measured. Memory comes first, on servers that are fresh.
pub(super) fn all() -> Vec<Case> {
    let mut cases = memory();
    let shapes = [SMALL, LARGE].into_iter().flat_map(|size| {
        [1, 20, 50].into_iter().flat_map(move |sessions| {
            [1, 20].map(move |per_connection| Shape { size, sessions, per_connection })
        })
    });
    cases.extend(shapes.clone().map(inbound));
    cases.extend(shapes.map(submission));
    cases.extend([20, 50].map(relaying));
    cases.extend([1, 20].map(download));
    cases.extend(backlog());
    cases
}

fn inbound(shape: Shape) -> Case {
    let budget = match (shape.size, shape.sessions) {
        (SMALL, 50) => Budget { times_peer: Some(8.0), of_ceiling: Some(0.5), ..Budget::default() },
        (LARGE, 20) => Budget { times_peer: Some(4.0), ..Budget::default() },
        _ => Budget::default(),
    };
    Case { name: shape.name("inbound"), kind: Kind::Speed(Speed::Inbound(shape)), budget }
}

fn submission(shape: Shape) -> Case {
    let times_peer = (shape.size == SMALL && shape.per_connection == 20).then_some(8.0);
    let budget = Budget { times_peer, ..Budget::default() };
    Case { name: shape.name("submission TLS"), kind: Kind::Speed(Speed::Submission(shape)), budget }
}

fn relaying(sessions: usize) -> Case {
    let shape = Shape { size: SMALL, sessions, per_connection: 20 };
    let budget = Budget { times_peer: Some(8.0), ..Budget::default() };
    Case { name: shape.name("relaying TLS"), kind: Kind::Speed(Speed::Relaying(shape)), budget }
}

fn download(sessions: usize) -> Case {
    let budget = if sessions == 1 {
        Budget { of_ceiling: Some(0.8), ..Budget::default() }
    } else {
        Budget { times_peer: Some(2.0), ..Budget::default() }
    };
    let name = format!("POP3 TLS download 1,000 x 4 KB, {sessions} sessions");
    Case { name, kind: Kind::Speed(Speed::Download { sessions }), budget }
}

fn memory() -> Vec<Case> {
    let case = |name: &str, kind, at_most| {
        let budget = Budget { at_most, ..Budget::default() };
        Case { name: name.to_owned(), kind: Kind::Memory(kind), budget }
    };
    vec![
        case("memory, idle", Memory::Idle, Some(25.0)),
        case("memory, 10,000 idle SMTP connections", Memory::IdleConnections, Some(80.0)),
        case("memory, growth by 50 MB mail in", Memory::GrowthIn, Some(8.0)),
        case("memory, growth by 50 MB mail out", Memory::GrowthOut, Some(8.0)),
        case("memory, peak at inbound 4 KB, 50 sessions", Memory::Peak, None),
    ]
}

/// The first one fills the queue, the second one finds it full.
fn backlog() -> [Case; 2] {
    let budget = Budget::default();
    let case = |name: &str, kind| Case { name: name.to_owned(), kind, budget };
    [
        case("queue, memory for 1,000,000 recipients", Kind::Memory(Memory::Backlog)),
        case("queue, start with 1,000,000 recipients", Kind::Start),
    ]
}

impl Shape {
    fn name(self, what: &str) -> String {
        let size = if self.size == SMALL { "4 KB" } else { "100 KB" };
        format!("{what} {size}, {} sessions x {}", self.sessions, self.per_connection)
    }
}
