//! Accounts, aliases, plus-addresses, catch-all, postmaster, domains.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by it, or says what it skips"
)]

mod common;

use common::{add, address, domain, hash, id, options, send, served, targets};
use hikyaku_store::{Astray, Fault, NewAccount, PasswordHash, Resolution, Store, password, wait};

fn resolution(store: &Store, recipient: &str) -> Resolution {
    store.resolve(&address(recipient)).unwrap()
}

#[tokio::test]
async fn accounts_are_found_in_any_letter_case() {
    let (_folder, store) = served(&["Taro@edo.test", "hanako@kyoto.test"]).await;
    assert_eq!(targets(&store, "taro@edo.test"), ["taro@edo.test"]);
    assert_eq!(targets(&store, "TARO@EDO.TEST"), ["taro@edo.test"]);
    assert_eq!(resolution(&store, "tora@edo.test"), Resolution::Unknown);
    assert_eq!(resolution(&store, "taro@kyoto.test"), Resolution::Unknown);
    assert_eq!(resolution(&store, "taro@osaka.test"), Resolution::NotLocal);
    assert_eq!(resolution(&store, "taro@[192.0.2.1]"), Resolution::NotLocal);

    let account = store.account("TARO@edo.test").unwrap().unwrap();
    assert_eq!(account.address, address("taro@edo.test"));
    assert_eq!((account.quota, account.used, account.disabled), (None, 0, false));
    assert!(password::verify(&account.password, b"kirin-no-hige-1603"));
    assert!(store.account("tora@edo.test").unwrap().is_none());
    assert!(store.account("taro").unwrap().is_none());
    let names: Vec<_> = store.accounts().unwrap().into_iter().map(|it| it.address).collect();
    assert_eq!(names, [address("hanako@kyoto.test"), address("taro@edo.test")]);
}

#[tokio::test]
async fn an_account_is_made_once_and_only_for_a_served_domain() {
    let (_folder, store) = served(&["taro@edo.test"]).await;
    let new =
        |name| NewAccount { address: address(name), password: hash(), quota: None, language: None };
    let exists = Fault::AccountExists { name: "taro@edo.test".into() };
    assert_eq!(store.add_account(new("TARO@edo.test")).await, Err(exists));
    let unknown = Fault::DomainUnknown { name: "osaka.test".into() };
    assert_eq!(store.add_account(new("taro@osaka.test")).await, Err(unknown));
    let literal = Fault::AccountAddress { name: "taro@[192.0.2.1]".into(), fault: None };
    assert_eq!(store.add_account(new("taro@[192.0.2.1]")).await, Err(literal));

    store.add_domain(&domain("osaka.test"), None).await.unwrap();
    store.add_account(new("taro@osaka.test")).await.unwrap();
    assert_eq!(targets(&store, "taro@osaka.test"), ["taro@osaka.test"]);
    for name in ["osaka.test", "edo.test"] {
        let exists = Fault::DomainExists { name: name.into() };
        assert_eq!(store.add_domain(&domain(name), None).await, Err(exists));
    }
    let domains: Vec<_> =
        store.domains().unwrap().into_iter().map(|it| (it.name, it.configured)).collect();
    let wanted = [("edo.test", true), ("kyoto.test", true), ("osaka.test", false)];
    assert_eq!(domains, wanted.map(|(name, configured)| (domain(name), configured)));
}

#[tokio::test]
async fn plus_addresses_lead_to_their_base() {
    let (_folder, store) = served(&["taro@edo.test", "taro+own@edo.test"]).await;
    assert_eq!(targets(&store, "taro+shop@edo.test"), ["taro@edo.test"]);
    assert_eq!(targets(&store, "Taro+a+b@edo.test"), ["taro@edo.test"]);
    assert_eq!(targets(&store, "taro+own@edo.test"), ["taro+own@edo.test"]);
    assert_eq!(resolution(&store, "+shop@edo.test"), Resolution::Unknown);
}

