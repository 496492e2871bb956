//! `[inbound]`: what is done with mail from other servers, by who stands for it.

use hikyaku_cause::Cause;
use hikyaku_mail::Domain;
use hikyaku_senderauth::{DmarcRule, Rules, SpfRule};
use hikyaku_tlspolicy::sts::Mode;
use serde::Deserialize;

use super::place::Places;

/// The table as it is written.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub(super) struct WrittenInbound {
    spf: WrittenSpf,
    dmarc: WrittenDmarc,
    arc_trusted: Vec<String>,
    mta_sts: Option<WrittenSts>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum WrittenSpf {
    Off,
    #[default]
    Mark,
    Reject,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum WrittenDmarc {
    Off,
    Mark,
    Quarantine,
    #[default]
    Reject,
}

/// Testing harms no mail and shows in the reports of others what would fail; to enforce is a promise
/// that only an administrator can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum WrittenSts {
    None,
    Testing,
    Enforce,
}

impl WrittenInbound {
    /// How the MTA-STS policy of the domains served is meant.
    pub(super) fn sts(&self) -> Mode {
        match self.mta_sts {
            Some(WrittenSts::None) => Mode::None,
            Some(WrittenSts::Testing) | None => Mode::Testing,
            Some(WrittenSts::Enforce) => Mode::Enforce,
        }
    }

    /// Whether somebody has said that there is to be a policy, and so has published its names.
    pub(super) fn wants_policy(&self) -> bool {
        self.mta_sts.is_some_and(|mode| mode != WrittenSts::None)
    }

    pub(super) fn check(self, places: &Places<'_>) -> Result<Rules, Cause> {
        let trusted = self.arc_trusted.iter().map(|text| {
            let key = "inbound.arc_trusted";
            let domain = Domain::parse(text);
            let domain = domain.map_err(|_| places.invalid(key, "domains", text))?;
            Ok(domain.as_str().to_owned())
        });
        Ok(Rules {
            spf: match self.spf {
                WrittenSpf::Off => SpfRule::Off,
                WrittenSpf::Mark => SpfRule::Mark,
                WrittenSpf::Reject => SpfRule::Reject,
            },
            dmarc: match self.dmarc {
                WrittenDmarc::Off => DmarcRule::Off,
                WrittenDmarc::Mark => DmarcRule::Mark,
                WrittenDmarc::Quarantine => DmarcRule::Quarantine,
                WrittenDmarc::Reject => DmarcRule::Reject,
            },
            arc_trusted: trusted.collect::<Result<_, Cause>>()?,
        })
    }
}
