use hikyaku_store::{Service, Visitor};

use super::*;
use crate::sample::{TARO, put, store};

/// A mail with something that calls itself a report.
fn mail(report: &str) -> Vec<u8> {
    format!(
        "From: <reports@kyoto.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/tlsrpt+json\r\n\r\n{report}\r\n"
    )
    .into_bytes()
}

fn report(domain: &str) -> String {
    format!(
        "{{\"organization-name\":\"Kyoto\",\"date-range\":{{\
         \"start-datetime\":\"2026-11-28T00:00:00Z\",\"end-datetime\":\"2026-11-28T23:59:59Z\"}},\
         \"contact-info\":\"x\",\"report-id\":\"1\",\"policies\":[{{\"policy\":{{\
         \"policy-type\":\"sts\",\"policy-domain\":\"{domain}\"}},\"summary\":{{\
         \"total-successful-session-count\":7,\"total-failure-session-count\":0}}}}]}}"
    )
}

async fn told(store: &Store, message: MessageId) -> Option<Cause> {
    let announced = Announced { signed_by: None };
    carry_out(store, message, announced).await.err().map(|fault| fault.cause())
}

#[tokio::test]
async fn each_reason_has_its_cause() {
    let (folder, store) = store().await;
    let found = |raw: &str| Evidence::Found { raw: raw.as_bytes().to_vec() };
    let wanted = |expected| Evidence::Wanted { expected };
    let table = [
        (mail(&report("osaka.test")), Code::ReportTlsForeign, found("osaka.test")),
        (mail(&report("not a name")), Code::ReportTlsForeign, found("not a name")),
        (mail("{}"), Code::ReportTlsInvalid, wanted("JSON (RFC 8460 §4)")),
        (mail(&report("")), Code::ReportTlsInvalid, wanted("policy-domain (RFC 8460 §4.4)")),
        (
            b"Subject: x\r\n\r\nx\r\n".to_vec(),
            Code::ReportTlsInvalid,
            wanted("application/tlsrpt+gzip"),
        ),
    ];
    for (mail, code, evidence) in table {
        let message = put(&store, &mail).await;
        let cause = told(&store, message).await.unwrap();
        assert_eq!((cause.code, cause.evidence), (code, vec![evidence]));
    }
    let large = put(&store, &mail(&"x".repeat(MOST + 1))).await;
    let cause = told(&store, large).await.unwrap();
    assert_eq!(cause.code, Code::ReportTlsTooLarge);
    assert!(matches!(cause.evidence[..], [Evidence::Limit { seen: Some(_), .. }]));
    assert!(store.tls_reports(None).unwrap().is_empty());

    // Its file is taken away.
    for file in std::fs::read_dir(folder.path().join("large")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    assert_eq!(told(&store, large).await.unwrap().code, Code::StoreIo);

    let right = put(&store, &mail(&report("edo.test"))).await;
    assert_eq!(told(&store, right).await, None);
    assert_eq!(store.tls_reports(None).unwrap().len(), 1);
    store.close().await;
    assert_eq!(told(&store, right).await.unwrap().code, Code::NetStopping);
}

#[tokio::test]
async fn a_mail_that_was_deleted_is_no_fault_of_the_disk() {
    let (_folder, store) = store().await;
    let message = put(&store, &mail(&report("edo.test"))).await;
    let account = store.account(TARO).unwrap().unwrap().id;
    let maildrop = store.lock_maildrop(account).await.unwrap();
    let (service, peer) = (Service::Pop3, (std::net::Ipv4Addr::LOCALHOST, 1).into());
    maildrop.expunge(&[0], &Visitor { service, peer, tls: None }).await.unwrap();
    let cause = told(&store, message).await.unwrap();
    assert_eq!(cause.code, Code::StoreMessageGone);
    assert_eq!(cause.evidence, [Evidence::Message { id: message.to_string() }]);
    store.close().await;
}