#[tokio::test]
async fn aliases_lead_to_one_or_more_accounts() {
    let (_folder, store) = served(&["taro@edo.test", "hanako@kyoto.test"]).await;
    let alias = async |from: &str, to: &str| store.add_alias(&address(from), &address(to)).await;
    alias("info@edo.test", "taro@edo.test").await.unwrap();
    alias("all@edo.test", "info@edo.test").await.unwrap();
    alias("all@edo.test", "hanako+all@kyoto.test").await.unwrap();
    assert_eq!(targets(&store, "INFO@edo.test"), ["taro@edo.test"]);
    assert_eq!(targets(&store, "info+x@edo.test"), ["taro@edo.test"]);
    let mut all = targets(&store, "all@edo.test");
    all.sort();
    assert_eq!(all, ["hanako@kyoto.test", "taro@edo.test"]);

    let exists = Fault::AccountExists { name: "taro@edo.test".into() };
    assert_eq!(alias("taro@edo.test", "hanako@kyoto.test").await, Err(exists));
    let unknown = Fault::AccountUnknown { name: "tora@edo.test".into() };
    assert_eq!(alias("x@edo.test", "tora@edo.test").await, Err(unknown));
    let new = NewAccount {
        address: address("info@edo.test"),
        password: hash(),
        quota: None,
        language: None,
    };
    let exists = Fault::AccountExists { name: "info@edo.test".into() };
    assert_eq!(store.add_account(new).await, Err(exists));

    store.remove_alias(&address("info@edo.test"), &address("taro@edo.test")).await.unwrap();
    assert_eq!(resolution(&store, "info@edo.test"), Resolution::Unknown);
    assert_eq!(targets(&store, "all@edo.test"), ["hanako@kyoto.test"]);
}

#[tokio::test]
async fn alias_circles_are_refused_and_named() {
    let (_folder, store) = served(&["taro@edo.test"]).await;
    let alias = async |from: &str, to: &str| store.add_alias(&address(from), &address(to)).await;
    let circle = |name: &str, way: &[&str]| {
        let way = way.iter().map(|it| format!("{it}@edo.test")).collect();
        Err(Fault::AliasCircle { name: format!("{name}@edo.test"), way })
    };
    alias("a@edo.test", "taro@edo.test").await.unwrap();
    alias("b@edo.test", "a@edo.test").await.unwrap();
    assert_eq!(alias("a@edo.test", "b@edo.test").await, circle("a", &["a", "b", "a"]));
    assert_eq!(alias("p@edo.test", "p@edo.test").await, circle("p", &["p", "p"]));
    assert_eq!(alias("P@edo.test", "p+x@edo.test").await, circle("p", &["p", "p+x", "p"]));
    assert_eq!(store.aliases().unwrap().len(), 2, "nothing was changed");
    // Two ways to the same end are no circle.
    alias("c@edo.test", "a@edo.test").await.unwrap();
    alias("c@edo.test", "b@edo.test").await.unwrap();
    assert_eq!(targets(&store, "c@edo.test"), ["taro@edo.test"]);
    let (info, away) = (address("b@edo.test"), address("nono@osaka.test"));
    let elsewhere =
        Fault::AliasTarget { name: "b@edo.test".into(), targets: vec!["a@edo.test".into()] };
    assert_eq!(store.remove_alias(&info, &away).await, Err(elsewhere));
}

/// Older releases let circles be made.
#[tokio::test]
async fn a_circle_that_is_there_puts_mail_off() {
    let (folder, store) = served(&["taro@edo.test"]).await;
    let connection = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    for (from, to) in [("a", "taro"), ("a", "b"), ("b", "a"), ("p", "p"), ("x", "nobody")] {
        let pair = (format!("{from}@edo.test"), format!("{to}@edo.test"));
        connection.execute("INSERT INTO alias(address, target) VALUES (?1, ?2)", pair).unwrap();
    }
    drop(connection);
    assert_eq!(targets(&store, "b@edo.test"), ["taro@edo.test"]);
    assert_eq!(resolution(&store, "p@edo.test"), Resolution::Circle);
    assert_eq!(resolution(&store, "p+x@edo.test"), Resolution::Circle);
    assert_eq!(resolution(&store, "x@edo.test"), Resolution::Unknown);
    let (a, b, taro) = (address("a@edo.test"), address("b@edo.test"), address("taro@edo.test"));
    let way = ["a@edo.test", "b@edo.test", "a@edo.test"].map(str::to_owned).to_vec();
    let circle = Err(Fault::AliasCircle { name: "a@edo.test".into(), way });
    assert_eq!(store.remove_alias(&a, &taro).await, circle);
    let way = ["p@edo.test", "p@edo.test"].map(str::to_owned).to_vec();
    let astray = [Astray::Circle { address: "p@edo.test".into(), way }];
    assert_eq!(store.astray().unwrap(), astray, "from a, mail gets to somebody");
    store.remove_alias(&b, &a).await.unwrap();
    store.remove_alias(&a, &taro).await.unwrap();
    assert_eq!(resolution(&store, "a@edo.test"), Resolution::Unknown);
}

