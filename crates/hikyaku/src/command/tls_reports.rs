//! `tls-reports`: how encryption between this server and others goes (RFC 8460): what others have
//! reported, and what is going to be reported to them.

use std::fmt::Write as _;

use hikyaku_cause::{Cause, Language, render, visible};
use hikyaku_net::{Authorities, Resolver, WebClient};
use hikyaku_server::{OutgoingReport, Reporter, Sent, SentOutcome, outgoing_reports};
use hikyaku_store::{KeptReport, Store, day, wait};
use hikyaku_tlspolicy::report::{self, DateRange, Failure, Reason, Report, ResultType};
use hikyaku_tlspolicy::sts::policy_host;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{one, store};
use crate::Outcome;
use crate::cli::TlsReports;
use crate::config::Config;
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(arguments: &TlsReports, output: Output) -> Outcome {
    let (config, store) = store(&arguments.file)?;
    let domain = arguments.domain.as_deref().map(super::domain::parse).transpose()?;
    let domain = domain.as_ref().map(hikyaku_mail::Domain::as_str);
    let done = if arguments.send_now {
        send_now(&config, &store, output)
    } else if arguments.outgoing {
        outgoing(&config, &store, domain, output)
    } else {
        received(&store, domain, output)
    };
    wait(store.close());
    done
}

fn received(store: &Store, domain: Option<&str>, output: Output) -> Outcome {
    let kept = store.tls_reports(domain).map_err(one)?;
    let read = |kept: KeptReport| {
        let report = report::read(kept.report.as_bytes()).ok()?;
        Some((kept, report))
    };
    let all: Vec<_> = kept.into_iter().filter_map(read).collect();
    let list: Value = all.iter().map(|(kept, report)| received_json(kept, report)).collect();
    output.result(&list, |language| match all.as_slice() {
        [] => say(language, "tls-reports-none", &[]) + "\n",
        all => all.iter().map(|(kept, report)| received_text(kept, report, language)).collect(),
    });
    Ok(())
}

fn received_json(kept: &KeptReport, report: &Report) -> Value {
    let (successful, failed) = report.sessions();
    json!({
        "domain": kept.domain,
        "from": kept.organisation,
        "signed_by": kept.signed_by,
        "received": kept.at,
        "successful": successful,
        "failed": failed,
        "report": report,
    })
}

fn received_text(kept: &KeptReport, report: &Report, language: Language) -> String {
    let DateRange { start_datetime, end_datetime } = report.date_range;
    let signed = match &kept.signed_by {
        Some(domain) => say(language, "tls-report-signed", &[("domain", domain)]),
        None => say(language, "tls-report-unsigned", &[]),
    };
    let values = [
        ("domain", kept.domain.clone()),
        ("from", kept.organisation.clone()),
        ("start", time(start_datetime)),
        ("end", time(end_datetime)),
        ("signed", signed),
    ];
    said(language, "tls-report-received", &values) + &sessions(report, language) + "\n"
}

fn outgoing(config: &Config, store: &Store, domain: Option<&str>, output: Output) -> Outcome {
    let now = Timestamp::now();
    let made = outgoing_reports(store, &config.hostname, day(now), now).map_err(one)?;
    let of = |it: &&OutgoingReport| domain.is_none_or(|domain| domain == it.domain);
    let all: Vec<_> = made.iter().filter(of).collect();
    let list: Value =
        all.iter().map(|it| json!({ "domain": it.domain, "report": it.report })).collect();
    output.result(&list, |language| match all.as_slice() {
        [] => say(language, "tls-reports-no-outgoing", &[]) + "\n",
        all => all.iter().map(|it| outgoing_text(it, language)).collect(),
    });
    Ok(())
}

fn outgoing_text(outgoing: &OutgoingReport, language: Language) -> String {
    let range = outgoing.report.date_range;
    let values = [
        ("domain", outgoing.domain.clone()),
        ("start", time(range.start_datetime)),
        ("end", time(range.end_datetime)),
    ];
    let head = said(language, "tls-report-outgoing", &values);
    head + &sessions(&outgoing.report, language) + "\n"
}

/// How many sessions there were, and why those that failed did.
fn sessions(report: &Report, language: Language) -> String {
    let (successful, failed) = report.sessions();
    let values = [("successful", successful.to_string()), ("failed", failed.to_string())];
    let mut text = format!("  {}", said(language, "tls-report-sessions", &values));
    let failures = report.policies.iter().flat_map(|part| {
        part.failure_details.iter().map(|failure| (failure, part.policy.domain.as_str()))
    });
    for (failure, owner) in failures {
        let _ = write!(text, "    {}", failed_at(failure, language));
        let words = match ResultType::of_word(&failure.result_type) {
            Some(known) => say(language, &format!("tls-result-{known}"), &[]),
            None => say(language, "tls-result-other", &[]),
        };
        let _ = writeln!(text, "      {words} ({})", visible(&failure.result_type));
        if let Some(reason) = reason(failure, owner, language) {
            let _ = writeln!(text, "      {reason}");
        }
    }
    text
}

