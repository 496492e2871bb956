//! A profile of Thunderbird that somebody passed on: its preferences, and its outbox.

use hikyaku_profile::{Prefs, Value, outbox, rewrite, thunderbird};

/// What holds of any file.
pub fn check(input: &[u8]) {
    let prefs = Prefs::parse(input);
    let accounts = thunderbird::accounts(&prefs);
    for account in &accounts {
        assert!(!account.servers.is_empty(), "an account has a server");
        assert!(account.given().iter().all(|server| server.setting.port > 0));
    }
    let _folder = thunderbird::outbox_folder(&prefs);
    assert_eq!(rewrite(input, &[]), input, "nothing changes by itself");
    let mut names: Vec<String> = prefs.names().map(str::to_owned).collect();
    names.sort();
    // A value written again is the same value, and no other one has changed.
    for name in names.iter().take(4) {
        let text = Value::Text("q\"\\\n\r'江".to_owned());
        let after = Prefs::parse(&rewrite(input, &[(name, text.clone())]));
        assert_eq!(after.value(name), Some(&text), "{name:?}");
        assert_eq!(after.broken(), prefs.broken(), "{name:?}");
        for other in names.iter().filter(|other| *other != name) {
            assert_eq!(after.value(other), prefs.value(other), "{other:?} for {name:?}");
        }
    }
    let waiting = outbox(input, |_| true).unwrap_or_default();
    assert!(waiting.octets <= input.len() as u64);
    assert!(waiting.mails.len() as u64 <= waiting.waiting);
}
