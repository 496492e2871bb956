//! What the client says: the responses of PLAIN and LOGIN, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// The initial response of PLAIN (RFC 4616 §2), without an authorisation identity.
pub fn plain_response(user: &str, password: &Secret) -> Secret {
    let mut message = Zeroizing::new(Vec::with_capacity(user.len() + password.expose().len() + 2));
    message.push(0);
    message.extend_from_slice(user.as_bytes());
    message.push(0);
    message.extend_from_slice(password.expose());
    Secret::new(STANDARD.encode(message.as_slice()).as_bytes())
}

/// One response of LOGIN: the user name, or the password.
pub fn login_response(text: &[u8]) -> Secret {
    Secret::new(STANDARD.encode(text).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let password = Secret::new(b"tanstaaftanstaaf");
        // RFC 4616 §4, the example of tim.
        assert_eq!(plain_response("tim", &password).expose(), b"AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
        assert_eq!(login_response(b"tim").expose(), b"dGlt");
    }
}
