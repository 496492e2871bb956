//! What a server means by refusing a sign-in. Words are compared in lower case; the codes alone
//! mean different things at different servers.

use hikyaku_cause::Code;

use crate::facts::Protocol;

/// The same, of POP3 alone: refusals that are about the mailbox, not about the account. `IN-USE` is
/// only said once the password was found right (RFC 2449 §8.1.1 and §8.1.2).
const OF_POP3: [(&[&str], Code); 3] = [
    // Some say so beside `IN-USE`.
    (&["too many failed", "too many login", "failed logins"], Code::AuthThrottled),
    (
        &["[login-delay]", "login delay", "minimum time between", "logins are too frequent"],
        Code::Pop3LoginDelay,
    ),
    (
        &[
            "[in-use]",
            "maildrop is locked",
            "maildrop locked",
            "maildrop already locked",
            "lock maildrop",
            "mailbox is locked",
            "mailbox locked",
            "mailbox already locked",
            "lock mailbox",
            "mailbox in use",
            "another session",
            "another pop3 session",
            "lock busy",
        ],
        Code::Pop3MaildropLocked,
    ),
];

/// Words, one of which a reply must hold, and what they mean; the first that fits counts.
const MEANINGS: [(&[&str], Code); 7] = [
    (
        &[
            "application-specific password",
            "app password",
            "app-specific password",
            "invalidsecondfactor",
            "アプリパスワード",
        ],
        Code::AuthAppPassword,
    ),
    (
        &[
            "basic authentication is disabled",
            "basic authentication is not supported",
            "basicauthblocked",
            "5.7.139",
            "oauth",
            "modern authentication",
        ],
        Code::AuthBasicDisabled,
    ),
    (
        &[
            "pop is disabled",
            "pop3 is disabled",
            "imap is disabled",
            "pop access is disabled",
            "imap access is disabled",
            "not enabled for imap",
            "not enabled for pop",
            "pop3 access",
            "imap access",
            "disabled for pop",
            "disabled for imap",
            "service is not enabled",
            "protocol disabled",
        ],
        Code::AuthServiceDisabled,
    ),
    (
        &[
            "locked",
            "suspended",
            "account disabled",
            "account is disabled",
            "deactivated",
            "web browser",
            "frozen",
        ],
        Code::AuthLocked,
    ),
    // RFC 3207 §4, RFC 4954 §6, RFC 5530 §3.
    (
        &[
            "must issue a starttls",
            "must issue starttls",
            "starttls first",
            "[privacyrequired]",
            "538 ",
        ],
        Code::AuthUnencrypted,
    ),
    (&["too many", "rate limit", "[limit]", "try again later", "throttl"], Code::AuthThrottled),
    (&["temporar", "[sys/temp]", "[unavailable]", "454 ", "421 "], Code::AuthTemporary),
];

/// What the words of a refusal mean.
pub(crate) fn meaning(protocol: Protocol, reply: &str) -> Code {
    let reply = reply.to_lowercase();
    let fits = |words: &[&str]| words.iter().any(|word| reply.contains(word));
    let own: &[_] = if protocol == Protocol::Pop3 { &OF_POP3 } else { &[] };
    let mut all = own.iter().chain(&MEANINGS);
    all.find(|(words, _)| fits(words)).map_or(Code::AuthFailed, |(_, code)| *code)
}

/// Whether a refusal says nothing about the password, so that it may still be right elsewhere.
pub(crate) fn leaves_password_open(code: Code) -> bool {
    matches!(
        code,
        Code::Pop3LoginDelay
            | Code::Pop3MaildropLocked
            | Code::AuthServiceDisabled
            | Code::AuthTemporary
            | Code::AuthUnencrypted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_not_codes() {
        let table = [
            ("535 5.7.8 Error: authentication failed", Code::AuthFailed),
            ("534-5.7.9 Application-specific password required", Code::AuthAppPassword),
            (
                "535 5.7.139 Authentication unsuccessful, basic authentication is disabled",
                Code::AuthBasicDisabled,
            ),
            ("-ERR [SYS/PERM] POP3 is disabled for your account", Code::AuthServiceDisabled),
            ("NO [ALERT] Please log in via your web browser", Code::AuthLocked),
            ("454 4.7.0 Too many login attempts, please try again later", Code::AuthThrottled),
            ("454 4.7.0 Temporary authentication failure", Code::AuthTemporary),
            ("-ERR [AUTH] Authentication failed.", Code::AuthFailed),
            ("-ERR [IN-USE] Unable to lock maildrop", Code::Pop3MaildropLocked),
            ("-ERR [IN-USE] Too many failed logins, try again later", Code::AuthThrottled),
            ("-ERR [SYS/TEMP] mailbox is locked by another session", Code::Pop3MaildropLocked),
            ("-ERR maildrop already locked", Code::Pop3MaildropLocked),
            ("-ERR [LOGIN-DELAY] minimum time between checks", Code::Pop3LoginDelay),
            ("-ERR Your account is locked", Code::AuthLocked),
            ("530 5.7.0 Must issue a STARTTLS command first", Code::AuthUnencrypted),
        ];
        for (reply, code) in table {
            let protocol = if reply.starts_with("-ERR") { Protocol::Pop3 } else { Protocol::Smtp };
            assert_eq!(meaning(protocol, reply), code, "{reply}");
        }
        // At SMTP no mailbox is opened: there it is the account.
        assert_eq!(meaning(Protocol::Smtp, "535 mailbox is locked"), Code::AuthLocked);
    }
}
