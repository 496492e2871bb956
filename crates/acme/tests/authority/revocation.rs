//! What comes of a revocation, by what the authority says to it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use hikyaku_acme::Reason;
use hikyaku_cause::Code;
use hikyaku_mail::Domain;
use serde_json::Value;

use crate::scripted::{Answer, Scripted, problem};
use crate::{NAME, plan, put, served};

#[tokio::test]
async fn a_revocation_that_is_refused_leaves_everything_as_it_was() {
    for (kind, is_done) in [("unauthorized", false), ("alreadyRevoked", true)] {
        let data = tempfile::tempdir().unwrap();
        let script = move |_: &str, path: &str| {
            (path == "/revoke").then(|| problem(403, kind, "no", Vec::new()))
        };
        let authority = Scripted::start(data.path(), Box::new(script)).await;
        let settings = plan(&authority).settings.unwrap();
        let name = Domain::parse(NAME).unwrap();
        let revoked = || async {
            let reason = Some(Reason::KeyCompromise);
            let revoked = hikyaku_acme::revoke(data.path(), &settings, &name, reason).await;
            revoked.map_err(|cause| cause.code)
        };
        assert_eq!(revoked().await, Err(Code::AcmeCertificateAbsent));
        put(data.path());
        let expected = if is_done { Ok(()) } else { Err(Code::AcmeRevocationRefused) };
        assert_eq!(revoked().await, expected, "{kind}");
        assert_eq!(authority.sent("/revoke")[0]["reason"], 1);
        // Noted for the server only where another certificate is wanted.
        assert_eq!(hikyaku_acme::is_revocation_unseen(data.path(), &name), is_done, "{kind}");
    }
}

/// An answer that says neither yes nor no: the server replaces the certificate, and another call
/// has both revoked.
#[tokio::test]
async fn a_revocation_that_ends_unclear_is_not_taken_back_and_is_finished_later() {
    let data = tempfile::tempdir().unwrap();
    let answers = Mutex::new(vec![
        Answer(200, Vec::new(), Value::Null),
        problem(403, "unauthorized", "no", Vec::new()),
        problem(500, "serverInternal", "it hurts", Vec::new()),
    ]);
    let script = move |_: &str, path: &str| {
        (path == "/revoke").then(|| answers.lock().unwrap().pop().unwrap())
    };
    let authority = Scripted::start(data.path(), Box::new(script)).await;
    let settings = plan(&authority).settings.unwrap();
    let name = Domain::parse(NAME).unwrap();
    let revoked = || async {
        let revoked = hikyaku_acme::revoke(data.path(), &settings, &name, None).await;
        revoked.map_err(|cause| cause.code)
    };
    let is_noted = || hikyaku_acme::is_revocation_unseen(data.path(), &name);
    put(data.path());
    assert_eq!(revoked().await, Err(Code::AcmeDirectoryUnreachable));
    assert!(is_noted());
    // A refusal takes back what this call has noted, and nothing else.
    assert_eq!(revoked().await, Err(Code::AcmeRevocationRefused));
    assert!(is_noted());
    assert_eq!(revoked().await, Ok(()));
    let sent = authority.sent("/revoke");
    assert!(sent.iter().all(|it| it["certificate"] == sent[0]["certificate"]), "{sent:?}");
    assert_eq!(sent.len(), 3);
}

#[tokio::test]
async fn a_certificate_that_was_replaced_meanwhile_is_revoked_with_the_next() {
    let data = tempfile::tempdir().unwrap();
    let is_well = AtomicBool::new(false);
    let script = move |_: &str, path: &str| {
        (path == "/revoke").then(|| {
            if is_well.swap(true, Ordering::Relaxed) {
                return Answer(200, Vec::new(), Value::Null);
            }
            problem(503, "serverInternal", "come again", Vec::new())
        })
    };
    let authority = Scripted::start(data.path(), Box::new(script)).await;
    let settings = plan(&authority).settings.unwrap();
    let name = Domain::parse(NAME).unwrap();
    let revoke = || hikyaku_acme::revoke(data.path(), &settings, &name, None);
    put(data.path());
    assert!(revoke().await.is_err());
    put(data.path());
    for _ in 0..2 {
        assert_eq!(revoke().await, Ok(()));
    }
    let sent = authority.sent("/revoke");
    let of = |index: usize| sent[index]["certificate"].clone();
    assert_eq!((of(1), of(3)), (of(0), of(2)), "the earlier one once more, then the new one");
    assert_ne!(of(1), of(2));
    assert_eq!(sent.len(), 4);
}

/// One whose key is in good hands is replaced before, and what has taken its place stays.
#[tokio::test]
async fn what_is_superseded_is_revoked_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let is_well = AtomicBool::new(false);
    let script = move |_: &str, path: &str| match path {
        "/revoke" if is_well.swap(true, Ordering::Relaxed) => {
            Some(Answer(200, Vec::new(), Value::Null))
        }
        "/revoke" => Some(problem(503, "serverInternal", "come again", Vec::new())),
        "/order" => Some(problem(429, "rateLimited", "not now", Vec::new())),
        _ => None,
    };
    let authority = Scripted::start(data.path(), Box::new(script)).await;
    let plan = plan(&authority);
    let settings = plan.settings.clone().unwrap();
    let name = Domain::parse(NAME).unwrap();
    assert!(hikyaku_acme::supersede(data.path(), &name).is_err(), "there is none");
    put(data.path());
    let wanted = || hikyaku_acme::supersede(data.path(), &name).unwrap();
    let former = wanted();
    assert!(hikyaku_acme::is_supersession_unseen(data.path(), &name));
    // The server asks for another one, although the one of now is good for long.
    served(data.path(), &plan, |it| it.failure.is_some()).await;
    assert!(!hikyaku_acme::withdraw_supersession(data.path(), &name));
    assert!(!former.is_replaced(data.path(), &name));
    let again = wanted();
    assert!(hikyaku_acme::withdraw_supersession(data.path(), &name));
    put(data.path());
    assert!(former.is_replaced(data.path(), &name));
    assert!(former.revoke(data.path(), &settings, &name).await.is_err());
    assert_eq!(again.revoke(data.path(), &settings, &name).await, Ok(()));
    let sent = authority.sent("/revoke");
    assert!(sent.iter().all(|it| *it == sent[0] && it["reason"] == 4), "{sent:?}");
    assert_eq!(sent.len(), 2);
    assert!(!hikyaku_acme::is_revocation_unseen(data.path(), &name));
}