/// `n` aliases, each of which leads to the next, and the last to `end`; named from `first` on.
async fn chain_of(store: &Store, n: usize, first: &str, end: &str) {
    let name = |at: usize| address(&format!("{first}{at}@edo.test"));
    store.add_alias(&name(n), &address(end)).await.unwrap();
    for at in (1..n).rev() {
        store.add_alias(&name(at), &name(at + 1)).await.unwrap();
    }
}

fn way(text: &str) -> Vec<String> {
    let whole = |it: &str| if it.contains('@') { it.into() } else { format!("{it}@edo.test") };
    text.split(' ').map(whole).collect()
}

#[tokio::test]
async fn chains_of_aliases_that_are_too_long_are_refused_and_named() {
    let (_folder, store) = served(&["taro@edo.test", "hanako@kyoto.test"]).await;
    let alias = async |from: &str, to: &str| store.add_alias(&address(from), &address(to)).await;
    let chain = |name: &str, text: &str| {
        Err(Fault::AliasChain { name: format!("{name}@edo.test"), way: way(text) })
    };
    chain_of(&store, 8, "a", "hanako@kyoto.test").await;
    assert_eq!(targets(&store, "a1@edo.test"), ["hanako@kyoto.test"]);
    // What is before a `+` is the same alias, not the next one.
    assert_eq!(targets(&store, "a1+x+y@edo.test"), ["hanako@kyoto.test"]);
    let long = chain("z", "z a1 a2 a3 a4 a5 a6 a7 a8 hanako@kyoto.test");
    assert_eq!(alias("z@edo.test", "a1@edo.test").await, long);
    assert_eq!(long.unwrap_err().cause().code, hikyaku_cause::Code::AccountChain);
    let detailed = chain("z", "z a1+x a2 a3 a4 a5 a6 a7 a8 hanako@kyoto.test");
    assert_eq!(alias("z@edo.test", "a1+x@edo.test").await, detailed);
    assert_eq!(alias("z@edo.test", "a2@edo.test").await, Ok(()));

    // In the middle, of two chains that are short enough: the one that is concerned is named.
    chain_of(&store, 4, "b", "taro@edo.test").await;
    let joined = chain("b4", "b1 b2 b3 b4 a4 a5 a6 a7 a8 hanako@kyoto.test");
    assert_eq!(alias("b4@edo.test", "a4@edo.test").await, joined);
    // Those that name it with a `+` come by it too.
    assert_eq!(alias("b3@edo.test", "b4+x@edo.test").await, Ok(()));
    assert_eq!(store.remove_alias(&address("b3@edo.test"), &address("b4@edo.test")).await, Ok(()));
    let joined = chain("b4", "b1 b2 b3 b4+x a4 a5 a6 a7 a8 hanako@kyoto.test");
    assert_eq!(alias("b4@edo.test", "a4@edo.test").await, joined);
    assert_eq!(alias("b4@edo.test", "a5@edo.test").await, Ok(()));
    let mut both = targets(&store, "b1@edo.test");
    both.sort();
    assert_eq!(both, ["hanako@kyoto.test", "taro@edo.test"]);
    // An end that is near by another way too is an end.
    assert_eq!(alias("z@edo.test", "hanako@kyoto.test").await, Ok(()));
    assert_eq!(alias("y@edo.test", "z@edo.test").await, Ok(()));
    // One on another server is an end like others.
    let away = chain("a8", "y z a2 a3 a4 a5 a6 a7 a8 jiro@osaka.test");
    assert_eq!(alias("a8@edo.test", "jiro@osaka.test").await, away);
    assert_eq!(store.astray().unwrap(), []);
}

