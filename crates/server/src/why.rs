//! Refusals that explain themselves: what was said with a link is kept under its name.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hikyaku_cause::{Cause, KeptCause, PeerAddress};
use hikyaku_store::{Page, Service, Store};
use hikyaku_wire::{Effects, Pages, Told};
use jiff::Timestamp;

use crate::house::House;
use crate::random::random;

/// Random octets in a name: 96 bits, in sixteen letters.
const NAME_OCTETS: usize = 12;

/// The longest address; a reply has room for it and for what it is about.
const URL_OCTETS: usize = 200;

/// The pages of a system that is reached at `public_url`; none where that is no address of a web
/// page (RFC 9110 §4.2), or has more than 200 octets.
pub fn pages(public_url: &str) -> Option<Pages> {
    let url: hyper::Uri = public_url.parse().ok()?;
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    let is_plain = url.query().is_none() && url.host().is_some_and(|host| !host.is_empty());
    (is_web && is_plain && public_url.len() <= URL_OCTETS)
        .then(|| Pages::new(format!("{}/why/", public_url.trim_end_matches('/')), name))
}

/// Without random numbers a refusal has no page.
fn name() -> Option<String> {
    random::<NAME_OCTETS>().ok().map(|octets| URL_SAFE_NO_PAD.encode(octets))
}

/// Keeps what was said, for who asks.
pub(crate) fn keep(store: &Store, service: Service, peer: PeerAddress, told: Told) {
    store.keep_page(Page {
        name: told.page,
        at: Timestamp::now(),
        service,
        peer: SocketAddr::new(peer.ip, peer.port),
        cause: KeptCause::from(&told.cause).for_strangers(),
    });
}

/// How a protocol words a refusal.
pub(crate) type Reply = fn(&Cause, Option<&str>) -> String;

/// A refusal outside every dialogue, with its page where there are any.
pub(crate) fn refusal(
    house: &House,
    (service, peer): (Service, PeerAddress),
    cause: &Cause,
    reply: Reply,
) -> Vec<u8> {
    let mut effects = Effects::<()>::new();
    effects.refuse(cause, house.pages.as_ref(), reply);
    for told in effects.told {
        keep(&house.store, service, peer, told);
    }
    effects.send
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses() {
        let link = |url| pages(url).map(|pages| pages.link("x"));
        for (url, wanted) in [
            ("https://mx.edo.test", Some("https://mx.edo.test/why/x")),
            ("http://127.0.0.1:8080/", Some("http://127.0.0.1:8080/why/x")),
            ("https://edo.test/mail", Some("https://edo.test/mail/why/x")),
            ("mx.edo.test", None),
            ("ftp://mx.edo.test", None),
            ("https://", None),
            ("https://mx.edo.test/?a", None),
            ("https://mx edo.test", None),
            ("", None),
        ] {
            assert_eq!(link(url).as_deref(), wanted, "{url}");
        }
        assert!(pages(&format!("https://{}.test", "a".repeat(200))).is_none());
    }

    #[test]
    fn names_are_short_and_never_the_same() {
        let names: std::collections::BTreeSet<_> = (0..1000).map(|_| name().unwrap()).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| name.len() == 16));
    }
}
