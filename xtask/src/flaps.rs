//! Servers that fail at every point of the dialogue, once or always, while the DNS comes and goes:
//! every recipient ends delivered or with a cause, and what came twice is shown as such.

mod inside;

use std::fmt::Write as _;
use std::path::Path;

use hikyaku_lab::world::Plan;
use hikyaku_lab::world::script::{Then, Turn};

use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 5] = [
    ("a small Internet with servers that fail", Check::World),
    ("servers that fail once, while the DNS comes and goes", Check::Once),
    ("servers that always fail", Check::Always),
    ("servers that drip", Check::Drip),
    ("hosts that are not there, names that have no answer", Check::Nowhere),
];

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    World,
    Once,
    Always,
    Drip,
    Nowhere,
}

/// The points of a dialogue.
const POINTS: [&str; 6] = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "content"];

/// The ways to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Close,
    Reset,
    Hang,
    NotNow,
    Never,
    ShutsDown,
    /// Says yes, and is gone before that can be read for certain.
    YesAndGone,
}

const WAYS: [Way; 7] =
    [Way::Close, Way::Reset, Way::Hang, Way::NotNow, Way::Never, Way::ShutsDown, Way::YesAndGone];

impl Way {
    fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Reset => "reset",
            Self::Hang => "hang",
            Self::NotNow => "not-now",
            Self::Never => "never",
            Self::ShutsDown => "shuts-down",
            Self::YesAndGone => "yes-and-gone",
        }
    }

    fn turn(self, on: &str, times: Option<u32>) -> Turn {
        let (say, then) = match self {
            Self::Close => (Some(""), Then::Close),
            Self::Reset => (Some(""), Then::Reset),
            Self::Hang => (Some(""), Then::Hang),
            Self::NotNow => (Some("451 4.3.0 not now"), Then::Listen),
            Self::Never => (Some("554 5.3.0 never"), Then::Listen),
            Self::ShutsDown => (Some("421 4.3.2 shutting down"), Then::Close),
            Self::YesAndGone => (None, Then::Reset),
        };
        Turn { on: on.to_owned(), times, say: say.map(str::to_owned), wait: 0.0, then }
    }
}

/// A server that fails, and the domain whose mail goes to it.
#[derive(Debug, Clone)]
struct Server {
    check: Check,
    way: Option<Way>,
    domain: String,
    address: String,
    turns: Vec<Turn>,
}

/// All of them.
fn servers() -> Vec<Server> {
    let mut servers = Vec::new();
    for (check, times) in [(Check::Once, Some(1)), (Check::Always, None)] {
        for point in POINTS {
            for way in WAYS {
                let word = if check == Check::Once { "once" } else { "always" };
                let label = format!("{word}-{}-{}", point.to_ascii_lowercase(), way.word());
                let turns = vec![way.turn(point, times)];
                servers.push((check, Some(way), label, turns));
            }
        }
    }
    let drip =
        Turn { on: "connect".to_owned(), times: None, say: None, wait: 1.0, then: Then::Drip };
    servers.push((Check::Drip, None, "drip".to_owned(), vec![drip]));
    let with_address = |(index, (check, way, label, turns)): (usize, _)| {
        let address = format!("10.20.{}.{}", index / 200, index % 200 + 1);
        Server { check, way, domain: format!("{label}.test"), address, turns }
    };
    servers.into_iter().enumerate().map(with_address).collect()
}

/// Runs them.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Flaps, &plan(), &names);
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    let mut run = None;
    inner::carry_out(folder, plan(), &CHECKS, |world, check| inside::check(world, check, &mut run));
}

fn plan() -> anyhow::Result<Plan> {
    let servers = servers();
    let addresses: Vec<String> = servers
        .iter()
        .map(|it| it.address.as_str())
        .chain([SILENT])
        .map(|it| format!("{it:?}"))
        .collect();
    let mut text = String::from(HERE);
    // Writing to a string can't fail.
    let _ = writeln!(
        text,
        "[[host]]\nname = \"peers.lab.test\"\naddresses = [{}]",
        addresses.join(", ")
    );
    for server in &servers {
        let _ = writeln!(
            text,
            "[[zone]]\nname = {:?}\nrecords = \"@ MX 10 mx\\nmx A {}\"",
            server.domain, server.address
        );
    }
    Ok(Plan::parse(&text, "flaps")?)
}

/// What is sent to this address goes astray.
const SILENT: &str = "10.98.0.1";

/// Waits are short, so that the end comes while somebody looks.
const HERE: &str = r#"
[[host]]
name = "mx.edo.test"
addresses = ["203.0.113.10"]
services = ["hikyaku"]
mailbox = [{ local = "taro" }]
set.more = """
[delivery]
connections_per_minute = 0
first_wait_seconds = 3
expire_seconds = 45
notice_seconds = 600
connect_seconds = 5
reply_seconds = 6
"""

[[zone]]
name = "no-host.test"
records = "@ MX 10 mx\nmx A 10.99.0.1"

[[zone]]
name = "silent.test"
records = "@ MX 10 mx\nmx A 10.98.0.1"

[[zone]]
name = "null-mx.test"
records = "@ MX 0 ."

[[zone]]
name = "no-address.test"
records = "@ TXT \"nothing here\""

[[zone]]
name = "dangling.test"
records = "@ MX 10 gone.dangling.test."
"#;