/// Older releases let chains of any length be made, and some come about when a domain is added.
#[tokio::test]
async fn a_chain_that_is_too_long_puts_mail_off() {
    let (folder, store) = served(&["taro@edo.test", "hanako@kyoto.test"]).await;
    chain_of(&store, 8, "a", "taro@edo.test").await;
    let connection = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    for (from, to) in [("z", "a1@edo.test"), ("z", "hanako@kyoto.test"), ("y", "z@edo.test")] {
        let pair = (format!("{from}@edo.test"), to);
        connection.execute("INSERT INTO alias(address, target) VALUES (?1, ?2)", pair).unwrap();
    }
    drop(connection);
    // Hanako alone would get it, and nobody hear of the rest.
    for name in ["z@edo.test", "y@edo.test", "z+x@edo.test"] {
        assert_eq!(resolution(&store, name), Resolution::Chain, "{name}");
    }
    let (hanako, taro) = (id(&store, "hanako@kyoto.test"), address("taro@edo.test"));
    assert!(!store.owns(hanako, &address("z@edo.test")).unwrap());
    let long = |name: &str, text: &str| {
        let address = format!("{name}@edo.test");
        Astray::Chain { address, way: way(text) }
    };
    let astray =
        [long("y", "y z a1 a2 a3 a4 a5 a6 a7 a8"), long("z", "z a1 a2 a3 a4 a5 a6 a7 a8 taro")];
    assert_eq!(store.astray().unwrap(), astray);
    let looked = hikyaku_store::astray_in(folder.path(), &options().domains);
    assert_eq!(looked.unwrap(), astray);
    let nowhere = folder.path().join("nowhere");
    let names = || {
        let entries = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name());
        entries.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(hikyaku_store::astray_in(&nowhere, &[]), Ok(Vec::new()));
    assert!(!nowhere.exists());
    let catch_all = store.set_catch_all(&domain("edo.test"), Some(&address("z@edo.test"))).await;
    let way = way("z a1 a2 a3 a4 a5 a6 a7 a8 taro");
    assert_eq!(catch_all, Err(Fault::AliasChain { name: "z@edo.test".into(), way }));

    // What mends it is not refused for what is wrong as yet.
    store.add_alias(&address("a2@edo.test"), &taro).await.unwrap();
    store.remove_alias(&address("a2@edo.test"), &address("a3@edo.test")).await.unwrap();
    assert_eq!(hikyaku_store::astray_in(folder.path(), &options().domains), Ok(Vec::new()));
    assert_eq!(store.astray().unwrap(), []);
    let mut all = targets(&store, "y@edo.test");
    all.sort();
    assert_eq!(all, ["hanako@kyoto.test", "taro@edo.test"]);

    // Of a store that nobody uses, nothing is left behind by a look.
    store.close().await;
    drop(store);
    let before = names();
    assert_eq!(hikyaku_store::astray_in(folder.path(), &options().domains), Ok(Vec::new()));
    assert_eq!(names(), before);
}

#[tokio::test]
async fn a_catch_all_takes_what_nobody_has() {
    let (_folder, store) = served(&["taro@edo.test", "hanako@kyoto.test"]).await;
    let (edo, hanako) = (domain("edo.test"), address("hanako@kyoto.test"));
    store.set_catch_all(&edo, Some(&hanako)).await.unwrap();
    assert_eq!(targets(&store, "tora@edo.test"), ["hanako@kyoto.test"]);
    assert_eq!(targets(&store, "taro@edo.test"), ["taro@edo.test"]);
    assert_eq!(resolution(&store, "tora@kyoto.test"), Resolution::Unknown);
    assert!(!store.owns(id(&store, "hanako@kyoto.test"), &address("tora@edo.test")).unwrap());
    let served = store.domains().unwrap();
    assert_eq!(served[0].catch_all.as_deref(), Some("hanako@kyoto.test"));
    let unknown = Fault::DomainUnknown { name: "osaka.test".into() };
    assert_eq!(store.set_catch_all(&domain("osaka.test"), Some(&hanako)).await, Err(unknown));
    store.set_catch_all(&edo, None).await.unwrap();
    assert_eq!(resolution(&store, "tora@edo.test"), Resolution::Unknown);
}

