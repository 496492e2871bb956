//! `[inbound]`: what is done with mail from other servers, by who stands for it.

use hikyaku_cause::Cause;
use hikyaku_mail::Domain;
use hikyaku_senderauth::{DmarcRule, Rules, SpfRule};
use serde::Deserialize;

use super::place::Places;

/// The table as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WrittenInbound {
    spf: WrittenSpf,
    dmarc: WrittenDmarc,
    arc_trusted: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenSpf {
    Off,
    #[default]
    Mark,
    Reject,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenDmarc {
    Off,
    Mark,
    Quarantine,
    #[default]
    Reject,
}

impl WrittenInbound {
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
