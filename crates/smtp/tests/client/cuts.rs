//! Whole dialogues with the peer's octets cut everywhere: nothing changes.

use hikyaku_smtp::{ClientTls, Transaction};

use super::play::{Play, letter, settings};

/// What the peer says, one entry for each time it is its turn.
const DIALOGUES: &[&[&str]] = &[
    &[
        "220-mx.kyoto.test\n220 ESMTP\n",
        "250-mx.kyoto.test\n250-SIZE 1000\n250 8BITMIME\n",
        "250-2.1.0 a\n250 2.1.0 b\n",
        "550-5.1.1 no\n550-5.1.1\n550 5.1.1 such user\n",
        "250 2.1.5 ok\n",
        "354-please\n354 go\n",
        "250-2.0.0 taken\n250 2.0.0 as 42\n",
        "550 5.7.1 enough of you\n",
        "250 reset\n",
        "221 bye\n",
    ],
    &[
        "220 mx\n",
        "250-mx\n250 PIPELINING\n",
        "250 ok\n452-4.5.3 not\n452 4.5.3 now\n250 ok\n354 go\n",
        "451-4.7.1 Greylisting\n451 4.7.1 in action\n",
        "250 ok\n550 5.1.1 no\n354 go\n",
        "554 5.5.1 no valid recipients\n",
        "221-bye\n221 bye\n",
    ],
    &[
        "220 mx\n",
        "250-mx\n250-PIPELINING\n250 CHUNKING\n",
        "250 ok\n550 5.1.1 no\n250 ok\n",
        "250 chunk\n451 4.3.0 last\n",
        "250 ok\n550 5.1.1 no\n",
        "250 reset\n",
        "221 bye\n",
    ],
    &["220 mx\n", "502 what?\n", "250 mx\n", "250 ok\n", "250 ok\n", "421-no\n421 more\n"],
    &[
        "220 mx\n",
        "250-mx\n250 PIPELINING\n",
        "250 ok\n250 ok\n250 ok\n354 go\n",
        "250-ok\n251 no\n",
    ],
];

type Outcome = (Vec<String>, Vec<Transaction>, Vec<hikyaku_cause::Cause>, bool);

fn run(dialogue: &[&str], piece: usize, cut: usize) -> (Outcome, usize) {
    let letters = vec![letter(&["a@kyoto.test", "b@kyoto.test"]), letter(&["c@kyoto.test"])];
    let mut play = Play::new(settings(ClientTls::Opportunistic), letters);
    (play.piece, play.cut) = (piece, cut);
    let heard = dialogue.iter().map(|text| play.burst(text)).collect();
    assert!(play.closed);
    ((heard, play.done, play.failed, play.closed), play.said)
}

#[test]
fn replies_cut_at_every_octet_are_the_same() {
    for dialogue in DIALOGUES {
        let (whole, octets) = run(dialogue, usize::MAX, usize::MAX);
        assert!(!whole.1.is_empty());
        for cut in 1..octets {
            assert_eq!(run(dialogue, usize::MAX, cut).0, whole, "cut at {cut}");
        }
        for piece in 1..20 {
            assert_eq!(run(dialogue, piece, usize::MAX).0, whole, "pieces of {piece}");
        }
    }
}
