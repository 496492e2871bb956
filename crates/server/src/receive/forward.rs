//! Sending on (RFC 5321 §3.9.1): mail for addresses of ours that lead to other servers, and reports
//! that come back the same way.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit};
use hikyaku_mail::{Address, HeaderScan, Host, ReversePath};
use hikyaku_senderauth::Passed;
use hikyaku_senderauth::{
    DmarcResult, KeptWay, SRS_DAYS, Sealer, SpfIdentity, SpfResult, Srs, SrsFault, Verdicts,
    WayBack as Leads,
};
use hikyaku_smtp::Service;
use hikyaku_store::{Addressed, Forward, Forwarding, NOWHERE, Outgoing, Resolution, WayBack};
use jiff::Timestamp;

use super::rcpt::Way;
use super::{Receiver, Transaction};

/// Seconds of a day.
const DAY: u64 = 86_400;

impl Receiver {
    /// The way of mail for an address of ours that leads to other servers.
    pub(super) fn way_on(&self, forward: Forward, written: &str) -> Result<Way, Cause> {
        let Forward { via, here, away } = forward;
        let reaches = |host: &Host| self.house.sending.as_ref().is_some_and(|it| it.reaches(host));
        if !away.iter().all(|address| reaches(&address.host)) {
            return Err(about(Code::SmtpRcptForward, written));
        }
        let (sender, way_back) = self.sender_on(&via);
        let outgoing = away.into_iter().map(|address| {
            let forwarding = Forwarding { via: via.to_string(), sender: sender.clone() };
            let destination = address.host.to_string();
            Outgoing {
                forwarding: Some(forwarding),
                way_back: way_back.clone(),
                ..Outgoing::new(address.to_string(), destination)
            }
        });
        let here =
            here.into_iter().map(|target| Addressed { target, recipient: written.to_owned() });
        Ok(Way::On(here.collect(), outgoing.collect()))
    }

    /// The envelope sender towards the next server. That of somebody on another server becomes a
    /// return address of ours: SPF (RFC 7208) knows that server, and not this one. With it what is
    /// to be kept, where the way back is too long for it.
    fn sender_on(&self, via: &Address) -> (ReversePath, Option<WayBack>) {
        let sender = self.transaction.as_ref().map(|open| &open.sender);
        let Some(ReversePath::Address(sender)) = sender else { return (ReversePath::Null, None) };
        let (true, Some(at)) = (self.is_away(sender), via.domain()) else {
            return (ReversePath::Address(sender.clone()), None);
        };
        if let Some(written) = self.house.srs.forward(sender, at, today()) {
            let kept = |KeptWay { token, to }| WayBack { token, to: to.to_string() };
            return (ReversePath::Address(written.address), written.kept.map(kept));
        }
        // Where there is no such address, those who look after the domain hear of it.
        let postmaster = Address::parse(&format!("postmaster@{at}"));
        (postmaster.map_or(ReversePath::Null, ReversePath::Address), None)
    }

    /// To whom a return address of ours leads.
    fn leads_to(&self, recipient: &Address, written: &str) -> Result<Address, Cause> {
        let expired = || {
            let limit = Evidence::Limit { limit: Limit::ReturnDays, most: SRS_DAYS, seen: None };
            about(Code::SmtpRcptReturnExpired, written).with(limit)
        };
        match self.house.srs.reverse(&recipient.local, today()) {
            Ok(Leads::To(to)) => Ok(to),
            Ok(Leads::Kept(token)) => {
                let kept = self.house.store.way_back(&token).map_err(|fault| fault.cause())?;
                let to = kept.and_then(|kept| Address::parse_kept(&kept).ok());
                // The seal is ours, so that there was a way; a store that was put back lacks it.
                to.ok_or_else(expired)
            }
            Err(SrsFault::Forged) => Err(about(Code::SmtpRcptReturnForged, written)),
            Err(SrsFault::Expired) => Err(expired()),
        }
    }

    /// Whether an address is on another server. Where that cannot be told it is taken for one.
    fn is_away(&self, address: &Address) -> bool {
        matches!(self.house.store.resolve(address), Ok(Resolution::NotLocal) | Err(_))
    }