/// Where sessions failed, and how many; some end before there is a host (RFC 8460 §4.3.2.2).
fn failed_at(failure: &Failure, language: Language) -> String {
    let host = failure.receiving_mx_hostname.as_ref().or(failure.receiving_ip.as_ref());
    let count = ("count", failure.failed_session_count.to_string());
    match host {
        Some(host) => said(language, "tls-report-failure", &[count, ("host", host.clone())]),
        None => said(language, "tls-report-failure-nowhere", &[count]),
    }
}

fn send_now(config: &Config, store: &Store, output: Output) -> Outcome {
    let signer = crate::run::signer(config).map_err(|cause| vec![cause])?;
    let delivery = &config.delivery;
    let tls = Authorities::load(delivery.ca.as_deref()).map_err(|it| vec![it.cause()])?;
    let resolver = Resolver::new(delivery.resolver);
    let web = WebClient { resolver: &resolver, tls: &tls };
    let (hostname, only) = (&config.hostname, delivery.only.as_slice());
    let reporter = Reporter { store, hostname, signer: &signer, only, web };
    let runtime = crate::runtime::single().map_err(|cause| vec![cause])?;
    let own = store.try_reports_turn().map_err(one)?;
    // What the server sends just now leaves once.
    let none = if own.is_some() { "tls-reports-no-outgoing" } else { "tls-reports-sent-meanwhile" };
    let turn = if let Some(turn) = own {
        turn
    } else {
        output.notice("tls-reports-waiting", &[]);
        store.await_reports_turn().map_err(one)?
    };
    let sent = runtime.block_on(reporter.send(&turn, day(Timestamp::now()))).map_err(one)?;
    let list: Value = sent.iter().map(sent_json).collect();
    output.result(&list, |language| match sent.as_slice() {
        [] => say(language, none, &[]) + "\n",
        sent => sent.iter().map(|it| sent_text(it, language)).collect(),
    });
    Ok(())
}

fn sent_json(sent: &Sent) -> Value {
    let (outcome, cause) = match &sent.outcome {
        SentOutcome::Queued => ("queued", None),
        SentOutcome::Posted => ("posted", None),
        SentOutcome::Unwanted => ("unwanted", None),
        SentOutcome::Failed(cause) => ("failed", Some(cause)),
    };
    json!({ "domain": sent.domain, "to": sent.to, "outcome": outcome, "cause": cause })
}

fn sent_text(sent: &Sent, language: Language) -> String {
    let (id, why) = match &sent.outcome {
        SentOutcome::Queued => ("tls-report-queued", String::new()),
        SentOutcome::Posted => ("tls-report-posted", String::new()),
        SentOutcome::Unwanted => ("tls-report-unwanted", String::new()),
        SentOutcome::Failed(cause) => ("tls-report-failed", worded(cause, language)),
    };
    let to = sent.to.clone().unwrap_or_else(|| report::record_name(&sent.domain));
    said(language, id, &[("domain", sent.domain.clone()), ("to", to), ("why", why)])
}

/// A cause in one line; `explain` says the rest.
fn worded(cause: &Cause, language: Language) -> String {
    format!("{} ({})", render::title(cause, language), cause.code)
}

/// The reason of a failure: a cause where it is one, and else what the reporter wrote.
fn reason(failure: &Failure, owner: &str, language: Language) -> Option<String> {
    let written = failure.failure_reason_code.as_deref()?;
    let Some(reason) = Reason::parse(written) else { return Some(visible(written).into_owned()) };
    let host = failure.receiving_mx_hostname.clone().unwrap_or_else(|| policy_host(owner));
    Some(worded(&reason.cause(&host), language))
}

/// A sentence on a line of its own.
fn said(language: Language, id: &str, values: &[(&'static str, String)]) -> String {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    say(language, id, &values) + "\n"
}

fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever sends a report writes its words.
    #[test]
    fn a_report_adds_no_line_of_its_own() {
        let forged = "x\n    0 at mx.edo.test:\x1b[2J";
        let document = json!({
            "organization-name": "o", "contact-info": "c", "report-id": "1",
            "date-range": {
                "start-datetime": "2026-11-29T00:00:00Z", "end-datetime": "2026-11-29T23:59:59Z"
            },
            "policies": [{
                "policy": { "policy-type": "sts", "policy-domain": "edo.test" },
                "summary": {
                    "total-successful-session-count": 1, "total-failure-session-count": 1
                },
                "failure-details": [{
                    "result-type": forged, "sending-mta-ip": "192.0.2.1",
                    "receiving-mx-hostname": forged, "failed-session-count": 1,
                    "failure-reason-code": forged
                }]
            }]
        });
        let report = report::read(document.to_string().as_bytes()).unwrap();
        let text = sessions(&report, Language::English);
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(!text.contains('\x1b'), "{text}");
    }
}
