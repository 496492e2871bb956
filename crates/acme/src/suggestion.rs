//! When the authority would like a certificate renewed (ARI, RFC 9773): what it said goes in, a
//! moment comes out.

use std::time::Duration;

use instant_acme::{CertificateIdentifier, RenewalInfo};
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

use crate::schedule::renewal;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// Whatever the authority wants, it is asked again within these (RFC 9773 §4.3.2).
const SOONEST: i64 = MINUTE;
const LATEST: i64 = 24 * HOUR;
/// After a failure that will last (RFC 9773 §4.3.3).
const LASTING: i64 = 6 * HOUR;
/// The most that is kept of an address.
const LONGEST: usize = 500;

/// A span of time in which the authority would like a certificate renewed (RFC 9773 §4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its first moment.
    pub start: Timestamp,
    /// Its last.
    pub end: Timestamp,
    /// A page of the authority's that says why.
    pub explanation: Option<String>,
}

/// What is known of the authority's wish for one certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Suggestion {
    /// The certificate that it is about (RFC 9773 §4.1).
    pub(crate) certificate: String,
    /// What was said last.
    pub(crate) window: Option<Window>,
    /// The moment chosen within it.
    pub(crate) chosen: Option<Timestamp>,
    /// When the authority is asked next; at once where it was never asked.
    pub(crate) ask: Option<Timestamp>,
    /// Questions in a row that had no answer.
    pub(crate) failures: u32,
}

/// How a question without an answer ended (RFC 9773 §4.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It may have one soon.
    Temporary,
    /// It will not for hours.
    Lasting,
    /// The authority does not speak of renewals at all.
    Unsupported,
}

/// What names a certificate to its authority; nothing for one that does not say who issued it.
pub(crate) fn identifier(
    certificate: &CertificateDer<'_>,
) -> Option<CertificateIdentifier<'static>> {
    CertificateIdentifier::try_from(certificate).ok().map(CertificateIdentifier::into_owned)
}

impl Window {
    /// One that ends before it begins is as good as no answer (RFC 9773 §4.2).
    pub(crate) fn read(info: &RenewalInfo) -> Option<Self> {
        let moment = |seconds| Timestamp::from_second(seconds).ok();
        let start = moment(info.suggested_window.start.unix_timestamp())?;
        let end = moment(info.suggested_window.end.unix_timestamp())?;
        let explanation = info.explanation_url.as_deref().filter(|it| is_page(it));
        (start < end).then(|| Self { start, end, explanation: explanation.map(str::to_owned) })
    }

    /// A moment within it, uniformly at random (RFC 9773 §4.2).
    fn choose(&self, chance: f64) -> Timestamp {
        let (start, end) = (self.start.as_second(), self.end.as_second());
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "seconds")]
        let later = ((end - start) as f64 * chance.clamp(0.0, 1.0)) as i64;
        Timestamp::from_second(start + later).unwrap_or(self.end)
    }
}

/// Whether a text is an address that can be shown to people.
fn is_page(text: &str) -> bool {
    let uri = text.parse::<hyper::Uri>().ok();
    let scheme = uri.as_ref().and_then(hyper::Uri::scheme_str);
    text.len() <= LONGEST && matches!(scheme, Some("https" | "http"))
}

impl Suggestion {
    /// Nothing is known yet of this certificate.
    pub(crate) fn of(certificate: &CertificateIdentifier<'_>) -> Self {
        Self { certificate: certificate.to_string(), ..Self::default() }
    }

    /// Whether the authority is to be asked. A moment further away than any that is ever planned
    /// was written down by a clock that has been put right since.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let latest = later(now, LATEST);
        self.ask.is_none_or(|ask| ask <= now || latest.is_some_and(|latest| ask > latest))
    }

    /// The authority has answered, and wants to be asked again `after` so long. A moment that was
    /// chosen within the same window stays: with a new one at each answer all would come early.
    pub(crate) fn heard(&mut self, window: Window, after: Duration, now: Timestamp, chance: f64) {
        let span = |it: &Window| (it.start, it.end);
        if self.chosen.is_none() || self.window.as_ref().map(span) != Some(span(&window)) {
            self.chosen = Some(window.choose(chance));
        }
        let seconds = i64::try_from(after.as_secs()).unwrap_or(LATEST);
        (self.window, self.failures) = (Some(window), 0);
        self.ask = later(now, seconds.clamp(SOONEST, LATEST));
    }

    /// The authority has not answered. What it said before stands.
    pub(crate) fn unheard(&mut self, silence: Silence, now: Timestamp) {
        let doubled = MINUTE << self.failures.min(16);
        self.failures = self.failures.saturating_add(1);
        let wait = match silence {
            Silence::Temporary => doubled.min(LASTING),
            Silence::Lasting => LASTING,
            Silence::Unsupported => LATEST,
        };
        self.ask = later(now, wait);
    }

    /// When a certificate with this life is renewed by the authority's wish; nothing where it has
    /// none. An authority that always wants it at once is not followed more than once an hour, and
    /// one that wants it so late that no time is left for failures is not followed so far.
    pub(crate) fn renewal(
        &self,
        (not_before, not_after): (i64, i64),
        last: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let chosen = self.chosen?;
        let own = renewal(not_before, not_after, 0.0);
        if chosen >= own {
            let half = Timestamp::from_second(not_after - (not_after - not_before).max(0) / 6);
            return Some(chosen.min(half.unwrap_or(own)).max(own));
        }
        let again = last.and_then(|last| later(last, HOUR));
        Some(again.map_or(chosen, |again| chosen.max(again.min(own))))
    }
}

