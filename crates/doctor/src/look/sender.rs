//! Whether the sender's domain stands for the mail: SPF, DKIM, DMARC, with the record that puts it
//! right.

use std::net::IpAddr;

use hikyaku_cause::{Cause, Certainty, Code, Evidence, Limit};
use hikyaku_senderauth::{
    Answers, DkimKeyState, DkimMark, DmarcOutcome, Kind, Needed, Question, SPF_LOOKUPS, SpfOutcome,
    SpfRecord, dkim_key, dkim_verify, is_aligned, spf_merged, zone_line,
};

use super::{Vouching, about_record, dmarc_mended, unchecked};

/// SPF of a domain, for an address where one is known.
pub(super) fn spf(
    domain: &str,
    ip: Option<IpAddr>,
    answers: &Answers,
) -> Result<Vec<Cause>, Needed> {
    let Some(ip) = ip else { return records_only(domain, answers) };
    let found = hikyaku_senderauth::spf(domain, ip, answers)?;
    let written: Vec<SpfRecord> =
        found.records.iter().filter_map(|text| SpfRecord::parse(text)).collect();
    let about = |code, publish: Option<SpfRecord>| {
        let record = record(domain, &found.records, publish.map(|it| it.to_string()));
        about_record(code, record, answers, domain, Kind::Txt).with(Evidence::Ip { ip })
    };
    let first = written.first().cloned();
    let mut wrong = Vec::new();
    let mut causes = vec![match found.outcome {
        SpfOutcome::Pass => about(Code::SpfPasses, None),
        SpfOutcome::Absent => {
            about(Code::SpfAddressAbsent, first.clone().map(|it| it.with(ip).closed()))
        }
        SpfOutcome::None => about(Code::SpfMissing, Some(SpfRecord::with_only(Some(ip)))),
        SpfOutcome::Duplicate { domain: other } if other.eq_ignore_ascii_case(domain) => {
            let merged = spf_merged(domain, &written, Some(ip), answers)?;
            wrong = merged.dropped;
            about(Code::SpfDuplicate, Some(merged.record))
        }
        SpfOutcome::Duplicate { domain: other } => {
            let text = format!("{other}: 2 × v=spf1");
            about(Code::SpfSyntax, None).with(Evidence::Detail { source: "spf", text })
        }
        SpfOutcome::Syntax { term } => {
            about(Code::SpfSyntax, None).with(Evidence::Detail { source: "spf", text: term })
        }
        // Receivers count what leads to nothing too; the doctor's evaluation does not.
        SpfOutcome::Lookups { seen } | SpfOutcome::Voids { seen } => about(Code::SpfLookups, None)
            .with(Evidence::Limit {
                limit: Limit::DnsLookups,
                most: SPF_LOOKUPS as u64,
                seen: Some(seen as u64),
            }),
        SpfOutcome::Unanswered { question, .. } => unchecked(&question, answers),
    }];
    if !wrong.is_empty() {
        let detail = Evidence::Detail { source: "spf", text: wrong.join(", ") };
        causes.push(about(Code::SpfSyntax, None).with(detail));
    }
    if let Some(open) = first.filter(SpfRecord::is_open) {
        causes.push(about(Code::SpfAllOpen, Some(open.closed())));
    }
    Ok(causes)
}

/// What can be said of a domain's SPF without an address.
fn records_only(domain: &str, answers: &Answers) -> Result<Vec<Cause>, Needed> {
    let answer = answers.want(domain, Kind::Txt)?;
    if !answer.is_known() {
        return Ok(vec![unchecked(&Question::new(domain, Kind::Txt), answers)]);
    }
    let mut texts: Vec<String> =
        answer.texts().iter().filter(|text| SpfRecord::parse(text).is_some()).cloned().collect();
    texts.sort();
    let written: Vec<SpfRecord> = texts.iter().filter_map(|text| SpfRecord::parse(text)).collect();
    let mut wrong = Vec::new();
    let (code, publish) = match written.as_slice() {
        [] => (Code::SpfMissing, SpfRecord::with_only(None)),
        [one] if one.is_open() => (Code::SpfAllOpen, one.clone().closed()),
        [_] => return Ok(Vec::new()),
        several => {
            let merged = spf_merged(domain, several, None, answers)?;
            wrong = merged.dropped;
            (Code::SpfDuplicate, merged.record)
        }
    };
    let about = |code, publish: Option<String>| {
        about_record(code, record(domain, &texts, publish), answers, domain, Kind::Txt)
    };
    let mut causes = vec![about(code, Some(publish.to_string()))];
    if !wrong.is_empty() {
        let detail = Evidence::Detail { source: "spf", text: wrong.join(", ") };
        causes.push(about(Code::SpfSyntax, None).with(detail));
    }
    Ok(causes)
}

