use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;
use crate::settings::Challenge;

fn settings(directory: &str) -> Settings {
    Settings {
        directory: directory.to_owned(),
        contact: vec!["mailto:postmaster@edo.test".to_owned()],
        names: vec![Domain::parse("mx.edo.test").unwrap()],
        challenge: Challenge::Http,
        ca: None,
        binding: None,
        resolver: None,
    }
}

fn keeper(data: &Path, plan: Plan) -> Arc<Keeper> {
    Keeper::new(data, ServerTls::load(Vec::new()).unwrap(), plan).unwrap()
}

/// A certificate of this name for these years; its key beside it in the same file.
fn put(file: &Path, name: &str, from: i32, to: i32) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
    let text = key.serialize_pem() + &params.self_signed(&key).unwrap().pem();
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn by_hand(file: &Path) -> Plan {
    let files = CertificateFiles { chain: file.to_owned(), key: file.to_owned() };
    Plan { hand_made: vec![files], settings: None }
}

#[test]
fn a_certificate_that_comes_later_is_taken_up() {
    let data = tempfile::tempdir().unwrap();
    let keeper = keeper(data.path(), Plan::default());
    assert!(!keeper.tls.has_certificate());
    let file = data.path().join("later.pem");
    assert!(keeper.use_plan(by_hand(&file)).is_err(), "not there yet");
    put(&file, "mx.edo.test", 2020, 2100);
    assert!(keeper.take_up().unwrap());
    assert!(keeper.tls.has_certificate());
    assert!(!keeper.use_plan(by_hand(&file)).unwrap(), "nothing new");
}

#[test]
fn a_broken_file_of_ours_is_left_out_and_due() {
    let data = tempfile::tempdir().unwrap();
    let plan = Plan { hand_made: Vec::new(), settings: Some(settings("https://ca.test/dir")) };
    let name = Domain::parse("mx.edo.test").unwrap();
    let file = data.path().join("acme/mx.edo.test.pem");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "half a fi").unwrap();
    let broken = keeper(data.path(), plan.clone());
    assert!(!broken.tls.has_certificate() && broken.is_due(&name, Timestamp::now()));
    put(&file, "mx.edo.test", 2020, 2100);
    let whole = keeper(data.path(), plan);
    assert!(whole.tls.has_certificate() && !whole.is_due(&name, Timestamp::now()));
}

#[test]
fn a_failure_waits_and_a_change_ends_the_wait() {
    let data = tempfile::tempdir().unwrap();
    let name = Domain::parse("mx.edo.test").unwrap();
    let plan = |directory| Plan { hand_made: Vec::new(), settings: Some(settings(directory)) };
    let keeper = keeper(data.path(), plan("https://ca.test/dir"));
    let now = Timestamp::now();
    assert!(keeper.is_due(&name, now));
    let later = now + Duration::from_mins(10);
    let fails = |code| {
        let mut state = keeper.state();
        let attempts = state.kept.names.entry(name.to_string()).or_default();
        attempts.next = Some(later);
        attempts.failure = Some((&Cause::proven(code)).into());
    };
    fails(Code::AcmeChallengeUnreachable);
    assert!(!keeper.is_due(&name, now) && keeper.is_due(&name, later));
    assert_eq!(keeper.findings(&name, now).len(), 1);
    keeper.renew_all();
    assert!(keeper.is_due(&name, Timestamp::now()));
    fails(Code::AcmeRateLimited);
    keeper.renew_all();
    assert!(!keeper.is_due(&name, Timestamp::now()), "a limit holds");
    keeper.use_plan(plan("https://other.test/dir")).unwrap();
    assert!(keeper.is_due(&name, Timestamp::now()));
}

/// One broken file does not keep another from its place for longer than it is broken.
#[test]
fn what_could_not_be_taken_up_is_tried_again() {
    let data = tempfile::tempdir().unwrap();
    let keeper = keeper(data.path(), Plan::default());
    let file = data.path().join("later.pem");
    assert!(keeper.use_plan(by_hand(&file)).is_err());
    assert!(keeper.refresh().is_err());
    put(&file, "mx.edo.test", 2020, 2100);
    assert!(keeper.refresh().unwrap() && keeper.tls.has_certificate());
    assert!(!keeper.refresh().unwrap());
}

/// A fault is news once, and a finding for as long as it is there.
#[test]
fn files_that_are_no_use_are_a_finding_and_news_once() {
    let data = tempfile::tempdir().unwrap();
    let name = Domain::parse("mx.edo.test").unwrap();
    let file = data.path().join("own.pem");
    put(&file, "mx.edo.test", 2020, 2100);
    let keeper = keeper(data.path(), by_hand(&file));
    let codes = || -> Vec<_> {
        let found = keeper.findings(&name, Timestamp::now());
        found.iter().filter_map(KeptCause::code).collect()
    };
    assert!(codes().is_empty());
    let good = std::fs::read(&file).unwrap();
    for round in 0..2 {
        std::fs::write(&file, "half a fi").unwrap();
        for look in 0..3 {
            assert!(keeper.refresh().is_err());
            assert_eq!(keeper.news().is_some(), look == 0, "round {round}");
            assert_eq!(codes(), [Code::TlsCertificateUnreadable]);
        }
        std::fs::remove_file(&file).unwrap();
        assert!(keeper.refresh().is_err() && keeper.news().is_some(), "another fault");
        std::fs::write(&file, &good).unwrap();
        assert!(keeper.refresh().unwrap() && keeper.news().is_none() && codes().is_empty());
    }
    assert!(keeper.tls.has_certificate());
}