fn later(at: Timestamp, seconds: i64) -> Option<Timestamp> {
    at.checked_add(Duration::from_secs(seconds.unsigned_abs())).ok()
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::pem::PemObject as _;

    use super::*;

    /// RFC 9773, Appendix A.
    const EXAMPLE: &str = "-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn info(start: &str, end: &str, page: &str) -> RenewalInfo {
        let text = format!(
            r#"{{"suggestedWindow":{{"start":"{start}","end":"{end}"}},"explanationURL":"{page}"}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn window(start: &str, end: &str) -> Window {
        Window::read(&info(start, end, "https://acme.test/why")).unwrap()
    }

    #[test]
    fn a_certificate_is_named_by_its_authority_and_its_number() {
        let certificate = CertificateDer::from_pem_slice(EXAMPLE.as_bytes()).unwrap();
        let named = identifier(&certificate).unwrap().to_string();
        assert_eq!(named, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
        assert_eq!(identifier(&CertificateDer::from(vec![0x30, 0])), None);
    }

    #[test]
    fn windows_are_read_and_bad_ones_are_none() {
        let (from, to) = ("2025-01-02T04:00:00Z", "2025-01-03T04:00:00Z");
        let page = "https://acme.example.com/docs/ari";
        let read = Window::read(&info(from, to, page)).unwrap();
        assert_eq!((read.start, read.end), (at(from), at(to)));
        assert_eq!(read.explanation.as_deref(), Some(page));
        assert_eq!(Window::read(&info(to, from, page)), None, "ends before it begins");
        assert_eq!(Window::read(&info(from, from, page)), None);
        for page in ["javascript:alert(1)", "https://a.test/\\u001b[2J", "why", ""] {
            assert_eq!(Window::read(&info(from, to, page)).unwrap().explanation, None, "{page}");
        }
    }

    #[test]
    fn a_moment_stays_while_the_window_does() {
        let now = at("2025-01-01T00:00:00Z");
        let mut known = Suggestion::default();
        let first = window("2025-01-02T00:00:00Z", "2025-01-03T00:00:00Z");
        known.heard(first.clone(), Duration::from_hours(6), now, 0.5);
        assert_eq!(known.chosen, Some(at("2025-01-02T12:00:00Z")));
        known.heard(first, Duration::from_hours(6), now, 0.0);
        assert_eq!(known.chosen, Some(at("2025-01-02T12:00:00Z")));
        known.heard(
            window("2024-12-01T00:00:00Z", "2024-12-02T00:00:00Z"),
            Duration::ZERO,
            now,
            1.0,
        );
        assert_eq!(known.chosen, Some(at("2024-12-02T00:00:00Z")));
    }

    #[test]
    fn what_the_authority_wants_between_questions_is_kept_within_bounds() {
        let now = at("2025-01-01T00:00:00Z");
        let table = [
            (Duration::ZERO, "2025-01-01T00:01:00Z"),
            (Duration::from_hours(6), "2025-01-01T06:00:00Z"),
            (Duration::from_hours(24 * 365), "2025-01-02T00:00:00Z"),
            (Duration::MAX, "2025-01-02T00:00:00Z"),
        ];
        for (after, expected) in table {
            let mut known = Suggestion::default();
            assert!(known.is_due(now));
            known.heard(window("2025-02-02T00:00:00Z", "2025-02-03T00:00:00Z"), after, now, 0.0);
            assert_eq!(known.ask, Some(at(expected)), "{after:?}");
            assert!(!known.is_due(now) && known.is_due(at(expected)));
        }
    }

    #[test]
    fn a_clock_that_was_ahead_does_not_stop_the_questions() {
        let (now, ahead) = (at("2025-01-01T00:00:00Z"), at("2031-01-01T00:00:00Z"));
        let mut known = Suggestion::default();
        known.unheard(Silence::Unsupported, ahead);
        assert!(known.is_due(now) && !known.is_due(ahead));
    }

    #[test]
    fn silence_is_waited_for_longer_and_longer_and_hides_nothing() {
        let now = at("2025-01-01T00:00:00Z");
        let mut known = Suggestion::default();
        let said = window("2025-01-02T00:00:00Z", "2025-01-03T00:00:00Z");
        known.heard(said.clone(), Duration::from_hours(6), now, 0.0);
        let mut wait = |silence| {
            known.unheard(silence, now);
            (known.ask.unwrap().as_second() - now.as_second()) / MINUTE
        };
        let waits: Vec<i64> = (0..10).map(|_| wait(Silence::Temporary)).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360]);
        assert_eq!((wait(Silence::Lasting), wait(Silence::Unsupported)), (360, 24 * 60));
        assert_eq!((&known.window, known.chosen), (&Some(said.clone()), Some(said.start)));
    }

    #[test]
    fn the_authoritys_moment_counts_within_reason() {
        let day = |days: i64| Timestamp::from_second(days * 24 * HOUR).unwrap();
        let life = (0, 90 * 24 * HOUR);
        let known = |days| {
            Suggestion { chosen: Some(day(days)), ..Suggestion::default() }.renewal(life, None)
        };
        assert_eq!(Suggestion::default().renewal(life, None), None);
        assert_eq!(known(20), Some(day(20)), "sooner than by the own schedule");
        assert_eq!(known(70), Some(day(70)), "later");
        assert_eq!(known(300), Some(day(75)), "time is left for failures");
        // Wanted at once, again and again.
        let always = Suggestion { chosen: Some(day(-1)), ..Suggestion::default() };
        let hour = Timestamp::from_second(HOUR).unwrap();
        assert_eq!(always.renewal(life, Some(day(0))), Some(hour));
        assert_eq!(always.renewal(life, Some(day(-9))), Some(hour.min(day(-1))));
        // The own schedule of a short life comes before the hour is over.
        assert_eq!(always.renewal((0, 24), Some(day(0))), Timestamp::from_second(16).ok());
    }
}
