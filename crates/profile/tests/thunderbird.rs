//! Preferences that Thunderbird 153 itself has written, and the same with what older versions wrote.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

use hikyaku_cause::{Cause, Code};
use hikyaku_doctor::{Change, Direction, Finding};
use hikyaku_profile::thunderbird::{Folder, accounts, outbox_folder};
use hikyaku_profile::{Prefs, SetUp, Value, WithoutTls, fix, rewrite};

const REAL: &[u8] = include_bytes!("thunderbird/profile/prefs.js");

fn real() -> Vec<SetUp> {
    accounts(&Prefs::parse(REAL))
}

fn shown(set_up: &SetUp) -> Vec<String> {
    let one = |set: &hikyaku_profile::SetServer| {
        let setting = &set.server.setting;
        let user = set.server.user.as_deref().unwrap_or("-");
        format!("{} {setting} {user} {}", setting.protocol.word(), set.sign_in.word())
    };
    set_up.servers.iter().map(one).collect()
}

#[test]
fn every_account_with_its_servers() {
    let prefs = Prefs::parse(REAL);
    assert_eq!(prefs.broken(), 0);
    assert!(prefs.len() > 200);
    let all = real();
    assert_eq!(all.len(), 3, "local folders, feeds and newsgroups are passed over: {all:#?}");
    assert_eq!(all[0].address.as_deref(), Some("taro@edo.test"));
    assert_eq!(all[0].label.as_deref(), Some("会社のメール"));
    assert_eq!(
        shown(&all[0]),
        [
            "pop3 mail.edo.test 110 (-) taro@edo.test password",
            "smtp mail.edo.test 25 (-) taro@edo.test password"
        ]
    );
    assert_eq!(
        shown(&all[1]),
        [
            "imap imap.kyoto.test 143 (STARTTLS) hanako@kyoto.test oauth2",
            "smtp smtp.kyoto.test 587 (STARTTLS) hanako@kyoto.test oauth2"
        ],
        "ports that are not written are the usual ones"
    );
    assert_eq!(
        shown(&all[2]),
        [
            "pop3 mail.edo.test 995 (SSL/TLS) jiro@edo.test password",
            "smtp mail.edo.test 25 (-) taro@edo.test password"
        ],
        "an identity without an outgoing server of its own has the one for all"
    );
    assert!(all[0].is_for("TARO@edo.test"));
}

#[test]
fn what_older_versions_wrote() {
    let old = br#"
user_pref("mail.accountmanager.accounts", "account1,account1,account9");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account1.identities", "id1,id2");
user_pref("mail.identity.id1.useremail", "taro@edo.test");
user_pref("mail.identity.id2.useremail", "info@edo.test");
user_pref("mail.identity.id2.smtpServer", "smtp2");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.hostname", "old.edo.test");
user_pref("mail.server.server1.realhostname", "IMAP.edo.test");
user_pref("mail.server.server1.userName", "old");
user_pref("mail.server.server1.realuserName", "taro");
user_pref("mail.server.server1.isSecure", true);
user_pref("mail.smtpservers", "smtp1,smtp2");
user_pref("mail.smtpserver.smtp1.hostname", "smtp.edo.test");
user_pref("mail.smtpserver.smtp1.try_ssl", 1);
user_pref("mail.smtpserver.smtp1.auth_method", 0);
user_pref("mail.smtpserver.smtp2.hostname", "smtp.edo.test");
user_pref("mail.smtpserver.smtp2.try_ssl", 3);
user_pref("mail.smtpserver.smtp2.port", 0);
"#;
    let all = accounts(&Prefs::parse(old));
    assert_eq!(all.len(), 2);
    assert_eq!(
        shown(&all[0]),
        ["imap imap.edo.test 993 (SSL/TLS) taro password", "smtp smtp.edo.test 587 (-) - none"]
    );
    assert_eq!(shown(&all[1])[1], "smtp smtp.edo.test 465 (SSL/TLS) - password");
}

#[test]
fn the_outbox_is_where_the_profile_says() {
    let prefs = Prefs::parse(REAL);
    let expected = "Mail/Local Folders/Unsent Messages";
    assert_eq!(outbox_folder(&prefs), Folder::InProfile(expected.to_owned()));
    assert_eq!(outbox_folder(&Prefs::default()), Folder::InProfile(expected.to_owned()));
    let elsewhere = Prefs::parse(b"user_pref(\"mail.root.none\", \"/srv/mail\");");
    let expected = "/srv/mail/Local Folders/Unsent Messages";
    assert_eq!(outbox_folder(&elsewhere), Folder::Elsewhere(expected.to_owned()));
}

fn change(field: &str, from: &str, to: &str) -> Change {
    Change { field: field.to_owned(), from: from.to_owned(), to: to.to_owned() }
}

fn finding(changes: Vec<Change>) -> Finding {
    let cause = Cause::proven(Code::SettingPortClosed);
    Finding { changes, ..Finding::new(cause, Direction::Send) }
}

#[test]
fn a_fix_changes_the_lines_concerned_and_no_other_octet() {
    let prefs = Prefs::parse(REAL);
    let findings = [
        finding(vec![change("smtp.port", "25", "465"), change("smtp.tls", "plain", "tls")]),
        finding(vec![change("smtp.port", "25", "587"), change("pop3.host", "mail.edo.test", "x")]),
    ];
    let fix = fix(&real()[0], &findings, &prefs).unwrap();
    assert_eq!(fix.left.len(), 1, "the folders hang on the host of the incoming server");
    let edits: Vec<_> = fix.edits.iter().map(|it| (it.name.as_str(), it.to.clone())).collect();
    assert_eq!(
        edits,
        [
            ("mail.smtpserver.smtp1.port", Value::Number(465)),
            ("mail.smtpserver.smtp1.try_ssl", Value::Number(3))
        ]
    );
    assert_eq!(fix.edits[0].from, Some(Value::Number(25)));
    let after = rewrite(REAL, &edits);
    let lines = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap();
    let (before, after) = (lines(REAL), lines(&after));
    let changed: Vec<_> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(
        changed,
        [
            (
                r#"user_pref("mail.smtpserver.smtp1.port", 25);"#,
                r#"user_pref("mail.smtpserver.smtp1.port", 465);"#
            ),
            (
                r#"user_pref("mail.smtpserver.smtp1.try_ssl", 0);"#,
                r#"user_pref("mail.smtpserver.smtp1.try_ssl", 3);"#
            )
        ]
    );
    assert_eq!(before.lines().count(), after.lines().count());
    assert_eq!(
        shown(&accounts(&Prefs::parse(after.as_bytes()))[0])[1],
        "smtp mail.edo.test 465 (SSL/TLS) taro@edo.test password"
    );
}

#[test]
fn nothing_is_changed_to_something_without_tls() {
    let prefs = Prefs::parse(REAL);
    let only_port = [finding(vec![change("smtp.port", "25", "587")])];
    let host = "mail.edo.test".to_owned();
    assert_eq!(fix(&real()[0], &only_port, &prefs), Err(WithoutTls { host: host.clone() }));
    let off = [finding(vec![change("pop3.tls", "tls", "plain")])];
    assert_eq!(fix(&real()[2], &off, &prefs), Err(WithoutTls { host }));
    let others = [finding(vec![change("imap.port", "110", "993"), change("smtp.port", "2", "3")])];
    assert_eq!(fix(&real()[0], &others, &prefs).unwrap().edits, []);
}
