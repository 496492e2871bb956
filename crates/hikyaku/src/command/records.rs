//! The DNS records that a domain needs.

use std::fmt::Write as _;

use hikyaku_cause::Language;
use hikyaku_mail::Domain;
use hikyaku_senderauth::DkimKey;
use hikyaku_server::served_policy;
use hikyaku_tlspolicy::{dane, report, sts};
use serde_json::{Value, json};

use crate::config::Config;
use crate::words::say;

/// One DNS record to publish.
pub(super) struct Record {
    name: String,
    kind: &'static str,
    value: String,
    /// The sentence that says what it is for.
    purpose: &'static str,
}

impl Record {
    fn json(&self, language: Language) -> Value {
        json!({
            "name": self.name,
            "type": self.kind,
            "value": self.value,
            "purpose": say(language, self.purpose, &[]),
        })
    }
}

/// All records of a domain whose mail this host takes and sends.
pub(super) fn of(domain: &Domain, config: &Config, keys: &[DkimKey]) -> Vec<Record> {
    let (hostname, mode) = (&config.hostname, config.sts);
    let text = |text: String| format!("\"{text}\"");
    let record = |name: String, kind, value: String, purpose| Record { name, kind, value, purpose };
    let mut records = vec![
        record(format!("{hostname}."), "A", "192.0.2.1".into(), "record-a"),
        record(format!("{hostname}."), "AAAA", "2001:db8::1".into(), "record-aaaa"),
        record(format!("{domain}."), "MX", format!("10 {hostname}."), "record-mx"),
        // RFC 7208: the hosts of our MX send, nobody else.
        record(format!("{domain}."), "TXT", "\"v=spf1 mx -all\"".into(), "record-spf"),
        record(
            format!("_dmarc.{domain}."),
            "TXT",
            format!("\"v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}\""),
            "record-dmarc",
        ),
        // RFC 8461 §3.1 and §3.3: the policy is served by this host, under its own name.
        record(
            format!("{}.", sts::record_name(domain.as_str())),
            "TXT",
            text(sts::record_text(&served_policy(hostname, mode).id())),
            "record-mta-sts",
        ),
        record(
            format!("{}.", sts::policy_host(domain.as_str())),
            "CNAME",
            format!("{hostname}."),
            "record-mta-sts-host",
        ),
        // RFC 8460 §3: the postmaster's mailbox is there always.
        record(
            format!("{}.", report::record_name(domain.as_str())),
            "TXT",
            text(report::record_text(&format!("postmaster@{domain}"))),
            "record-tls-report",
        ),
        // RFC 8314 §5.1 and RFC 6186 §3.
        record(
            format!("_submissions._tcp.{domain}."),
            "SRV",
            format!("0 1 465 {hostname}."),
            "record-submissions",
        ),
        record(
            format!("_pop3s._tcp.{domain}."),
            "SRV",
            format!("0 1 995 {hostname}."),
            "record-pop3s",
        ),
        record("1.2.0.192.in-addr.arpa.".into(), "PTR", format!("{hostname}."), "record-ptr"),
    ];
    let signing = keys.iter().map(|key| {
        record(format!("{}.", key.record_name(domain)), "TXT", key.record_strings(), "record-dkim")
    });
    records.splice(4..4, signing);
    records.retain(|it| config.publishes_sts || !it.purpose.starts_with("record-mta-sts"));
    records
}

/// The TLSA record of the key that other servers are shown (RFC 7672 §3.1.1); absent where no
/// certificate is for our name.
pub(super) fn tlsa(config: &Config) -> Option<Record> {
    let hostname = config.hostname.as_str();
    let files = crate::run::certificates(config).hand_made;
    let mut own = files.iter().filter_map(hikyaku_net::CertificateFiles::own);
    let certificate = own.find(|certificate| dane::is_for(certificate, hostname))?;
    Some(Record {
        name: format!("_25._tcp.{hostname}."),
        kind: "TLSA",
        value: dane::published(&certificate)?.to_string(),
        purpose: "record-tlsa",
    })
}

/// The records as JSON.
pub(super) fn json(records: &[Record], language: Language) -> Value {
    records.iter().map(|record| record.json(language)).collect()
}

/// The records as lines to copy, each with what it is for.
pub(super) fn text(records: &[Record], language: Language) -> String {
    records.iter().fold(String::new(), |mut text, record| {
        let _ = writeln!(text, "\n  {} {} {}", record.name, record.kind, record.value);
        let _ = writeln!(text, "    {}", say(language, record.purpose, &[]));
        text
    })
}
