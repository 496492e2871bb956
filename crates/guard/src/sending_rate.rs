//! How much an account may send within an hour, so that a guessed password does little harm.
//!
//! Recipients are counted by the minute over the last sixty minutes. A recipient counts from the
//! moment it is named, so that many connections side by side get no further than one; it counts
//! no more when its message is given up.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use hikyaku_cause::{Cause, Code, Evidence, Limit};

/// Minutes that count.
const WINDOW: u64 = 60;

/// An account has sent as much as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// Recipients allowed within an hour.
    pub most: u64,
    /// Recipients named within the last hour.
    pub seen: u64,
    /// The minute since 1970 from which one more is allowed.
    pub until: u64,
}

impl Exceeded {
    /// The cause of a refusal; `until` is that minute as people write it.
    pub fn cause(self, account: &str, until: String) -> Cause {
        Cause::proven(Code::SmtpRcptRate)
            .with(Evidence::Account { name: account.to_owned() })
            .with(Evidence::Limit {
                limit: Limit::SentInAnHour,
                most: self.most,
                seen: Some(self.seen),
            })
            .with(Evidence::Until { at: until })
    }
}

/// Counts what accounts send. Minutes are minutes since 1970.
#[derive(Debug)]
pub struct SendingRate<K> {
    most: u64,
    accounts: HashMap<K, Sent>,
}

#[derive(Debug, Default)]
struct Sent {
    /// Recipients of messages that were taken in, by the minute, oldest first.
    minutes: VecDeque<(u64, u64)>,
    /// Recipients named whose messages are still coming in.
    open: u64,
    /// The last refusal, and what was seen then.
    refused: Option<(u64, Exceeded)>,
    /// Whether all that is allowed was really sent about then: what is only named may be given up.
    used_up: bool,
}

impl<K: Hash + Eq + Copy> SendingRate<K> {
    /// Allows `most` recipients within an hour.
    pub fn new(most: u64) -> Self {
        Self { most, accounts: HashMap::new() }
    }

    /// Whether what an account has sent is known.
    pub fn knows(&self, account: K) -> bool {
        self.accounts.contains_key(&account)
    }

    /// Takes over what an account had sent before this start, by the minute, oldest first. What is
    /// known already stands.
    pub fn recall(&mut self, account: K, minutes: impl IntoIterator<Item = (u64, u64)>) {
        let minutes = minutes.into_iter().collect();
        self.accounts.entry(account).or_insert_with(|| Sent { minutes, ..Sent::default() });
    }

    /// Names one more recipient, if that is allowed.
    pub fn name(&mut self, now: u64, account: K) -> Result<(), Exceeded> {
        let most = self.most;
        let sent = self.accounts.entry(account).or_default();
        sent.forget(now);
        let seen = sent.seen();
        if seen < most {
            sent.open += 1;
            return Ok(());
        }
        let exceeded = Exceeded { most, seen, until: sent.free_again(now, most) };
        sent.used_up = sent.taken() >= most || (sent.used_up && sent.was_refused(now));
        sent.refused = Some((now, exceeded));
        Err(exceeded)
    }

    /// A message with so many recipients was taken in.
    pub fn sent(&mut self, now: u64, account: K, recipients: u64) {
        let sent = self.accounts.entry(account).or_default();
        sent.open = sent.open.saturating_sub(recipients);
        match sent.minutes.back_mut() {
            Some((minute, count)) if *minute >= now => *count += recipients,
            _ => sent.minutes.push_back((now, recipients)),
        }
        sent.forget(now);
        sent.used_up |= sent.was_refused(now) && sent.taken() >= self.most;
    }

    /// A message with so many recipients was given up.
    pub fn given_up(&mut self, account: K, recipients: u64) {
        if let Some(sent) = self.accounts.get_mut(&account) {
            sent.open = sent.open.saturating_sub(recipients);
        }
    }

    /// The accounts that were refused within the last hour and had sent all they may. One that only
    /// named so many recipients, and gave the message up, is none of them.
    pub fn refused(&self, now: u64) -> impl Iterator<Item = (K, Exceeded)> {
        self.accounts.iter().filter_map(move |(account, sent)| {
            let (_, exceeded) = sent.refused?;
            (sent.used_up && sent.was_refused(now)).then_some((*account, exceeded))
        })
    }
}

