//! AUTH (RFC 4954), over TLS only.

use hikyaku_cause::{Code, Evidence, Phase, Reply};
use hikyaku_sasl::{login_response, plain_response};

use super::{After, Client, Expect, Out};

impl Client {
    pub(super) fn sign_in(&mut self, out: &mut Out) {
        let Some((user, password)) = &self.settings.sign_in else { return self.ready(out) };
        if !self.encrypted {
            // No password leaves without TLS.
            return self.end(self.cause(Code::PeerTlsMissing), After::Quit, out);
        }
        if self.capabilities.signs_in_by("PLAIN") {
            let response = plain_response(user, password);
            out.say("AUTH PLAIN ");
            self.command(response.expose(), Expect::Plain, out);
        } else if self.capabilities.signs_in_by("LOGIN") {
            self.command("AUTH LOGIN", Expect::LoginUser, out);
        } else {
            self.end(self.cause(Code::PeerAuthMissing), After::Quit, out);
        }
    }

    pub(super) fn sign_in_answered(&mut self, expect: Expect, reply: Reply, out: &mut Out) {
        let Some((user, password)) = self.settings.sign_in.clone() else { return self.ready(out) };
        match (expect, reply.code) {
            (Expect::LoginUser, 334) => {
                let response = login_response(user.as_bytes());
                self.command(response.expose(), Expect::LoginPassword, out);
            }
            (Expect::LoginPassword, 334) => {
                let response = login_response(password.expose());
                self.command(response.expose(), Expect::SignedIn, out);
            }
            (Expect::Plain | Expect::SignedIn, 235) => self.ready(out),
            (_, 500..) => {
                let cause = self.cause(Code::PeerAuthRefused);
                let cause = cause.with(Evidence::Account { name: user });
                let cause = cause.with(Evidence::Reply { phase: Phase::Auth, reply });
                self.end(cause, After::Quit, out);
            }
            _ => self.end(self.refused(expect, reply), After::Quit, out),
        }
    }
}