#[tokio::test]
async fn a_domain_comes_with_its_catch_all_or_not_at_all_and_goes_when_it_is_empty() {
    let (_folder, store) = served(&["taro@edo.test"]).await;
    let (osaka, taro) = (domain("osaka.test"), address("taro@edo.test"));
    let typo = Fault::AccountUnknown { name: "tora@edo.test".into() };
    assert_eq!(store.add_domain(&osaka, Some(&address("tora@edo.test"))).await, Err(typo));
    assert_eq!(store.domains().unwrap().len(), 2, "nothing was changed");
    store.add_domain(&osaka, Some(&taro)).await.unwrap();
    assert_eq!(targets(&store, "any@osaka.test"), ["taro@edo.test"]);
    let jiro = add(&store, "jiro@osaka.test", None).await;
    store.add_alias(&address("all@osaka.test"), &taro).await.unwrap();
    store.add_alias(&address("all@osaka.test"), &address("jiro@osaka.test")).await.unwrap();
    let in_use = Fault::DomainInUse { name: "osaka.test".into(), accounts: 1, aliases: 1 };
    assert_eq!(store.remove_domain(&osaka).await, Err(in_use));
    assert!(store.account("jiro@osaka.test").unwrap().is_some_and(|it| it.id == jiro));
    let configured = Fault::DomainConfigured { name: "edo.test".into() };
    assert_eq!(store.remove_domain(&domain("edo.test")).await, Err(configured));
    let unknown = Fault::DomainUnknown { name: "nara.test".into() };
    assert_eq!(store.remove_domain(&domain("nara.test")).await, Err(unknown));

    store.add_domain(&domain("nagoya.test"), Some(&taro)).await.unwrap();
    store.remove_domain(&domain("nagoya.test")).await.unwrap();
    assert_eq!(resolution(&store, "any@nagoya.test"), Resolution::NotLocal);
    store.add_domain(&domain("nagoya.test"), None).await.unwrap();
    assert_eq!(resolution(&store, "any@nagoya.test"), Resolution::Unknown);
}

