//! What is done with a message that came in, by its verdicts and the administrator's rules.

use crate::arc::ArcResult;
use crate::authors::FromFault;
use crate::dmarc_record::DmarcPolicy;
use crate::dmarc_verdict::DmarcResult;
use crate::spf::SpfResult;
use crate::verdicts::Verdicts;

/// What SPF may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SpfRule {
    /// Nothing: it is only used for DMARC, if that is used.
    Off,
    /// Its verdict is written down.
    #[default]
    Mark,
    /// What a domain says is not from it (`-all`) is refused.
    Reject,
}

/// What DMARC may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DmarcRule {
    /// Nothing: it is not checked.
    Off,
    /// Its verdict is written down.
    Mark,
    /// What domains ask to be refused is only marked as suspicious.
    Quarantine,
    /// The wish of the domain is followed.
    #[default]
    Reject,
}

/// The rules of an administrator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// For SPF.
    pub spf: SpfRule,
    /// For DMARC.
    pub dmarc: DmarcRule,
    /// Domains whose servers tell the truth about mail that they pass on, in lower case.
    pub arc_trusted: Vec<String>,
}

/// What is done with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// It is taken in.
    Accept,
    /// It is taken in and marked as suspicious, by the wish of this domain.
    Quarantine {
        /// The domain in From.
        from: String,
    },
    /// It is refused: this domain wants that for what nobody vouches for.
    RefuseByDmarc {
        /// The domain in From.
        from: String,
    },
    /// It is taken in and marked as suspicious: From is not as it must be.
    Suspect(FromFault),
    /// It is refused: From is not as it must be (RFC 5322 §3.6), so that nobody can be judged.
    RefuseByFrom(FromFault),
    /// It is refused: the sender's domain says that the server is none of its own.
    RefuseBySpf,
}

impl Rules {
    /// Whether anything is checked at all.
    pub fn check_anything(&self) -> bool {
        self.spf != SpfRule::Off || self.dmarc != DmarcRule::Off
    }

    /// What is done with a message; says in the verdicts whose word let it in.
    pub fn decide(&self, verdicts: &mut Verdicts) -> Disposition {
        let disposition = self.by_verdicts(verdicts);
        let fault = verdicts.from.filter(|fault| fault.is_forbidden());
        match (disposition, fault, self.dmarc) {
            // Whoever passed it on in good faith could not judge it either.
            (
                Disposition::Accept | Disposition::Quarantine { .. },
                Some(fault),
                DmarcRule::Reject,
            ) => Disposition::RefuseByFrom(fault),
            (Disposition::Accept, Some(fault), DmarcRule::Quarantine) => {
                Disposition::Suspect(fault)
            }
            (disposition, ..) => disposition,
        }
    }

    fn by_verdicts(&self, verdicts: &mut Verdicts) -> Disposition {
        // The strictest wish counts where several domains may be seen as the author's
        // (RFC 7489 §6.6.1).
        let worst = verdicts.dmarc.iter().max_by_key(|it| it.wish());
        let wish = worst.map(|it| (it.wish(), it.from.clone()));
        let by_spf = verdicts.spf.as_ref().is_some_and(|spf| spf.result == SpfResult::Fail);
        // RFC 7208 §8.4; what DMARC passes is genuine, whatever SPF says (RFC 9989 §5.3).
        let is_genuine = verdicts.dmarc.iter().any(|it| it.result == DmarcResult::Pass);
        let refused_by_spf = by_spf && self.spf == SpfRule::Reject && !is_genuine;
        let disposition = match (self.dmarc, wish) {
            (DmarcRule::Reject, Some((DmarcPolicy::Reject, from))) => {
                Disposition::RefuseByDmarc { from }
            }
            _ if refused_by_spf => Disposition::RefuseBySpf,
            (
                DmarcRule::Reject | DmarcRule::Quarantine,
                Some((DmarcPolicy::Quarantine | DmarcPolicy::Reject, from)),
            ) => Disposition::Quarantine { from },
            _ => Disposition::Accept,
        };
        if disposition != Disposition::Accept && self.trusts(verdicts) {
            verdicts.let_in_by =
                verdicts.arc.as_ref().map(|arc| arc.sealers.clone()).unwrap_or_default();
            return Disposition::Accept;
        }
        disposition
    }

    /// Whether everybody who passed it on is trusted, and the first of them found it genuine
    /// (RFC 8617 §7.2.1).
    fn trusts(&self, verdicts: &Verdicts) -> bool {
        let Some(arc) = verdicts.arc.as_ref().filter(|arc| arc.result == ArcResult::Pass) else {
            return false;
        };
        let is_below = |name: &str, domain: &str| {
            name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is_trusted =
            |sealer: &String| self.arc_trusted.iter().any(|domain| is_below(sealer, domain));
        let found = arc.first_found.as_ref().filter(|found| found.result == "pass");
        let authors = &verdicts.dmarc;
        let is_same = |from: &String| authors.iter().all(|it| it.from.eq_ignore_ascii_case(from));
        !arc.sealers.is_empty()
            && arc.sealers.iter().all(is_trusted)
            && found.is_some_and(|found| found.from.as_ref().is_some_and(is_same))
    }
}
