//! RFC 5322 §4.4, Obsolete Addressing: the domains in From are found in it.

use hikyaku_mail::author_domains;

/// `obs-domain`, `obs-local-part`: white space and comments around the dots.
#[test]
fn obsolete_forms() {
    for value in [
        "a@good .test",
        "<a@good .test>",
        "a@good. test",
        "a@good(c).test",
        "a@good\r\n .test",
        "a@(c) good (x (y) z) . (c)\r\n\ttest",
        "a . b@good.test",
        "\"a\".b@good.test",
    ] {
        assert_eq!(author_domains(value.as_bytes()).unwrap(), ["good.test"], "{value}");
    }
    // `obs-route`: a reader may see the servers on the way.
    assert_eq!(
        author_domains(b"<@relay.test,@good.test:a@none.test>").unwrap(),
        ["relay.test", "good.test", "none.test"]
    );
}
