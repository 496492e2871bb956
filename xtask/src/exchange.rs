//! Mail to and from real servers: each is a host of its own, found by the DNS, over STARTTLS.

mod inside;
mod scram;
mod wishes;

use std::path::Path;

use hikyaku_lab::world::Plan;

use crate::cli::Programs;
use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 19] = [
    ("a small Internet", Check::World),
    ("hikyaku to postfix", Check::Sends("mx.kyoto.test")),
    ("hikyaku to exim", Check::Sends("mx.osaka.test")),
    ("hikyaku to opensmtpd, whose TLS fails", Check::SendsInClear("mx.nara.test")),
    ("hikyaku to chasquid", Check::Sends("mx.kobe.test")),
    ("dkimpy on what hikyaku signed", Check::Signatures),
    ("postfix to hikyaku", Check::Receives("mx.kyoto.test")),
    ("exim to hikyaku", Check::Receives("mx.osaka.test")),
    ("opensmtpd to hikyaku", Check::Receives("mx.nara.test")),
    ("chasquid to hikyaku", Check::Receives("mx.kobe.test")),
    ("what senders want to hear, postfix", Check::Wishes("mx.kyoto.test")),
    ("what senders want to hear, exim", Check::Wishes("mx.osaka.test")),
    ("addresses beyond ASCII, postfix", Check::Utf8("mx.kyoto.test")),
    ("addresses beyond ASCII, exim", Check::Utf8("mx.osaka.test")),
    ("UTF-8 by poplib, and ASCII without it", Check::Fetches),
    ("SCRAM-SHA-256 by gsasl, and over POP3", Check::Scram),
    ("hana..ko@ at a lax host (postfix)", Check::Dots { at: "mx.kyoto.test", is_lax: true }),
    ("hana..ko@ at a strict host (opensmtpd)", Check::Dots { at: "mx.nara.test", is_lax: false }),
    ("a domain that does not exist", Check::Nobody),
];

/// What is checked.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The world can be built.
    World,
    /// Mail from Hikyaku arrives at this host, octet for octet.
    Sends(&'static str),
    /// The same at a host that offers STARTTLS in vain; the trace says so.
    SendsInClear(&'static str),
    /// Mail from this host arrives at Hikyaku, octet for octet.
    Receives(&'static str),
    /// Deliveries are reported to who asks (RFC 3461), there and here.
    Wishes(&'static str),
    /// Mail to and from addresses in UTF-8 (RFC 6531).
    Utf8(&'static str),
    /// A POP3 client that asks for UTF-8 (RFC 6856), and one that does not (RFC 6858).
    Fetches,
    /// A sign-in that does not send the password (RFC 7677).
    Scram,
    /// Every signature of what has arrived holds for another program.
    Signatures,
    /// An address that RFC 5321 §4.1.2 does not allow.
    Dots { at: &'static str, is_lax: bool },
    /// A domain without any host.
    Nobody,
}

/// Runs the chosen checks.
pub(crate) fn run(workspace: &Workspace, choice: &Programs, report: &mut Report) {
    let is_wanted = |(name, check): &&(&'static str, Check)| {
        choice.wants(name) || matches!(check, Check::World)
    };
    let names: Vec<&str> = CHECKS.iter().filter(is_wanted).map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Exchange, &plan(), &names);
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    inner::carry_out(folder, plan(), &CHECKS, |world, check| inside::check(world, check));
}

fn plan() -> anyhow::Result<Plan> {
    Ok(Plan::named("exchange")?)
}
