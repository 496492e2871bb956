//! Reports of others are read: they come from strangers, so that all of it is bounded.

use std::io::Read as _;

use flate2::read::GzDecoder;
use hikyaku_cause::{Cause, Code, Evidence, Limit};
use mail_parser::{MessageParser, MimeHeaders as _};

use super::document::{Failure, Part, Report};

/// Why something is no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFault {
    /// A mail without a part that is one.
    NoPart,
    /// It cannot be unpacked.
    Packed,
    /// It is larger than we read.
    TooLarge,
    /// It is not the JSON of a report.
    Form,
    /// It reports on no domain or on several.
    Domain,
}

impl ReadFault {
    /// The fault as a cause.
    pub fn cause(self) -> Cause {
        let expected = match self {
            Self::TooLarge => {
                let limit = Limit::ReportOctets;
                return Cause::proven(Code::ReportTlsTooLarge).with(Evidence::Limit {
                    limit,
                    most: MOST,
                    seen: None,
                });
            }
            // RFC 8460 §5.3.
            Self::NoPart => "application/tlsrpt+gzip",
            Self::Packed => "gzip (RFC 1952)",
            Self::Form => "JSON (RFC 8460 §4)",
            Self::Domain => "policy-domain (RFC 8460 §4.4)",
        };
        Cause::proven(Code::ReportTlsInvalid).with(Evidence::Wanted { expected })
    }
}

/// The most octets of a report, unpacked.
const MOST: u64 = 4 * 1024 * 1024;
/// So much of a report is kept: its policies, and of each the failures; further ones are counted in
/// the summary anyway.
const MOST_POLICIES: usize = 50;
const MOST_FAILURES: usize = 200;
/// The most strings of a policy, and the longest text, in characters.
const MOST_STRINGS: usize = 100;
const LONGEST: usize = 500;

/// Whether the Content-Type of a mail says that it is a report (RFC 8460 §5.3).
pub fn is_report(content_type: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content_type).to_ascii_lowercase();
    let is_multipart = text.trim_start().starts_with("multipart/report");
    (is_multipart && text.contains("tlsrpt")) || text.trim_start().starts_with("application/tlsrpt")
}

/// Reads a report out of a mail.
pub fn read_mail(mail: &[u8]) -> Result<Report, ReadFault> {
    let message = MessageParser::default().parse(mail).ok_or(ReadFault::NoPart)?;
    let part = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case("application")
                && kind.subtype().is_some_and(|it| {
                    it.eq_ignore_ascii_case("tlsrpt+gzip") || it.eq_ignore_ascii_case("tlsrpt+json")
                })
        })
    });
    read(part.ok_or(ReadFault::NoPart)?.contents())
}

/// Reads a report, packed with gzip or not: what it says of itself is often wrong. All texts of what
/// is returned are bounded, and free of control characters.
pub fn read(octets: &[u8]) -> Result<Report, ReadFault> {
    let unpacked;
    let json = if octets.starts_with(&[0x1f, 0x8b]) {
        unpacked = unpack(octets)?;
        unpacked.as_slice()
    } else {
        octets
    };
    if json.len() as u64 > MOST {
        return Err(ReadFault::TooLarge);
    }
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let mut report: Report = serde_json::from_slice(json).map_err(|_| ReadFault::Form)?;
    tidy(&mut report);
    let mut domains = report.policies.iter().map(|part| part.policy.domain.as_str());
    // RFC 8460 §4: one report is about one domain.
    let first = domains.next().ok_or(ReadFault::Domain)?;
    if first.is_empty() || domains.any(|domain| !domain.eq_ignore_ascii_case(first)) {
        return Err(ReadFault::Domain);
    }
    Ok(report)
}

fn unpack(octets: &[u8]) -> Result<Vec<u8>, ReadFault> {
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(octets).take(MOST + 1).read_to_end(&mut unpacked);
    read.map_err(|_| ReadFault::Packed)?;
    if unpacked.len() as u64 > MOST { Err(ReadFault::TooLarge) } else { Ok(unpacked) }
}

fn tidy(report: &mut Report) {
    for text in [&mut report.organization_name, &mut report.contact_info, &mut report.report_id] {
        cut(text);
    }
    report.policies.truncate(MOST_POLICIES);
    report.policies.iter_mut().for_each(tidy_part);
}

fn tidy_part(part: &mut Part) {
    let policy = &mut part.policy;
    cut(&mut policy.domain);
    policy.domain = policy.domain.trim_end_matches('.').to_ascii_lowercase();
    for texts in [&mut policy.strings, &mut policy.mx] {
        texts.truncate(MOST_STRINGS);
        texts.iter_mut().for_each(cut);
    }
    part.failure_details.truncate(MOST_FAILURES);
    for failure in &mut part.failure_details {
        let Failure { result_type, failed_session_count: _, .. } = failure;
        cut(result_type);
        let texts = [
            &mut failure.sending_mta_ip,
            &mut failure.receiving_mx_hostname,
            &mut failure.receiving_ip,
            &mut failure.additional_information,
            &mut failure.failure_reason_code,
        ];
        texts.into_iter().flatten().for_each(cut);
    }
}

/// Shortens a text, and leaves nothing in it that moves the cursor of a terminal.
fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
    }
    if text.chars().any(char::is_control) {
        *text = text.replace(char::is_control, " ");
    }
}
