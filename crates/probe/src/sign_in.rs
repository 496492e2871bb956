//! One attempt to sign in, over TLS whose certificate holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hikyaku_doctor::{Attempt, Ended, Facts, Protocol, SignIn, SignInOutcome, TlsMode, Trust};
use hikyaku_sasl::Secret;

use crate::conversation::{Conversation, Silence};
use crate::door::offers;
use crate::tls::secure;
use crate::{CONNECT, PATIENCE, SIGN_IN, Shared};

/// Makes the attempt.
pub(crate) async fn attempt(
    shared: &Shared,
    facts: &Facts,
    attempt: Attempt,
    password: &Secret,
) -> SignIn {
    let Attempt { setting, user } = attempt;
    let tried = Trial { shared, facts, password, setting: &setting, user: &user };
    let outcome = tried.make().await.unwrap_or(SignInOutcome::Broken);
    SignIn { setting, user, outcome }
}

/// A session of somebody whose sign-in was accepted before.
pub(crate) async fn session(
    shared: &Shared,
    facts: &Facts,
    accepted: &SignIn,
    password: &Secret,
) -> Option<Conversation> {
    let (setting, user) = (&accepted.setting, &accepted.user);
    let trial = Trial { shared, facts, password, setting, user };
    let mut talk = trial.open().await.ok()??;
    let offers = offers(setting.protocol, &mut talk).await.ok()?;
    let outcome = trial.sign_in(&mut talk, &offers).await;
    (outcome.ok()? == SignInOutcome::In).then_some(talk)
}

struct Trial<'a> {
    shared: &'a Shared,
    facts: &'a Facts,
    password: &'a Secret,
    setting: &'a hikyaku_doctor::Setting,
    user: &'a str,
}

