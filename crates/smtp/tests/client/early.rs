//! Replies that are there before what they would answer was sent (RFC 5321 §4.3.1).

use hikyaku_cause::Code;
use hikyaku_smtp::ClientTls;

use super::play::{Play, letter, plain, settings};

/// What a peer says that takes one mail; each entry in answer to what was sent before it.
const TAKES: [&str; 6] =
    ["220 mx\n", "250 mx\n", "250 sender\n", "250 recipient\n", "354 go\n", "250 taken\n"];
const PIPELINES: [&str; 4] =
    ["220 mx\n", "250-mx\n250 PIPELINING\n", "250 sender\n250 recipient\n354 go\n", "250 taken\n"];
const CHUNKS: [&str; 5] = [
    "220 mx\n",
    "250-mx\n250-PIPELINING\n250 CHUNKING\n",
    "250 sender\n250 recipient\n",
    "250 chunk\n",
    "250 taken\n",
];

fn told(play: &Play) -> Vec<Option<Code>> {
    let failed = play.failures().into_iter().map(Some);
    play.codes().into_iter().chain(failed).collect()
}

#[test]
fn a_peer_that_says_everything_at_once_is_not_believed() {
    let mut play = plain(&["a@kyoto.test"]);
    assert_eq!(play.burst(&TAKES.concat()), "EHLO mx.edo.test\n");
    assert_eq!(told(&play), [Some(Code::PeerProtocol)]);
    assert!(play.closed);
}

#[test]
fn nothing_counts_that_is_said_before_its_turn() {
    for turns in [&TAKES[..], &PIPELINES, &CHUNKS] {
        for early in 0..turns.len() {
            let mut play = plain(&["a@kyoto.test"]);
            let (before, after) = turns.split_at(early);
            for turn in before {
                drop(play.burst(turn));
            }
            // Two turns together; whatever follows is in order again.
            let (together, after) = after.split_at(2.min(after.len()));
            play.burst(&together.concat());
            for turn in after {
                drop(play.burst(turn));
            }
            let expected = (together.len() == 2).then_some(Code::PeerProtocol);
            assert_eq!(told(&play), [expected], "from turn {early} of {turns:?}");
        }
    }
}

/// However the peer's octets are parted, mail counts as handed over only where the reply to its end
/// came after its end was sent.
#[test]
fn wherever_a_burst_is_parted_the_end_comes_before_its_reply() {
    for turns in [&TAKES[..], &PIPELINES, &CHUNKS] {
        let all = turns.concat();
        for first in 0..=all.len() {
            for second in first..=all.len() {
                let mut play = plain(&["a@kyoto.test"]);
                let parts = [&all[..first], &all[first..second], &all[second..]];
                for part in parts {
                    drop(play.burst(part));
                }
                // Three parts are fewer than the turns.
                assert!(!told(&play).contains(&None), "{first} {second} of {turns:?}");
            }
        }
    }
}

#[test]
fn what_waits_while_the_next_mail_is_looked_for_is_no_reply_to_it() {
    let letters = vec![letter(&["a@kyoto.test"]), letter(&["b@kyoto.test"])];
    let mut play = Play::new(settings(ClientTls::Never), letters);
    TAKES[..5].iter().for_each(|turn| drop(play.burst(turn)));
    play.burst("250 taken\n250 and the next one too\n");
    assert_eq!(told(&play), [None, Some(Code::PeerProtocol)]);
}

#[test]
fn a_refusal_may_come_within_the_content_and_an_end_at_any_time() {
    let mut play = plain(&["a@kyoto.test"]);
    TAKES[..4].iter().for_each(|turn| drop(play.burst(turn)));
    play.burst("354 go\n552 5.3.4 too large\n");
    assert_eq!(told(&play), [Some(Code::MessageTooLarge)]);
    let mut play = plain(&["a@kyoto.test"]);
    play.burst("220 mx\n421 4.3.2 stopping\n");
    assert_eq!(play.failures(), [Code::PeerBusy]);
}