#[tokio::test]
async fn postmaster_always_leads_to_somebody() {
    let (_folder, store) = served(&[]).await;
    assert_eq!(resolution(&store, "postmaster@edo.test"), Resolution::Unknown);
    add(&store, "taro@edo.test", None).await;
    add(&store, "hanako@kyoto.test", None).await;
    let bare = || match store.postmaster().unwrap() {
        Resolution::Deliver(targets) => targets[0].address.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(targets(&store, "PostMaster@kyoto.test"), ["taro@edo.test"]);
    assert_eq!(bare(), "taro@edo.test");
    let (postmaster, hanako) = (address("postmaster@edo.test"), address("hanako@kyoto.test"));
    store.add_alias(&postmaster, &hanako).await.unwrap();
    assert_eq!(targets(&store, "postmaster@edo.test"), ["hanako@kyoto.test"]);
    assert_eq!(bare(), "hanako@kyoto.test");
    assert_eq!(targets(&store, "postmaster@kyoto.test"), ["taro@edo.test"]);
}

#[tokio::test]
async fn disabled_accounts_take_no_mail() {
    let (_folder, store) = served(&["taro@edo.test", "hanako@kyoto.test"]).await;
    let taro = address("taro@edo.test");
    store.add_alias(&address("all@edo.test"), &taro).await.unwrap();
    store.add_alias(&address("all@edo.test"), &address("hanako@kyoto.test")).await.unwrap();
    store.set_disabled(&taro, true).await.unwrap();
    assert_eq!(resolution(&store, "taro@edo.test"), Resolution::Disabled);
    assert_eq!(resolution(&store, "taro+x@edo.test"), Resolution::Disabled);
    assert_eq!(targets(&store, "all@edo.test"), ["hanako@kyoto.test"]);
    assert!(store.account("taro@edo.test").unwrap().unwrap().disabled);
    store.set_disabled(&taro, false).await.unwrap();
    assert_eq!(targets(&store, "taro@edo.test"), ["taro@edo.test"]);
    let unknown = Fault::AccountUnknown { name: "tora@edo.test".into() };
    assert_eq!(store.set_disabled(&address("tora@edo.test"), true).await, Err(unknown));
}

#[tokio::test]
async fn quotas_are_kept_with_one_message_of_overshoot() {
    let (_folder, store) = served(&["taro@edo.test", "hanako@kyoto.test"]).await;
    let taro = address("taro@edo.test");
    store.set_quota(&taro, Some(1000)).await.unwrap();
    send(&store, &["taro@edo.test"], "1", &[b'x'; 999]).await.unwrap();
    let late = common::incoming(&store, &["hanako@kyoto.test", "taro@edo.test"], "late").unwrap();
    send(&store, &["taro@edo.test"], "2", &[b'x'; 500]).await.unwrap();
    assert_eq!(resolution(&store, "taro@edo.test"), Resolution::Full { quota: 1000 });

    // Both were told 250 at RCPT before the mailbox filled up: nobody gets it, all are told.
    let mut spool = store.spool();
    spool.push(b"x");
    let full = Fault::MailboxFull { address: "taro@edo.test".into(), quota: 1000, used: 1499 };
    assert_eq!(store.accept(late, spool).await, Err(full));
    let hanako = store.lock_maildrop(id(&store, "hanako@kyoto.test")).await.unwrap();
    assert!(hanako.entries().is_empty());

    let maildrop = store.lock_maildrop(id(&store, "taro@edo.test")).await.unwrap();
    assert_eq!(maildrop.expunge(&[0], &common::visitor()).await, Ok(1));
    assert_eq!(targets(&store, "taro@edo.test"), ["taro@edo.test"]);
    assert_eq!(store.account("taro@edo.test").unwrap().unwrap().used, 500);
}

#[tokio::test]
async fn owned_addresses() {
    let (_folder, store) = served(&["taro@edo.test", "hanako@kyoto.test"]).await;
    let taro = id(&store, "taro@edo.test");
    store.add_alias(&address("info@edo.test"), &address("taro@edo.test")).await.unwrap();
    store.add_alias(&address("all@edo.test"), &address("taro@edo.test")).await.unwrap();
    store.add_alias(&address("all@edo.test"), &address("hanako@kyoto.test")).await.unwrap();
    let owns = |text| store.owns(taro, &address(text)).unwrap();
    assert!(owns("Taro@edo.test") && owns("taro+x@edo.test") && owns("info@edo.test"));
    assert!(!owns("all@edo.test") && !owns("hanako@kyoto.test") && !owns("tora@edo.test"));
    assert!(!owns("postmaster@edo.test") && !owns("taro@osaka.test"));
}

#[tokio::test]
async fn changes_of_another_process_are_seen_at_once() {
    let (folder, server) = served(&["taro@edo.test"]).await;
    let command = Store::open(folder.path(), options()).unwrap();
    assert_eq!(resolution(&server, "hanako@kyoto.test"), Resolution::Unknown);
    add(&command, "hanako@kyoto.test", None).await;
    assert_eq!(targets(&server, "hanako@kyoto.test"), ["hanako@kyoto.test"]);
    command.set_disabled(&address("taro@edo.test"), true).await.unwrap();
    assert_eq!(resolution(&server, "taro@edo.test"), Resolution::Disabled);
    send(&server, &["hanako@kyoto.test"], "1", b"x").await.unwrap();
    assert_eq!(command.account("hanako@kyoto.test").unwrap().unwrap().messages, 1);
}

#[test]
fn commands_need_no_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Store::open(folder.path(), options()).unwrap_err();
    assert_eq!(missing, Fault::Missing { path: folder.path().into() });
    let store = Store::create(&folder.path().join("a/b"), options()).unwrap();
    let new = NewAccount {
        address: address("taro@edo.test"),
        password: hash(),
        quota: None,
        language: None,
    };
    wait(store.add_account(new)).unwrap();
    let fresh: PasswordHash = password::hash("uma no mimi ni nenbutsu").unwrap();
    wait(store.set_password(&address("taro@edo.test"), fresh, None)).unwrap();
    wait(store.close());
    assert_eq!(targets_or_fault(&store), Err(Fault::Closed));

    let store = Store::open(&folder.path().join("a/b"), options()).unwrap();
    let kept = store.account("taro@edo.test").unwrap().unwrap().password;
    assert!(password::verify(&kept, b"uma no mimi ni nenbutsu"));
}

fn targets_or_fault(store: &Store) -> Result<Resolution, Fault> {
    store.resolve(&address("taro@edo.test"))
}