impl Sent {
    fn forget(&mut self, now: u64) {
        while self.minutes.front().is_some_and(|(minute, _)| minute + WINDOW < now) {
            self.minutes.pop_front();
        }
    }

    fn seen(&self) -> u64 {
        self.open + self.taken()
    }

    /// Recipients of messages that were taken in.
    fn taken(&self) -> u64 {
        self.minutes.iter().map(|(_, count)| count).sum()
    }

    fn was_refused(&self, now: u64) -> bool {
        self.refused.is_some_and(|(at, _)| at + WINDOW > now)
    }

    /// When one more is allowed. What is still coming in is taken to be sent now.
    fn free_again(&self, now: u64, most: u64) -> u64 {
        let mut left = self.seen();
        for (minute, count) in &self.minutes {
            left -= count;
            if left < most {
                return minute + WINDOW + 1;
            }
        }
        now + WINDOW + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000;

    #[test]
    fn the_hour_slides() {
        let mut rate = SendingRate::new(3);
        for minute in [NOW, NOW + 10, NOW + 20] {
            rate.name(minute, 'a').unwrap();
            rate.sent(minute, 'a', 1);
        }
        let exceeded = rate.name(NOW + 30, 'a').unwrap_err();
        assert_eq!(exceeded, Exceeded { most: 3, seen: 3, until: NOW + 61 });
        assert!(rate.name(NOW + 60, 'a').is_err());
        rate.name(NOW + 61, 'a').unwrap();
        rate.sent(NOW + 61, 'a', 1);
        assert_eq!(rate.name(NOW + 62, 'a').unwrap_err().until, NOW + 71);
        rate.name(NOW + 62, 'b').unwrap();
    }

    #[test]
    fn connections_side_by_side_get_no_further_than_one() {
        let mut rate = SendingRate::new(2);
        rate.name(NOW, 'a').unwrap();
        rate.name(NOW, 'a').unwrap();
        assert_eq!(rate.name(NOW, 'a').unwrap_err().until, NOW + 61);
        rate.given_up('a', 1);
        rate.name(NOW, 'a').unwrap();
        rate.sent(NOW, 'a', 2);
        assert_eq!(rate.name(NOW + 1, 'a').unwrap_err().seen, 2);
    }

    #[test]
    fn what_was_named_and_given_up_is_no_finding() {
        let mut rate = SendingRate::new(2);
        rate.name(NOW, 'a').unwrap();
        rate.name(NOW, 'a').unwrap();
        rate.name(NOW, 'a').unwrap_err();
        assert_eq!(rate.refused(NOW).count(), 0, "nothing is sent yet");
        rate.given_up('a', 2);
        assert_eq!(rate.refused(NOW + 1).count(), 0);
        rate.name(NOW + 2, 'a').unwrap();
        rate.name(NOW + 2, 'a').unwrap();
        let exceeded = rate.name(NOW + 2, 'a').unwrap_err();
        rate.sent(NOW + 3, 'a', 2);
        assert_eq!(rate.refused(NOW + 3).collect::<Vec<_>>(), [('a', exceeded)]);
        assert_eq!(rate.refused(NOW + 62).count(), 0);
    }

    #[test]
    fn what_was_sent_before_the_start_counts_once() {
        let mut rate = SendingRate::new(10);
        assert!(!rate.knows('a'));
        rate.recall('a', [(NOW - 60, 4), (NOW - 1, 6)]);
        rate.recall('a', [(NOW - 1, 6)]);
        let exceeded = rate.name(NOW, 'a').unwrap_err();
        assert_eq!(exceeded, Exceeded { most: 10, seen: 10, until: NOW + 1 });
        assert_eq!(rate.refused(NOW + 59).collect::<Vec<_>>(), [('a', exceeded)]);
        assert_eq!(rate.refused(NOW + 60).count(), 0);
        rate.name(NOW + 1, 'a').unwrap();
    }

    /// A clock that was put back does not let more through.
    #[test]
    fn time_that_goes_back_forgets_nothing() {
        let mut rate = SendingRate::new(1);
        rate.name(NOW, 'a').unwrap();
        rate.sent(NOW, 'a', 1);
        assert!(rate.name(NOW - 30, 'a').is_err());
    }
}
