//! AUTH (RFC 4954), over TLS only.

use hikyaku_cause::{Code, Evidence, Phase, Reply};
use hikyaku_sasl::{login_response, plain_response};

use super::{Client, Expect, Out};

impl Client {
    pub(super) fn sign_in(&mut self, out: &mut Out) {
        let Some((user, password)) = &self.settings.sign_in else { return self.ready(out) };
        if !self.encrypted {
            // No password leaves without TLS.
            return self.end(self.cause(Code::PeerTlsMissing), out);
        }
        if self.capabilities.signs_in_by("PLAIN") {
            let response = plain_response(user, password);
            let text = format!("AUTH PLAIN {}", String::from_utf8_lossy(response.expose()));
            self.command(&text, Expect::Plain, out);
        } else if self.capabilities.signs_in_by("LOGIN") {
            self.command("AUTH LOGIN", Expect::LoginUser, out);
        } else {
            self.end(self.cause(Code::PeerAuthMissing), out);
        }
    }

    pub(super) fn sign_in_answered(&mut self, expect: Expect, reply: Reply, out: &mut Out) {
        let Some((user, password)) = self.settings.sign_in.clone() else { return self.ready(out) };
        match (expect, reply.code) {
            (Expect::LoginUser, 334) => {
                let response = login_response(user.as_bytes());
                let text = String::from_utf8_lossy(response.expose()).into_owned();
                self.command(&text, Expect::LoginPassword, out);
            }
            (Expect::LoginPassword, 334) => {
                let response = login_response(password.expose());
                let text = String::from_utf8_lossy(response.expose()).into_owned();
                self.command(&text, Expect::SignedIn, out);
            }
            (Expect::Plain | Expect::SignedIn, 235) => self.ready(out),
            (_, 500..) => {
                let cause = self.cause(Code::PeerAuthRefused);
                let cause = cause.with(Evidence::Account { name: user });
                self.end(cause.with(Evidence::Reply { phase: Phase::Auth, reply }), out);
            }
            _ => self.end(self.refused(expect, reply), out),
        }
    }
}