#[test]
fn a_certificate_that_is_not_for_us_or_not_for_today_is_a_finding() {
    let data = tempfile::tempdir().unwrap();
    let name = Domain::parse("mx.edo.test").unwrap();
    let file = data.path().join("own.pem");
    let (early, misnamed) = (Code::TlsCertificateEarly, Code::TlsCertificateMisnamed);
    for (of, from, to, wanted) in [
        ("mx.edo.test", 2020, 2100, vec![]),
        ("*.edo.test", 2020, 2100, vec![]),
        ("mx.edo.test", 2090, 2100, vec![early]),
        ("edo.test", 2020, 2100, vec![misnamed]),
        ("*.mx.edo.test", 2090, 2100, vec![early, misnamed]),
        ("mx.edo.test", 2020, 2021, vec![Code::TlsCertificateLapsed]),
    ] {
        put(&file, of, from, to);
        let found = keeper(data.path(), by_hand(&file)).findings(&name, Timestamp::now());
        let found: Vec<_> = found.iter().filter_map(KeptCause::code).collect();
        assert_eq!(found, wanted, "{of} {from} {to}");
        let found = crate::list::unusable(&by_hand(&file), &name, Timestamp::now());
        let found: Vec<_> = found.iter().map(|cause| cause.code).collect();
        assert_eq!(found, wanted, "{of} {from} {to}");
    }
    // One for our name is on its way.
    put(&file, "edo.test", 2020, 2100);
    let plan = Plan { settings: Some(settings("https://ca.test/dir")), ..by_hand(&file) };
    assert!(crate::list::unusable(&plan, &name, Timestamp::now()).is_empty());
}

#[tokio::test]
async fn an_end_is_told_once() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("old.pem");
    put(&file, "mx.edo.test", 2020, 2021);
    let (sender, mut letters) = tokio::sync::mpsc::unbounded_channel();
    for told in [1, 0] {
        // The second one is a server that starts again.
        let keeper = keeper(data.path(), by_hand(&file));
        keeper.warn(&sender);
        keeper.warn(&sender);
        let found: Vec<KeptCause> = letters.try_recv().unwrap_or_default();
        assert_eq!(found.len(), told);
        assert!(found.iter().all(|it| it.code() == Some(Code::TlsCertificateLapsed)));
        assert!(letters.try_recv().is_err());
    }
    put(&file, "mx.edo.test", 2020, 2022);
    let keeper = keeper(data.path(), by_hand(&file));
    keeper.warn(&sender);
    assert_eq!(letters.try_recv().unwrap().len(), 1, "another certificate");
}

/// What a command noted is seen to once, and told until another certificate is there.
#[test]
fn a_revoked_certificate_is_due_and_told() {
    let data = tempfile::tempdir().unwrap();
    let name = Domain::parse("mx.edo.test").unwrap();
    let plan = Plan { hand_made: Vec::new(), settings: Some(settings("https://ca.test/dir")) };
    put(&data.path().join("acme/mx.edo.test.pem"), "mx.edo.test", 2020, 2100);
    let keeper = keeper(data.path(), plan);
    assert!(
        !keeper.is_due(&name, Timestamp::now())
            && keeper.findings(&name, Timestamp::now()).is_empty()
    );
    keeper.folder.note_revocation(&name).unwrap();
    keeper.see_to_revocation(&name);
    assert!(keeper.is_due(&name, Timestamp::now()) && !keeper.folder.has_revocation(&name));
    let found = keeper.findings(&name, Timestamp::now());
    assert_eq!(found.first().and_then(KeptCause::code), Some(Code::TlsCertificateRevoked));
    assert!(Kept::read(&keeper.folder).names["mx.edo.test"].revoked, "outlives a restart");
}

/// While the disk takes nothing, the note is all that a restart would know of the revocation.
#[test]
fn the_note_of_a_revocation_stays_until_the_disk_has_more() {
    let data = tempfile::tempdir().unwrap();
    let name = Domain::parse("mx.edo.test").unwrap();
    let plan = Plan { hand_made: Vec::new(), settings: Some(settings("https://ca.test/dir")) };
    put(&data.path().join("acme/mx.edo.test.pem"), "mx.edo.test", 2020, 2100);
    let keeper = keeper(data.path(), plan);
    keeper.folder.note_revocation(&name).unwrap();
    // No file can take the place of a folder.
    std::fs::create_dir(keeper.folder.attempts()).unwrap();
    keeper.see_to_revocation(&name);
    assert!(keeper.folder.has_revocation(&name) && keeper.is_due(&name, Timestamp::now()));
    let later = Timestamp::now() + Duration::from_mins(10);
    keeper.state().kept.names.get_mut(name.as_str()).unwrap().next = Some(later);
    keeper.see_to_revocation(&name);
    assert!(!keeper.is_due(&name, Timestamp::now()), "the wait after a failure holds");

    std::fs::remove_dir(keeper.folder.attempts()).unwrap();
    keeper.see_to_revocation(&name);
    assert!(!keeper.folder.has_revocation(&name));
    assert!(Kept::read(&keeper.folder).names["mx.edo.test"].revoked);
}