    /// The way of a report that comes to a return address of ours; nothing for any other address.
    ///
    /// Only what has no sender is taken: reports (RFC 5321 §4.5.5) and automatic answers that keep
    /// to RFC 3834 §3.3. With a sender the address would let anybody write to whoever once wrote
    /// through us, in our name.
    pub(super) fn way_back(&self, recipient: &Address) -> Result<Option<Way>, Cause> {
        if self.service != Service::Exchange
            || !Srs::is_return(&recipient.local)
            || self.is_away(recipient)
        {
            return Ok(None);
        }
        let written = recipient.to_string();
        let to = self.leads_to(recipient, &written)?;
        let sender = self.transaction.as_ref().map(|open| &open.sender);
        if sender.is_some_and(|sender| *sender != ReversePath::Null) {
            return Err(about(Code::SmtpRcptReturnMail, &written));
        }
        let forward = match self.house.store.resolve(&to).map_err(|fault| fault.cause())? {
            Resolution::Deliver(here) => {
                let addressed = |target| Addressed { target, recipient: written.clone() };
                return Ok(Some(Way::Here(here.into_iter().map(addressed).collect())));
            }
            Resolution::Forward(forward) => forward,
            Resolution::NotLocal => {
                Forward { via: recipient.clone(), here: Vec::new(), away: vec![to] }
            }
            Resolution::Circle => return Err(about(Code::SmtpRcptCircle, &written)),
            Resolution::Chain => {
                let cause = about(Code::SmtpRcptChain, &written);
                return Err(cause.with(Resolution::most_steps()));
            }
            Resolution::Unknown | Resolution::Disabled | Resolution::Full { .. } => {
                return Err(about(Code::SmtpRcptUnknown, &written));
            }
        };
        self.way_on(forward, &written).map(Some)
    }

    /// Takes those out that have sent this message on before: it came back. Refused where nobody
    /// else is left; else the sender gets a report about them.
    pub(super) fn break_loops(&mut self, scan: &HeaderScan) -> Result<(), Cause> {
        let Some(transaction) = &mut self.transaction else { return Ok(()) };
        let passed: Vec<String> = scan.delivered_to().filter_map(canonical).collect();
        let came_back = |outgoing: &Outgoing| {
            let via = outgoing.forwarding.as_ref().map(|it| &it.via);
            via.filter(|via| passed.contains(via)).cloned()
        };
        let round: Vec<String> = transaction.outgoing.iter().filter_map(came_back).collect();
        let Some(first) = round.first() else { return Ok(()) };
        // What such an address has in a mailbox here, it has already.
        let is_round = |written: &str| {
            canonical(written.as_bytes()).is_some_and(|written| round.contains(&written))
        };
        transaction.targets.retain(|addressed| !is_round(&addressed.recipient));
        transaction.reported.retain(|(written, _)| !is_round(written));
        let mut others = !transaction.targets.is_empty();
        for outgoing in &mut transaction.outgoing {
            if came_back(outgoing).is_some() {
                NOWHERE.clone_into(&mut outgoing.destination);
            } else {
                others = true;
            }
        }
        if others { Ok(()) } else { Err(about(Code::MessageLoop, first)) }
    }

    /// The set of fields (RFC 8617 §5.1) that says what was found of a message that goes on.
    pub(super) fn seal(&self, passed: &Passed, verdicts: &Verdicts) -> String {
        let mut on = self.transaction.iter().flat_map(|open| &open.outgoing);
        let via = on.find_map(|outgoing| outgoing.forwarding.as_ref());
        let via = via.and_then(|it| Address::parse_kept(&it.via).ok());
        let domain = via.as_ref().and_then(Address::domain);
        let (Some(key), Some(domain)) = (self.house.signer.sealing_key(), domain) else {
            return String::new();
        };
        let second = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
        let results = verdicts.field(self.house.hostname.as_str(), None);
        let sealer = Sealer { key, domain, second };
        match passed.seal(sealer, &results, verdicts.arc.as_ref()) {
            Ok(set) => set.unwrap_or_default(),
            Err(fault) => {
                tracing::error!(%domain, fault, "a seal could not be made");
                String::new()
            }
        }
    }
}

impl Transaction {
    /// Whether any of it goes on to other servers.
    pub(super) fn goes_on(&self) -> bool {
        self.outgoing.iter().any(|outgoing| outgoing.forwarding.is_some())
    }

    /// Whether somebody stands for the sender, so that a report to it reaches no stranger: its
    /// domain lets the peer send for it, or the author of that domain is proven.
    pub(super) fn stands(&self, verdicts: &Verdicts) -> bool {
        let by_spf = verdicts.spf.as_ref().is_some_and(|spf| {
            spf.result == SpfResult::Pass && spf.identity == SpfIdentity::MailFrom
        });
        let domain = self.sender.address().and_then(Address::domain);
        by_spf
            || verdicts.dmarc.iter().any(|dmarc| {
                let is_its = domain.is_some_and(|domain| domain.as_str() == dmarc.from);
                is_its && dmarc.result == DmarcResult::Pass
            })
    }

    /// Nobody stands for the sender: it hears of nothing but refusals.
    pub(super) fn keep_silent(&mut self) {
        self.reported.clear();
        for outgoing in &mut self.outgoing {
            if let Some(notify) = &mut outgoing.notify {
                notify.success = false;
            }
        }
    }
}

/// A day since 1970.
fn today() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or_default() / DAY
}

fn about(code: Code, written: &str) -> Cause {
    let raw = written.as_bytes().to_vec();
    Cause::proven(code).with(Evidence::Address { role: AddressRole::Recipient, raw })
}

/// The form in which addresses of ours are compared.
fn canonical(written: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(written).ok()?.trim();
    Address::parse_kept(text).ok().map(|address| address.canonical())
}
