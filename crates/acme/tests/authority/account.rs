//! An account whose key is not the authority's any more.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::scripted::{Answer, Scripted, part, problem};
use crate::{plan, served};

/// An authority that takes no signature of its first account's, and says this when it is asked for
/// the account of that key.
async fn estranged(data: &Path, said: (u16, &'static str)) -> Scripted {
    let asked = AtomicU32::new(0);
    let script = move |base: &str, path: &str| match path {
        "/order" if asked.load(Ordering::Relaxed) > 2 => {
            Some(problem(429, "rateLimited", "not now", Vec::new()))
        }
        "/order" => Some(problem(400, "malformed", "signature", Vec::new())),
        "/account" => match asked.fetch_add(1, Ordering::Relaxed) {
            0 => None,
            1 => Some(problem(said.0, said.1, "no", Vec::new())),
            _ => {
                let place = vec![("Location", format!("{base}/account/2"))];
                Some(Answer(201, place, json!({ "status": "valid" })))
            }
        },
        _ => None,
    };
    let authority = Scripted::start(data, Box::new(script)).await;
    served(data, &plan(&authority), |it| it.failure.is_some()).await;
    authority
}

#[tokio::test]
async fn another_account_is_made_where_the_authority_knows_none_with_our_key() {
    let data = tempfile::tempdir().unwrap();
    let authority = estranged(data.path(), (400, "accountDoesNotExist")).await;
    let asked = authority.sent("/account");
    let is_look_up = |it: &Value| it["onlyReturnExisting"] == true;
    assert_eq!(asked.iter().map(is_look_up).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!((&asked[2], asked.len()), (&asked[0], 3), "as the first one");
    let account = std::fs::read_to_string(data.path().join("acme/account.json")).unwrap();
    let orders = authority.signed("/order");
    let by: Vec<_> = orders.iter().map(|it| part(it, "protected")["kid"].clone()).collect();
    assert!(account.contains(by[1].as_str().unwrap()) && by[0] != by[1], "{account} {by:?}");
}

#[tokio::test]
async fn an_account_that_was_closed_or_may_be_there_is_not_replaced() {
    for said in [(403, "unauthorized"), (429, "rateLimited"), (500, "serverInternal")] {
        let data = tempfile::tempdir().unwrap();
        let authority = estranged(data.path(), said).await;
        assert_eq!(authority.sent("/account").len(), 2, "{said:?}");
        assert_eq!(authority.sent("/order").len(), 1, "{said:?}");
    }
}
