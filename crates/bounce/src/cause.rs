//! A bounce as one of our causes, with its evidence.

use hikyaku_cause::{AddressRole, Cause, Code, DnsOutcome, Evidence, Phase, Reply, Standing};

use crate::bounce::{Action, Bounce};
use crate::reason::Reason;
use crate::status::codes;

/// The cause behind a bounce, with the very line that says so.
pub fn cause(bounce: &Bounce) -> Cause {
    let mut cause = Cause {
        certainty: bounce.certainty,
        ..Cause::proven(bounce.own.unwrap_or_else(|| code(bounce)))
    };
    let domain = bounce.recipient.rsplit_once('@').map_or("", |(_, domain)| domain);
    if !bounce.recipient.is_empty() {
        let raw = bounce.recipient.clone().into_bytes();
        cause = cause.with(Evidence::Address { role: AddressRole::Recipient, raw });
    }
    // The server that reports is the sender's own as a rule: it is never blamed for the other one.
    if let Some(host) = &bounce.remote {
        cause = cause.with(Evidence::Host { name: host.clone() });
    }
    if bounce.reason == Reason::HostUnknown {
        cause = cause.with(Evidence::Dns {
            name: domain.to_owned(),
            record: "MX",
            outcome: DnsOutcome::NxDomain,
            server: None,
            milliseconds: 0,
        });
    }
    if bounce.diagnostic.is_empty() {
        return cause;
    }
    match bounce.code {
        Some(code) => {
            let lines = vec![text(bounce).into_bytes()];
            let reply = Reply { code, status: status(bounce), lines };
            cause.with(Evidence::Reply { phase: bounce.phase.unwrap_or(Phase::Transaction), reply })
        }
        None => cause.with(Evidence::Detail { source: "bounce", text: bounce.diagnostic.clone() }),
    }
}

/// Whether the mail is still tried. OpenSMTPD reports an envelope that has expired, and is gone from
/// its queue, as one that is delayed "for more than 0 seconds".
fn waits(bounce: &Bounce) -> bool {
    let text = bounce.diagnostic.trim();
    bounce.action == Action::Delayed && !text.eq_ignore_ascii_case("Envelope expired")
}

/// What has become of the mail by what the report says was done (RFC 3464 §2.3.3).
pub fn standing(bounce: &Bounce) -> Standing {
    match bounce.action {
        Action::Delayed if waits(bounce) => Standing::Delayed,
        Action::Failed if bounce.is_doubtful => Standing::Doubtful(None),
        // RFC 3463 §3.5: the delivery time has expired, as our own reports state it.
        Action::Failed if bounce.own.is_some() && bounce.status.as_deref() == Some("5.4.7") => {
            Standing::GivenUp(None)
        }
        Action::Failed | Action::Delayed => Standing::failed(&cause(bounce)),
        Action::Delivered | Action::Relayed | Action::Expanded | Action::Unsaid => Standing::Open,
    }
}

/// The enhanced status of the reply: the report may state another one, of its own giving up.
fn status(bounce: &Bounce) -> Option<String> {
    codes(&bounce.diagnostic).status.or_else(|| bounce.status.clone())
}

/// The words of the line, its codes taken away.
fn text(bounce: &Bounce) -> String {
    let mut rest = bounce.diagnostic.as_str();
    if let Some(code) = bounce.code {
        rest = rest.strip_prefix(code.to_string().as_str()).unwrap_or(rest);
    }
    rest = rest.trim_start_matches(['-', ' ']);
    if let Some(status) = status(bounce) {
        rest = rest.strip_prefix(status.as_str()).unwrap_or(rest);
    }
    rest.trim().to_owned()
}

fn code(bounce: &Bounce) -> Code {
    let status = bounce.status.as_deref().and_then(|it| it.split_once('.')).map_or("", |it| it.1);
    let text = bounce.diagnostic.to_lowercase();
    match bounce.reason {
        // Time has not run out yet, whatever the status says.
        Reason::Expired if waits(bounce) => Code::QueueDelayed,
        Reason::UserUnknown if status == "1.3" || text.contains("syntax") => Code::SmtpRcptSyntax,
        // The words are plain, and no filter is known there.
        Reason::Filtered
            if text.contains("unknown")
                && (!is_carrier(bounce) || bounce.phase == Some(Phase::Rcpt)) =>
        {
            Code::SmtpRcptUnknown
        }
        Reason::Blocked | Reason::RateLimited
            if text.contains("greylist") || text.contains("graylist") =>
        {
            Code::PeerGreylisted
        }
        Reason::NetworkError if bounce.code.is_none() => network(status, &text),
        Reason::Expired if text.contains("timed out") => Code::PathConnectTimeout,
        Reason::Expired if text.contains("refused") => Code::PathConnectRefused,
        reason => reason.code(),
    }
}

/// What is told as a fault of the network: a loop, the DNS, or the way to the server.
fn network(status: &str, text: &str) -> Code {
    const LOOP: [&str; 8] = [
        "loop",
        "hop",
        "circle",
        "forwarding",
        "forwarded",
        "forward to",
        "received",
        "delivered-to",
    ];
    const DNS: [&str; 6] =
        ["name server", "name service", "dns", "resolve", "lookup", "host by that name"];
    let says = |words: &[&str]| words.iter().any(|it| text.contains(it));
    if status == "4.6" || says(&LOOP) {
        Code::PeerLoop
    } else if says(&DNS) && (text.contains("timeout") || text.contains("timed out")) {
        Code::DnsTimeout
    } else if says(&DNS) {
        Code::DnsServfail
    } else if says(&["unreachable", "network error", "route"]) {
        Code::PathConnectUnreachable
    } else {
        Code::PeerLoop
    }
}

fn is_carrier(bounce: &Bounce) -> bool {
    ["docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp"]
        .iter()
        .any(|it| bounce.recipient.ends_with(it))
}
