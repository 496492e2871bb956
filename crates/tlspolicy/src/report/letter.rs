//! A report as a mail (RFC 8460 §5.3).

use std::fmt::Write as _;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use hikyaku_mail::{Opening, Submitted};

use super::document::Report;

/// What a mail with a report needs beside the report.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// Whom it is from: an address.
    pub from: &'a str,
    /// Whom it is for.
    pub to: &'a str,
    /// The domain it is about.
    pub domain: &'a str,
    /// Who reports, by its domain.
    pub submitter: &'a str,
    /// The body of the Message-ID field.
    pub message_id: &'a str,
    /// When it is written, in seconds since 1970.
    pub now: i64,
    /// Parts the parts: letters and digits that occur nowhere else.
    pub boundary: &'a str,
}

/// A report as it is sent: JSON, packed with gzip (RFC 8460 §3).
pub fn packed(report: &Report) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = packer.write_all(report.json().as_bytes());
    packer.finish().unwrap_or_default()
}

impl Letter<'_> {
    /// The mail, lines ended by CRLF.
    pub fn render(&self, report: &Report) -> String {
        let Self { from, to, domain, submitter, message_id, boundary, .. } = self;
        let mut text = String::new();
        let id = &report.report_id;
        let opening = Opening {
            from: &format!("<{from}>"),
            to,
            // RFC 8460 §5.3.
            subject: &format!(
                "Report Domain: {domain}\r\n Submitter: {submitter}\r\n Report-ID: <{id}>"
            ),
            now: self.now,
            message_id,
            submitted: Submitted::Generated,
        };
        let _ = write!(
            text,
            "{opening}TLS-Report-Domain: {domain}\r\nTLS-Report-Submitter: {submitter}\r\n\
             TLS-Required: No\r\n\
             Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"{boundary}\"\r\n\
             \r\n--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{}\r\n",
            self.words(report),
        );
        let name = self.file_name(report);
        let _ = write!(
            text,
            "--{boundary}\r\nContent-Type: application/tlsrpt+gzip\r\n\
             Content-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment;\r\n filename=\"{name}\"\r\n\r\n",
        );
        let encoded = STANDARD.encode(packed(report));
        for line in encoded.as_bytes().chunks(76) {
            let _ = write!(text, "{}\r\n", String::from_utf8_lossy(line));
        }
        let _ = write!(text, "--{boundary}--\r\n");
        text
    }

    /// What a person reads.
    fn words(&self, report: &Report) -> String {
        let (good, bad) = report.sessions();
        format!(
            "This is an aggregate TLS report (RFC 8460) from {} about mail to {}.\r\n\
             From {} to {}: {good} sessions with TLS as promised, {bad} without.\r\n",
            self.submitter,
            self.domain,
            report.date_range.start_datetime,
            report.date_range.end_datetime,
        )
    }

    /// RFC 8460 §5.1.
    fn file_name(&self, report: &Report) -> String {
        let range = report.date_range;
        let (start, end) = (range.start_datetime.as_second(), range.end_datetime.as_second());
        format!("{}!{}!{start}!{end}.json.gz", self.submitter, self.domain)
    }
}
