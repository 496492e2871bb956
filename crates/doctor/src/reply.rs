//! What a server means by refusing a sign-in. Words are compared in lower case; the codes alone
//! mean different things at different servers.

use hikyaku_cause::Code;

/// Words, one of which a reply must hold, and what they mean; the first that fits counts.
const MEANINGS: [(&[&str], Code); 6] = [
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
    (&["too many", "rate limit", "[limit]", "try again later", "throttl"], Code::AuthThrottled),
    (&["temporar", "[sys/temp]", "[unavailable]", "454 ", "421 "], Code::AuthTemporary),
];

/// What the words of a refusal mean.
pub(crate) fn meaning(reply: &str) -> Code {
    let reply = reply.to_lowercase();
    let fits = |words: &[&str]| words.iter().any(|word| reply.contains(word));
    MEANINGS.iter().find(|(words, _)| fits(words)).map_or(Code::AuthFailed, |(_, code)| *code)
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
        ];
        for (reply, code) in table {
            assert_eq!(meaning(reply), code, "{reply}");
        }
    }
}
