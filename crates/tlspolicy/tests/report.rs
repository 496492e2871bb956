//! Reports: the example of RFC 8460, what we write, what strangers write.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use hikyaku_cause::{Code, Evidence};
use hikyaku_tlspolicy::report::{
    Letter, PolicyKind, ReadFault, Report, is_report, packed, read, read_mail,
};

/// RFC 8460, appendix B.
const EXAMPLE: &str = r#"{
  "organization-name": "Company-X",
  "date-range": {
    "start-datetime": "2016-04-01T00:00:00Z",
    "end-datetime": "2016-04-01T23:59:59Z"
  },
  "contact-info": "sts-reporting@company-x.example",
  "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
  "policies": [{
    "policy": {
      "policy-type": "sts",
      "policy-string": ["version: STSv1","mode: testing",
            "mx: *.mail.company-y.example","max_age: 86400"],
      "policy-domain": "company-y.example",
      "mx-host": "*.mail.company-y.example"
    },
    "summary": {
      "total-successful-session-count": 5326,
      "total-failure-session-count": 303
    },
    "failure-details": [{
      "result-type": "certificate-expired",
      "sending-mta-ip": "2001:db8:abcd:0012::1",
      "receiving-mx-hostname": "mx1.mail.company-y.example",
      "failed-session-count": 100
    }, {
      "result-type": "starttls-not-supported",
      "sending-mta-ip": "2001:db8:abcd:0013::1",
      "receiving-mx-hostname": "mx2.mail.company-y.example",
      "receiving-ip": "203.0.113.56",
      "failed-session-count": 200,
      "additional-information": "https://reports.company-x.example/report_info ? id = 5065427 c - 23 d3# StarttlsNotSupported "
    }, {
      "result-type": "validation-failure",
      "sending-mta-ip": "198.51.100.62",
      "receiving-ip": "203.0.113.58",
      "receiving-mx-hostname": "mx-backup.mail.company-y.example",
      "failed-session-count": 3,
      "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"
    }]
  }]
}"#;

fn example() -> Report {
    read(EXAMPLE.as_bytes()).unwrap()
}

#[test]
fn the_example_is_read() {
    let report = example();
    assert_eq!(report.sessions(), (5326, 303));
    let part = &report.policies[0];
    assert_eq!(part.policy.kind, PolicyKind::Sts);
    assert_eq!(part.policy.mx, ["*.mail.company-y.example"]);
    let failures: Vec<_> = part.failure_details.iter().map(|it| it.result_type.as_str()).collect();
    assert_eq!(failures, ["certificate-expired", "starttls-not-supported", "validation-failure"]);
    assert_eq!(read(report.json().as_bytes()), Ok(report.clone()));
    assert_eq!(read(&packed(&report)), Ok(report));
}

#[test]
fn a_mail_is_read_again() {
    let letter = Letter {
        from: "postmaster@company-x.example",
        to: "tls@company-y.example",
        domain: "company-y.example",
        submitter: "mx.company-x.example",
        message_id: "<1@mx.company-x.example>",
        now: 1_459_555_200,
        boundary: "tlsreport1",
    };
    let mail = letter.render(&example());
    assert_eq!(read_mail(mail.as_bytes()), Ok(example()));
    let subject = "Subject: Report Domain: company-y.example\r\n Submitter: mx.company-x.example\r\n \
        Report-ID: <5065427c-23d3-47ca-b6e0-946ea0e8c4be>\r\n";
    assert!(mail.contains(subject), "{mail}");
    let name = "mx.company-x.example!company-y.example!1459468800!1459555199.json.gz";
    assert!(mail.contains(name), "{mail}");
    assert!(mail.lines().all(|line| line.len() <= 998));
}

#[test]
fn recognised_by_the_content_type() {
    let table: [(&[u8], bool); 5] = [
        (b" multipart/report; report-type=\"tlsrpt\"; boundary=x", true),
        (b"Multipart/Report;\r\n boundary=x; report-type=TLSRPT", true),
        (b"application/tlsrpt+gzip", true),
        (b"multipart/report; report-type=delivery-status", false),
        (b"text/plain; x=tlsrpt", false),
    ];
    for (text, expected) in table {
        assert_eq!(is_report(text), expected, "{}", text.escape_ascii());
    }
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(octets).unwrap();
    packer.finish().unwrap()
}

#[test]
fn hostile_ones_are_refused_or_cut() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000);
    assert_eq!(read(&bomb), Err(ReadFault::TooLarge));
    assert_eq!(read(&bomb[..1000]), Err(ReadFault::Packed));
    assert_eq!(read(b"[]"), Err(ReadFault::Form));
    let deep = "[".repeat(100_000);
    assert_eq!(read(deep.as_bytes()), Err(ReadFault::Form));
    let nobody = EXAMPLE.replace("company-y.example\",\n      \"mx", "\",\n      \"mx");
    assert_eq!(read(nobody.as_bytes()), Err(ReadFault::Domain));
    let coloured = EXAMPLE.replace("Company-X", &format!("\\u001b[31m{}", "x".repeat(10_000)));
    let name = read(coloured.as_bytes()).unwrap().organization_name;
    assert!(!name.contains('\u{1b}') && name.len() <= 500, "{name}");
    assert_eq!(ReadFault::TooLarge.cause().code, Code::ReportTlsTooLarge);
    let cause = ReadFault::Packed.cause();
    assert_eq!(cause.code, Code::ReportTlsInvalid);
    assert_eq!(cause.evidence, [Evidence::Wanted { expected: "gzip (RFC 1952)" }]);
    assert_eq!(read_mail(b"Subject: no report\r\n\r\nreally\r\n"), Err(ReadFault::NoPart));
    let most = EXAMPLE.replace("5326", "18446744073709551615");
    assert_eq!(read(most.as_bytes()).unwrap().sessions(), (u64::MAX, 303));
}
