//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677), the server's side: the password itself
//! never comes, and what is kept of it verifies only.
//!
//! What is kept is guessed faster than an argon2id hash, should it be stolen: so it is there only
//! for accounts that ask for it. The `-PLUS` form is bound to the TLS connection: a sign-in that
//! somebody in between passes on is bound to another one, and worth nothing (RFC 5802 §6).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::exchange::ScramMessage;
use crate::fault::Fault;
use crate::verifier::{Key, ScramVerifier};

/// The one way to bind a sign-in to a connection that is known here (RFC 9266).
pub(crate) const TLS_EXPORTER: &str = "tls-exporter";

/// The client's first message: who wants in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScramFirst {
    /// Whom to act as, if that is not the user (authzid).
    pub authorization: Option<String>,
    /// Whose password it is (authcid).
    pub user: String,
    /// The message without its header for channel bindings.
    bare: String,
    bound: Bound,
    nonce: String,
}

/// What the client's last message repeats (RFC 5802 §5.1, `c`): the header of its first, and the
/// connection's own octets where it is bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    header: String,
    channel: Vec<u8>,
}

impl Bound {
    /// RFC 5802 §6: what the client says of binding against what this connection has. `exporter`
    /// are the octets of RFC 9266, where TLS has them; the `-PLUS` form was then offered.
    fn judge(
        (flag, acting): (&str, &str),
        is_plus: bool,
        exporter: Option<&[u8]>,
    ) -> Result<Self, Fault> {
        let channel = match (flag.strip_prefix("p="), is_plus) {
            (Some(name), true) if name == TLS_EXPORTER => {
                exporter.ok_or(Fault::BindingUnknown)?.to_vec()
            }
            (Some(name), true) if is_binding_name(name) => return Err(Fault::BindingUnknown),
            (None, false) if flag == "n" => Vec::new(),
            // The client can bind, and was not told that we can: somebody has cut the offer down.
            (None, false) if flag == "y" && exporter.is_some() => return Err(Fault::BindingHidden),
            (None, false) if flag == "y" => Vec::new(),
            _ => return Err(Fault::Malformed),
        };
        Ok(Self { header: format!("{flag},{acting},"), channel })
    }

    /// Whether the client's last message repeats just this.
    fn check(&self, said: &str) -> Result<(), Fault> {
        let said = STANDARD.decode(said).map_err(|_| Fault::Malformed)?;
        match said.strip_prefix(self.header.as_bytes()) {
            Some(channel) if channel == self.channel => Ok(()),
            Some(_) if !self.channel.is_empty() => Err(Fault::BindingMismatch),
            _ => Err(Fault::Malformed),
        }
    }
}

impl ScramFirst {
    /// Reads it (RFC 5802 §7, `client-first-message`), on a connection with these octets to bind to
    /// (RFC 9266), if it has any.
    pub fn parse(message: &ScramMessage, exporter: Option<&[u8]>) -> Result<Self, Fault> {
        let text = std::str::from_utf8(&message.octets).map_err(|_| Fault::NotUtf8)?;
        let mut parts = text.splitn(3, ',');
        let (Some(flag), Some(acting), Some(bare)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(Fault::Malformed);
        };
        let authorization = match acting {
            "" => None,
            acting => Some(name(acting.strip_prefix("a=").ok_or(Fault::Malformed)?)?),
        };
        let mut attributes = bare.split(',');
        let user =
            attributes.next().and_then(|it| it.strip_prefix("n=")).ok_or(Fault::Malformed)?;
        let nonce = attributes.next().and_then(|it| it.strip_prefix("r="));
        let nonce = nonce.filter(|it| is_nonce(it)).ok_or(Fault::Malformed)?;
        Ok(Self {
            authorization,
            user: name(user)?,
            bare: bare.to_owned(),
            bound: Bound::judge((flag, acting), message.is_plus, exporter)?,
            nonce: nonce.to_owned(),
        })
    }

    /// The server's answer, and what awaits the client's. `nonce` is random and printable, without
    /// a comma.
    pub fn challenge(self, verifier: ScramVerifier, nonce: &str) -> (ScramFinal, String) {
        let nonce = format!("{}{nonce}", self.nonce);
        let (salt, iterations) = (STANDARD.encode(&verifier.salt), verifier.iterations);
        let said = format!("r={nonce},s={salt},i={iterations}");
        let begun = format!("{},{said}", self.bare);
        (ScramFinal { bound: self.bound, nonce, begun, verifier }, said)
    }
}

/// Awaits the client's proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScramFinal {
    bound: Bound,
    nonce: String,
    /// What was said so far, of which both sides make their proof.
    begun: String,
    verifier: ScramVerifier,
}

impl ScramFinal {
    /// Reads the proof (RFC 5802 §7, `client-final-message`). Returns what proves that the server
    /// knows the password too; nothing where the client's proof is not right.
    pub fn verify(&self, message: &[u8]) -> Result<Option<String>, Fault> {
        let text = std::str::from_utf8(message).map_err(|_| Fault::NotUtf8)?;
        let (said, proof) = text.rsplit_once(",p=").ok_or(Fault::Malformed)?;
        let mut attributes = said.split(',');
        let bound = attributes.next().and_then(|it| it.strip_prefix("c="));
        let nonce = attributes.next().and_then(|it| it.strip_prefix("r="));
        self.bound.check(bound.ok_or(Fault::Malformed)?)?;
        if nonce != Some(&self.nonce) {
            return Err(Fault::Malformed);
        }
        let proof: Key = STANDARD
            .decode(proof)
            .map_err(|_| Fault::NotBase64)?
            .try_into()
            .map_err(|_| Fault::Malformed)?;
        let all = format!("{},{said}", self.begun);
        let answer = self.verifier.answer(all.as_bytes(), &proof);
        Ok(answer.map(|signature| format!("v={}", STANDARD.encode(signature))))
    }
}

/// RFC 5802 §5.1: in names `,` and `=` are written `=2C` and `=3D`.
fn name(text: &str) -> Result<String, Fault> {
    let mut parts = text.split('=');
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (letter, rest) = match (part.strip_prefix("2C"), part.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return Err(Fault::Malformed),
        };
        found.push(letter);
        found.push_str(rest);
    }
    if found.contains('\0') { Err(Fault::Malformed) } else { Ok(found) }
}

fn is_nonce(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic())
}

/// RFC 5802 §7, `cb-name`.
fn is_binding_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || b".-".contains(&it))
}

#[cfg(test)]
#[path = "scram_tests.rs"]
mod tests;
