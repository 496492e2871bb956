//! Whether what a refusal complained of is right by now.

use hikyaku_cause::{Cause, Certainty, Code, Evidence, Severity};

/// That it is, as far as it can be seen from outside: then the mail can be sent again. A refusal
/// that names no list may go by one that nobody outside can ask.
pub(super) fn mended(refused: Code, findings: &[Cause], names_list: bool) -> Option<Cause> {
    let has = |code: Code| findings.iter().any(|cause| cause.code == code);
    let is_sound = |cause: &Cause| {
        // What another list would say does not matter where the one that was named is clear.
        let is_known = cause.certainty != Certainty::Unknown || cause.code == Code::DnsblUnasked;
        cause.code.severity() < Severity::Error && is_known
    };
    if !findings.iter().all(is_sound) {
        return None;
    }
    let is_right = match refused {
        Code::PeerAuthentication => has(Code::SpfPasses) || has(Code::DkimPasses),
        Code::PeerReverseName => has(Code::PtrFound),
        Code::PeerBlocked => names_list && first_list_is_clear(findings),
        Code::PeerSenderRefused | Code::DnsDomainMissing | Code::DnsMailNone => {
            has(Code::DnsMailFound) && !has(Code::DnsDomainSimilar)
        }
        _ => false,
    };
    is_right.then(|| Cause::likely(Code::BounceMended))
}

/// The list that comes first is the one that the refusal named.
fn first_list_is_clear(findings: &[Cause]) -> bool {
    let is_list = |cause: &&Cause| {
        cause.evidence.iter().any(|evidence| matches!(evidence, Evidence::Listing { .. }))
    };
    findings.iter().find(is_list).is_some_and(|cause| cause.code == Code::DnsblClear)
}