fn record(name: &str, found: &[String], publish: Option<String>) -> Evidence {
    Evidence::Record {
        name: name.to_owned(),
        record: "TXT",
        found: found.to_vec(),
        publish: publish.map(|text| zone_line(name, &text)),
    }
}

/// The key that a signature names.
pub(super) fn key(mark: &DkimMark, answers: &Answers) -> Result<Vec<Cause>, Needed> {
    let name = mark.record_name();
    let answer = answers.want(&name, Kind::Txt)?;
    if !answer.is_known() {
        return Ok(vec![unchecked(&Question::new(&name, Kind::Txt), answers)]);
    }
    let about = |code, text: &str| {
        let found = Some(text.to_owned()).filter(|it| !it.is_empty());
        let record = record(&name, found.as_slice(), None);
        about_record(code, record, answers, &name, Kind::Txt)
    };
    Ok(vec![match dkim_key(answer.texts()) {
        DkimKeyState::Missing => about(Code::DkimKeyMissing, ""),
        DkimKeyState::Revoked { text } => about(Code::DkimKeyRevoked, &text),
        DkimKeyState::Invalid { text, why } => about(Code::DkimKeyInvalid, &text)
            .with(Evidence::Detail { source: "mail-auth", text: why }),
        DkimKeyState::Found => about(Code::DkimKeyFound, ""),
    }])
}

/// The signatures of a whole mail; those without a key are told by the look-up of that key.
pub(super) fn signatures(message: &[u8], answers: &Answers) -> Result<Vec<Cause>, Needed> {
    let verdicts = dkim_verify(message, answers)?;
    let causes = verdicts.into_iter().map(|(mark, held)| {
        let name = mark.record_name();
        let record = record(&name, &[], None);
        match held {
            Ok(()) => about_record(Code::DkimPasses, record, answers, &name, Kind::Txt),
            // The way back changes mails as well.
            Err(text) => Cause {
                certainty: Certainty::Likely,
                ..about_record(Code::DkimSignatureBroken, record, answers, &name, Kind::Txt)
                    .with(Evidence::Detail { source: "mail-auth", text })
            },
        }
    });
    Ok(causes.collect())
}

/// The policy of the domain that people see, and whether somebody vouches for it.
pub(super) fn dmarc(
    from: &str,
    vouching: Option<&Vouching>,
    answers: &Answers,
) -> Result<Vec<Cause>, Needed> {
    let found = hikyaku_senderauth::dmarc(from, answers)?;
    let name = format!("_dmarc.{}", found.domain);
    let proposed = format!("v=DMARC1; p=none; rua=mailto:postmaster@{}", found.domain);
    let about = |code, publish: Option<&str>| {
        let record = Evidence::Record {
            name: found.domain.clone(),
            record: "TXT",
            found: found.texts.clone(),
            publish: publish.map(|text| zone_line(&name, text)),
        };
        about_record(code, record, answers, &name, Kind::Txt)
    };
    let mut causes = Vec::new();
    let (strict_spf, strict_dkim) = match &found.outcome {
        DmarcOutcome::Found { strict_spf, strict_dkim } => {
            causes.push(about(Code::DmarcFound, None));
            (*strict_spf, *strict_dkim)
        }
        DmarcOutcome::Missing => {
            causes.push(about(Code::DmarcMissing, Some(&proposed)));
            (false, false)
        }
        DmarcOutcome::Invalid => {
            let mended = dmarc_mended::record(&found.texts);
            causes.push(about(Code::DmarcSyntax, Some(&mended)));
            (false, false)
        }
        DmarcOutcome::Unanswered { question, .. } => {
            return Ok(vec![unchecked(question, answers)]);
        }
    };
    let Some(vouching) = vouching else { return Ok(causes) };
    let by_spf = vouching.spf.iter().map(|it| (it, strict_spf));
    let by_dkim = vouching.dkim.iter().map(|it| (it, strict_dkim));
    let aligned = by_spf.chain(by_dkim).map(|(it, strict)| is_aligned(it, from, strict, answers));
    if !aligned.collect::<Result<Vec<_>, _>>()?.contains(&true) {
        let spf = vouching.spf.iter().map(|it| format!("SPF {it}"));
        let dkim = vouching.dkim.iter().map(|it| format!("DKIM {it}"));
        let text = spf.chain(dkim).collect::<Vec<_>>().join(", ");
        let text = if text.is_empty() { "-".to_owned() } else { text };
        let record = record(from, &found.texts, None);
        let cause = about_record(Code::DmarcUnaligned, record, answers, &name, Kind::Txt);
        // The returned header may have lost a signature.
        let cause = Cause { certainty: Certainty::Likely, ..cause };
        causes.insert(0, cause.with(Evidence::Detail { source: "header", text }));
    }
    Ok(causes)
}
