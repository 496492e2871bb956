//! The client's messages of SCRAM, and what is kept of a password.

use hikyaku_sasl::{ScramFirst, ScramMessage, ScramVerifier, prepared};

/// The octets of the connection.
const EXPORTER: &[u8] = b"0123456789abcdef0123456789abcdef";

/// What holds of any messages: the first line is the client's first, the second its last.
pub fn check(input: &[u8]) {
    let (first, last) = match input.iter().position(|octet| *octet == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[][..]),
    };
    for is_plus in [false, true] {
        for exporter in [None, Some(EXPORTER)] {
            dialogue((first, is_plus, exporter), last);
        }
    }
    if let Some(verifier) = std::str::from_utf8(input).ok().and_then(ScramVerifier::parse) {
        assert_eq!(ScramVerifier::parse(&verifier.to_string()), Some(verifier));
    }
    let _ = prepared(input);
}

fn dialogue((first, is_plus, exporter): (&[u8], bool, Option<&[u8]>), last: &[u8]) {
    let octets = first.to_vec();
    let Ok(first) = ScramFirst::parse(&ScramMessage { is_plus, octets }, exporter) else { return };
    assert!(!is_plus || exporter.is_some(), "bound to nothing");
    assert!(!first.user.contains('\0'));
    let verifier = ScramVerifier::nobody(&first.user, b"secret");
    let (awaited, said) = first.challenge(verifier, "nonce");
    assert!(said.is_ascii() && said.contains("nonce,s="), "{said}");
    // Nobody's password is known.
    assert!(!matches!(awaited.verify(last), Ok(Some(_))));
}
