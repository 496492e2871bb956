//! Which sign-in to try next, so that no account is ever locked.

use hikyaku_cause::Code;

use crate::account::Account;
use crate::facts::{Facts, Protocol, Server, Setting, SignIn, SignInOutcome, TlsMode, Trust};
use crate::reply::{leaves_password_open, meaning};

/// A run collects at most so many refusals.
const REFUSALS: usize = 2;

/// A sign-in to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Where.
    pub setting: Setting,
    /// With which user name.
    pub user: String,
}

/// The next one, if any. A password leaves only over TLS whose certificate holds; one that was
/// refused is not repeated at the same service with the same name. Where a refusal is no statement
/// about the password, the other services are still tried.
pub fn next_sign_in(facts: &Facts, account: &Account) -> Option<Attempt> {
    if !facts.with_password {
        return None;
    }
    let refused: Vec<&SignIn> = facts.sign_ins.iter().filter(|it| is_about_password(it)).collect();
    // Only a plain "wrong" may have come from the form of the user name.
    let is_open = refused.iter().all(|it| meaning_of(it) == Code::AuthFailed);
    if refused.len() >= REFUSALS || !is_open {
        return None;
    }
    let accepted = facts.sign_ins.iter().find(|it| it.outcome == SignInOutcome::In);
    for protocol in [Protocol::Imap, Protocol::Pop3, Protocol::Smtp] {
        let Some(setting) = sound(facts, protocol) else { continue };
        let tried: Vec<&SignIn> =
            facts.sign_ins.iter().filter(|it| it.setting == setting).collect();
        if !tried.iter().all(|it| is_about_password(it)) {
            continue;
        }
        let users = match accepted {
            Some(accepted) if tried.is_empty() => vec![accepted.user.clone()],
            // The password was right elsewhere; here it is not a matter of the name.
            Some(_) => continue,
            None => account.users(known_user(facts, &setting)),
        };
        let user = users.into_iter().find(|user| tried.iter().all(|it| it.user != *user));
        if let Some(user) = user {
            return Some(Attempt { setting, user });
        }
    }
    None
}

/// The user name at this server, where the servers were found and it came with them.
fn known_user<'a>(facts: &'a Facts, setting: &Setting) -> Option<&'a str> {
    let at = |server: &&Server| {
        server.setting.protocol == setting.protocol && server.setting.host == setting.host
    };
    facts.servers.iter().find(at).and_then(|server| server.user.as_deref())
}

pub(crate) fn is_refused(sign_in: &SignIn) -> bool {
    matches!(sign_in.outcome, SignInOutcome::Refused(_))
}

fn is_about_password(sign_in: &SignIn) -> bool {
    is_refused(sign_in) && !leaves_password_open(meaning_of(sign_in))
}

pub(crate) fn meaning_of(sign_in: &SignIn) -> Code {
    match &sign_in.outcome {
        SignInOutcome::Refused(reply) => meaning(sign_in.setting.protocol, reply),
        _ => Code::AuthFailed,
    }
}

/// The server of a protocol to sign in to: as it is set where that is sound, else its best port.
pub(crate) fn sound(facts: &Facts, protocol: Protocol) -> Option<Setting> {
    let servers =
        || facts.servers.iter().map(|it| &it.setting).filter(|it| it.protocol == protocol);
    let as_set = servers().find(|setting| {
        let holds = holds(facts, &setting.host, setting.port, setting.tls);
        holds && !(protocol == Protocol::Smtp && setting.port == 25)
    });
    as_set.cloned().or_else(|| servers().find_map(|setting| best(facts, setting)))
}

/// The best port of a server's host at which TLS is sound.
pub(crate) fn best(facts: &Facts, setting: &Setting) -> Option<Setting> {
    let ports = setting.protocol.ports().iter().filter(|(port, _)| *port != 25);
    let mut sound = ports.filter(|(port, mode)| holds(facts, &setting.host, *port, *mode));
    let (port, tls) = sound.next()?;
    Some(Setting { port: *port, tls: *tls, ..setting.clone() })
}

/// The best port of a server's host at which TLS is spoken, whether its certificate holds or not.
pub(crate) fn best_door(facts: &Facts, setting: &Setting) -> Option<Setting> {
    best(facts, setting).or_else(|| {
        let mut ports = setting.protocol.ports().iter().filter(|(port, _)| *port != 25);
        let (port, tls) = ports.find(|(port, mode)| {
            facts.door(&setting.host, *port).is_some_and(|door| door.mode() == Some(*mode))
        })?;
        Some(Setting { port: *port, tls: *tls, ..setting.clone() })
    })
}

fn holds(facts: &Facts, host: &str, port: u16, tls: TlsMode) -> bool {
    facts.door(host, port).is_some_and(|door| {
        door.mode() == Some(tls) && door.secured().is_some_and(|it| it.trust == Trust::Holds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Given;
    use crate::facts::{Door, Secured, Source, Spoken};

    /// POP3 and SMTP at one host, whose certificate holds; POP3 has answered this.
    fn after(reply: &str) -> Option<Attempt> {
        let mut facts = Facts::new("taro@edo.test");
        facts.with_password = true;
        for (protocol, port) in [(Protocol::Smtp, 465), (Protocol::Pop3, 995)] {
            let (host, tls) = ("mail.edo.test".to_owned(), TlsMode::Implicit);
            let setting = Setting { protocol, host: host.clone(), port, tls };
            facts.servers.push(Server::new(setting, Source::Given));
            let (version, trust) = ("TLSv1.3".to_owned(), Trust::Holds);
            let implicit = Some(Secured { version, chain: Vec::new(), trust });
            let spoken = Some(Spoken { implicit, ..Spoken::default() });
            facts.doors.push(Door { host, port, protocol, connects: Vec::new(), spoken });
        }
        let given = Given::default();
        let account = Account { address: facts.address.clone(), user: None, given };
        let first = next_sign_in(&facts, &account).unwrap();
        assert_eq!(first.setting.protocol, Protocol::Pop3);
        let outcome = SignInOutcome::Refused(reply.to_owned());
        facts.sign_ins.push(SignIn { setting: first.setting, user: first.user, outcome });
        next_sign_in(&facts, &account)
    }

    #[test]
    fn what_says_nothing_of_the_password_leaves_sending_to_be_tried() {
        for reply in [
            "-ERR [IN-USE] Do you have another POP session running?",
            "-ERR [LOGIN-DELAY] too soon",
            "-ERR [SYS/PERM] POP3 is disabled for your account",
            "-ERR [SYS/TEMP] not now",
        ] {
            let next = after(reply).unwrap();
            assert_eq!(next.setting.protocol, Protocol::Smtp, "{reply}");
            assert_eq!(next.user, "taro@edo.test");
        }
    }

    #[test]
    fn a_refused_password_is_not_tried_elsewhere() {
        // The other form of the name, at the same service.
        let next = after("-ERR [AUTH] wrong").unwrap();
        assert_eq!((next.setting.protocol, next.user.as_str()), (Protocol::Pop3, "taro"));
        for reply in ["-ERR account is locked", "-ERR too many failed sign-ins"] {
            assert_eq!(after(reply), None, "{reply}");
        }
    }
}