impl Trial<'_> {
    async fn make(&self) -> Result<SignInOutcome, Silence> {
        let Some(mut talk) = self.open().await? else { return Ok(SignInOutcome::Broken) };
        let offers = offers(self.setting.protocol, &mut talk).await?;
        let outcome = self.sign_in(&mut talk, &offers).await;
        // Nothing depends on it.
        let word = if self.setting.protocol == Protocol::Imap { "l2 LOGOUT" } else { "QUIT" };
        let _said = talk.say(word).await;
        outcome
    }

    async fn sign_in(
        &self,
        talk: &mut Conversation,
        offers: &[String],
    ) -> Result<SignInOutcome, Silence> {
        match self.setting.protocol {
            Protocol::Smtp => self.smtp(talk, offers).await,
            Protocol::Pop3 => self.pop3(talk).await,
            Protocol::Imap => self.imap(talk, offers).await,
        }
    }

    /// A dialogue within TLS; nothing where its certificate does not hold.
    async fn open(&self) -> Result<Option<Conversation>, Silence> {
        let door = self.facts.door(&self.setting.host, self.setting.port);
        let open = door.and_then(|door| door.connects.iter().find(|it| it.ended == Ended::Open));
        let Some(peer) = open.map(|connect| connect.peer) else { return Ok(None) };
        let stream = hikyaku_net::reach(peer, CONNECT).await.0.map_err(|_| Silence::Closed)?;
        let mut stream: Box<dyn crate::conversation::Stream> = Box::new(stream);
        if self.setting.tls == TlsMode::Starttls {
            let mut talk = Conversation::over(stream, PATIENCE);
            self.greeting(&mut talk).await?;
            let protocol = self.setting.protocol;
            if protocol == Protocol::Smtp {
                offers(protocol, &mut talk).await?;
            }
            match protocol {
                Protocol::Smtp => {
                    talk.say("STARTTLS").await?;
                    talk.reply().await?;
                }
                Protocol::Pop3 => {
                    talk.say("STLS").await?;
                    talk.line().await?;
                }
                Protocol::Imap => {
                    talk.say("s1 STARTTLS").await?;
                    talk.until_tag("s1 ").await?;
                }
            }
            stream = talk.into_stream();
        }
        let secured = secure(&self.shared.roots, stream, &self.setting.host).await;
        let Ok((stream, secured)) = secured else { return Ok(None) };
        if secured.trust != Trust::Holds {
            return Ok(None);
        }
        let mut talk = Conversation::over(stream, SIGN_IN);
        if self.setting.tls == TlsMode::Implicit {
            self.greeting(&mut talk).await?;
        }
        Ok(Some(talk))
    }

    /// Whoever does not bid welcome is not asked: that is no session.
    async fn greeting(&self, talk: &mut Conversation) -> Result<(), Silence> {
        let (line, welcome): (_, &[&str]) = match self.setting.protocol {
            Protocol::Smtp => (talk.reply().await?.swap_remove(0), &["2"]),
            Protocol::Pop3 => (talk.line().await?, &["+OK"]),
            Protocol::Imap => (talk.line().await?, &["* OK", "* PREAUTH"]),
        };
        if welcome.iter().any(|word| line.starts_with(word)) {
            Ok(())
        } else {
            Err(Silence::Closed)
        }
    }

    /// RFC 4616.
    fn plain(&self) -> String {
        let octets = [b"\0", self.user.as_bytes(), b"\0", self.password.expose()].concat();
        STANDARD.encode(octets)
    }

    async fn smtp(
        &self,
        talk: &mut Conversation,
        offers: &[String],
    ) -> Result<SignInOutcome, Silence> {
        let ways = offers
            .iter()
            .find_map(|offer| offer.to_ascii_uppercase().strip_prefix("AUTH").map(str::to_owned));
        let ways = ways.unwrap_or_default();
        let has = |way: &str| ways.split([' ', '=']).any(|it| it == way);
        let reply = if has("PLAIN") {
            talk.say(&format!("AUTH PLAIN {}", self.plain())).await?;
            talk.reply().await?
        } else if has("LOGIN") {
            talk.say("AUTH LOGIN").await?;
            talk.reply().await?;
            talk.say(&STANDARD.encode(self.user)).await?;
            talk.reply().await?;
            talk.say(&STANDARD.encode(self.password.expose())).await?;
            talk.reply().await?
        } else {
            return Ok(SignInOutcome::NoWay);
        };
        let text = reply.join(" ");
        Ok(if text.starts_with("235") { SignInOutcome::In } else { SignInOutcome::Refused(text) })
    }

    async fn pop3(&self, talk: &mut Conversation) -> Result<SignInOutcome, Silence> {
        talk.say(&format!("USER {}", self.user)).await?;
        let mut answer = talk.line().await?;
        if answer.starts_with("+OK") {
            let password = String::from_utf8_lossy(self.password.expose()).into_owned();
            talk.say(&format!("PASS {password}")).await?;
            answer = talk.line().await?;
        }
        Ok(if answer.starts_with("+OK") {
            SignInOutcome::In
        } else {
            SignInOutcome::Refused(answer)
        })
    }

    async fn imap(
        &self,
        talk: &mut Conversation,
        offers: &[String],
    ) -> Result<SignInOutcome, Silence> {
        let has = |word: &str| offers.iter().any(|offer| offer.eq_ignore_ascii_case(word));
        let lines = if has("AUTH=PLAIN") {
            talk.say("l1 AUTHENTICATE PLAIN").await?;
            let asked = talk.line().await?;
            if asked.starts_with('+') {
                talk.say(&self.plain()).await?;
                talk.until_tag("l1 ").await?
            } else {
                vec![asked]
            }
        } else if has("LOGINDISABLED") {
            return Ok(SignInOutcome::NoWay);
        } else {
            let password = String::from_utf8_lossy(self.password.expose()).into_owned();
            talk.say(&format!("l1 LOGIN {} {}", quoted(self.user), quoted(&password))).await?;
            talk.until_tag("l1 ").await?
        };
        let last = lines.last().cloned().unwrap_or_default();
        Ok(match last.strip_prefix("l1 ") {
            Some(words) if words.starts_with("OK") => SignInOutcome::In,
            Some(words) => SignInOutcome::Refused(words.to_owned()),
            None => SignInOutcome::Refused(last),
        })
    }
}

/// RFC 3501 §4.3.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
