//! Sign-in by SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 7677): three messages of the client, two of
//! ours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hikyaku_cause::Cause;
use hikyaku_guard::Attempt;
use hikyaku_net::Exporter;
use hikyaku_sasl::{Fault, ScramFinal, ScramFirst, ScramMessage, ScramVerifier};
use hikyaku_store::{Account, Store};

use super::{NAME_CHARACTERS, SignIn, Visit, acts_for_itself, failed, known};
use crate::random::{NoRandom, random};

/// Where the exchange of a connection stands.
#[derive(Debug, Default)]
pub(crate) enum Scram {
    #[default]
    Begin,
    /// The client's proof is awaited.
    Prove(Box<(ScramFirst, ScramFinal)>),
    /// The client has proven who it is, and hears our proof.
    Proven(Box<Account>),
}

/// What follows a message.
pub(crate) enum ScramStep {
    /// This goes to the client, in base64.
    Challenge(String),
    SignedIn(Box<Account>),
}

impl SignIn {
    /// Takes the client's next message. One that begins anew begins anew: the wire passes on what
    /// belongs to one exchange only.
    pub(crate) async fn scram(
        &self,
        store: &Store,
        visit: &Visit,
        state: &mut Scram,
        message: &ScramMessage,
    ) -> Result<ScramStep, Cause> {
        // RFC 5802 §7: only the first message begins with what is said of binding.
        let begins = matches!(message.octets.first(), Some(b'n' | b'y' | b'p'));
        match std::mem::take(state) {
            Scram::Prove(open) if !begins => {
                self.prove(store, visit, (state, *open), &message.octets)
            }
            Scram::Proven(account) if message.octets.is_empty() => Ok(ScramStep::SignedIn(account)),
            _ => self.begin(store, visit, state, message).await,
        }
    }

    async fn begin(
        &self,
        store: &Store,
        visit: &Visit,
        state: &mut Scram,
        message: &ScramMessage,
    ) -> Result<ScramStep, Cause> {
        let exporter = visit.exporter.as_ref().map(Exporter::octets);
        let first = ScramFirst::parse(message, exporter).map_err(|fault| refused(visit, fault))?;
        let name = shortened(&first.user);
        let (account, one) = known(store, &name)?;
        if let Err(cause) = acts_for_itself(first.authorization.as_deref(), &first.user) {
            let outcome = Err(cause);
            Self::note(store, visit, &name, (account.as_ref(), &outcome));
            outcome?;
        }
        self.wait_in_line(Attempt::by_proof(visit.peer.ip, &one)).await?;
        let kept = account.and_then(|account| ScramVerifier::parse(&account.scram?));
        // Whether there is such an account, and whether it signs in this way, is not told.
        let verifier = kept.unwrap_or_else(|| ScramVerifier::nobody(&one, &self.names));
        let nonce: [u8; 16] = random().map_err(NoRandom::cause)?;
        let (last, said) = first.clone().challenge(verifier, &STANDARD.encode(nonce));
        *state = Scram::Prove(Box::new((first, last)));
        Ok(ScramStep::Challenge(STANDARD.encode(said)))
    }

    fn prove(
        &self,
        store: &Store,
        visit: &Visit,
        (state, (first, last)): (&mut Scram, (ScramFirst, ScramFinal)),
        message: &[u8],
    ) -> Result<ScramStep, Cause> {
        let proof = last.verify(message).map_err(|fault| refused(visit, fault))?;
        let name = shortened(&first.user);
        let (account, one) = known(store, &name)?;
        let attempt = Attempt::by_proof(visit.peer.ip, &one);
        let is_right = proof.is_some();
        let outcome = self.settle(attempt, account.as_ref().filter(|_| is_right), message);
        Self::note(store, visit, &name, (account.as_ref(), &outcome));
        outcome?;
        let (Some(account), Some(proof)) = (account, proof) else { return Err(failed(&name)) };
        *state = Scram::Proven(Box::new(account));
        Ok(ScramStep::Challenge(STANDARD.encode(proof)))
    }
}

/// What is wrong with a message. A sign-in that is bound to another connection, or that was kept
/// from being bound to this one, may be an attack: the log tells from where it came.
fn refused(visit: &Visit, fault: Fault) -> Cause {
    let cause = fault.cause();
    if matches!(fault, Fault::BindingMismatch | Fault::BindingHidden) {
        tracing::warn!(code = %cause.code, peer = %visit.peer.ip, "sign-in refused");
    }
    cause
}

fn shortened(name: &str) -> String {
    name.chars().take(NAME_CHARACTERS).collect()
}
