use std::num::NonZeroU32;

use super::*;
use crate::verifier::tests::{few, proof};

fn message(text: &str) -> ScramMessage {
    ScramMessage { is_plus: false, octets: text.as_bytes().to_vec() }
}

fn plus(text: &str) -> ScramMessage {
    ScramMessage { is_plus: true, ..message(text) }
}

const EXPORTER: &[u8] = b"0123456789abcdef0123456789abcdef";

/// RFC 7677 §3.
fn example() -> (ScramFinal, String) {
    let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
    let verifier = ScramVerifier::with(b"pencil", &salt, NonZeroU32::new(4096).unwrap());
    let text = verifier.to_string();
    assert_eq!(ScramVerifier::parse(&text), Some(verifier.clone()));
    // Whoever says that it cannot bind may go without, whatever is offered.
    let first = message("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    let first = ScramFirst::parse(&first, Some(EXPORTER)).unwrap();
    assert_eq!((first.user.as_str(), &first.authorization), ("user", &None));
    first.challenge(verifier, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
}

const NONCE: &str = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const PROOF: &str = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

#[test]
fn the_example_of_the_standard() {
    let (last, said) = example();
    assert_eq!(said, format!("r={NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
    let proof = format!("c=biws,r={NONCE},p={PROOF}");
    let signature = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    assert_eq!(last.verify(proof.as_bytes()), Ok(Some(signature.to_owned())));
}

#[test]
fn what_is_not_right() {
    let (last, _) = example();
    let other = PROOF.replacen('d', "e", 1);
    assert_eq!(last.verify(format!("c=biws,r={NONCE},p={other}").as_bytes()), Ok(None));
    for wrong in [
        format!("c=eSws,r={NONCE},p={PROOF}"),
        format!("c=biwsYQ==,r={NONCE},p={PROOF}"),
        format!("c=*,r={NONCE},p={PROOF}"),
        format!("c=biws,r={NONCE}x,p={PROOF}"),
        format!("c=biws,r={NONCE},p=AAAA"),
        format!("c=biws,r={NONCE}"),
        format!("r={NONCE},c=biws,p={PROOF}"),
    ] {
        assert_eq!(last.verify(wrong.as_bytes()), Err(Fault::Malformed), "{wrong}");
    }
    for wrong in [
        "",
        "n,,",
        "x,,n=a,r=b",
        "p=tls-exporter,,n=a,r=b",
        "n,x,n=a,r=b",
        "n,,m=x,n=a,r=b",
        "n,,n=a=b,r=c",
        "n,,n=a,r=",
        "n,,n=a,r=b c",
    ] {
        let found = ScramFirst::parse(&message(wrong), None);
        assert_eq!(found, Err(Fault::Malformed), "{wrong}");
    }
    let names = ScramFirst::parse(&message("y,a=x=2Cy,n=a=3Db,r=c"), None).unwrap();
    assert_eq!((names.user.as_str(), names.authorization.as_deref()), ("a=b", Some("x,y")));
}

/// RFC 5802 §6.
#[test]
fn what_is_said_of_binding() {
    let rest = ",,n=a,r=b";
    let parse = |message: ScramMessage, exporter| {
        ScramFirst::parse(&message, exporter).map(|first| first.bound.channel)
    };
    let bound = Some(EXPORTER);
    let table = [
        (message(&format!("n{rest}")), None, Ok(Vec::new())),
        (message(&format!("n{rest}")), bound, Ok(Vec::new())),
        (message(&format!("y{rest}")), None, Ok(Vec::new())),
        (message(&format!("y{rest}")), bound, Err(Fault::BindingHidden)),
        (plus(&format!("p=tls-exporter{rest}")), bound, Ok(EXPORTER.to_vec())),
        (plus(&format!("p=tls-exporter{rest}")), None, Err(Fault::BindingUnknown)),
        (plus(&format!("p=tls-unique{rest}")), bound, Err(Fault::BindingUnknown)),
        (plus(&format!("p={rest}")), bound, Err(Fault::Malformed)),
        (plus(&format!("p=a b{rest}")), bound, Err(Fault::Malformed)),
        (plus(&format!("n{rest}")), bound, Err(Fault::Malformed)),
        (plus(&format!("y{rest}")), bound, Err(Fault::Malformed)),
    ];
    for (message, exporter, expected) in table {
        let shown = format!("{message:?}");
        assert_eq!(parse(message, exporter), expected, "{shown}");
    }
}

/// One and the same password, proven by a client that sees `seen` as the connection's octets.
fn bound_sign_in(seen: &[u8]) -> Result<Option<String>, Fault> {
    let first = plus("p=tls-exporter,,n=user,r=mine");
    let first = ScramFirst::parse(&first, Some(EXPORTER)).unwrap();
    let (last, said) = first.challenge(few("pencil"), "yours");
    let bound = STANDARD.encode([b"p=tls-exporter,,", seen].concat());
    let without = format!("c={bound},r=mineyours");
    let all = format!("n=user,r=mine,{said},{without}");
    let proof = STANDARD.encode(proof(b"pencil", b"salt", all.as_bytes()));
    last.verify(format!("{without},p={proof}").as_bytes())
}

#[test]
fn a_bound_sign_in_holds_on_its_own_connection_only() {
    let answer = bound_sign_in(EXPORTER).unwrap();
    assert!(answer.is_some_and(|answer| answer.starts_with("v=")));
    let other = [b'x'; 32];
    for seen in [other.as_slice(), b"", &EXPORTER[..31]] {
        assert_eq!(bound_sign_in(seen), Err(Fault::BindingMismatch), "{seen:?}");
    }
}
