//! The envelopes of what this server writes itself.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit};
use hikyaku_mail::{Address, ReversePath};
use hikyaku_store::{Addressed, Forward, Forwarding, Outgoing, Resolution};

/// Where a letter goes: into mailboxes here, into the queue, or both.
#[derive(Debug, Default)]
pub(crate) struct Way {
    pub(crate) targets: Vec<Addressed>,
    pub(crate) outgoing: Vec<Outgoing>,
}

/// Why a letter goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nowhere {
    /// The domain is ours, and nobody there has this address.
    Unknown,
    /// The address is an alias that leads back to itself.
    Circle,
    /// The address is an alias that leads on too many times over.
    Chain,
    /// Every account behind the address is shut.
    Disabled,
    /// A mailbox behind the address has no room.
    Full {
        /// The most octets it may hold.
        quota: u64,
    },
}

impl Nowhere {
    /// As the cause that a letter to this address goes nowhere.
    pub(crate) fn cause(self, to: &Address) -> Cause {
        let (code, limit) = match self {
            Self::Unknown => (Code::SmtpRcptUnknown, None),
            Self::Circle => (Code::SmtpRcptCircle, None),
            Self::Chain => (Code::SmtpRcptChain, Some(Resolution::most_steps())),
            Self::Disabled => (Code::SmtpRcptDisabled, None),
            Self::Full { quota: most } => {
                let limit = Limit::MailboxOctets;
                (Code::SmtpRcptFull, Some(Evidence::Limit { limit, most, seen: None }))
            }
        };
        let raw = to.to_string().into_bytes();
        let address = Evidence::Address { role: AddressRole::Recipient, raw };
        [Some(address), limit].into_iter().flatten().fold(Cause::proven(code), Cause::with)
    }
}

impl Way {
    /// The way to an address that leads there.
    pub(crate) fn to(to: &Address, found: Resolution) -> Result<Self, Nowhere> {
        let addressed = |target| Addressed { target, recipient: to.to_string() };
        let mut way = Self::default();
        match found {
            Resolution::Deliver(targets) => {
                way.targets = targets.into_iter().map(addressed).collect();
            }
            Resolution::Forward(Forward { via, here, away }) => {
                way.targets = here.into_iter().map(addressed).collect();
                // No report comes of a report: it goes on without a sender too.
                let on = |address: Address| Outgoing {
                    forwarding: Some(Forwarding {
                        via: via.to_string(),
                        sender: ReversePath::Null,
                    }),
                    ..Outgoing::new(address.to_string(), address.host.to_string())
                };
                way.outgoing = away.into_iter().map(on).collect();
            }
            Resolution::NotLocal => {
                way.outgoing = vec![Outgoing::new(to.to_string(), to.host.to_string())];
            }
            Resolution::Unknown => return Err(Nowhere::Unknown),
            Resolution::Circle => return Err(Nowhere::Circle),
            Resolution::Chain => return Err(Nowhere::Chain),
            Resolution::Disabled => return Err(Nowhere::Disabled),
            Resolution::Full { quota } => return Err(Nowhere::Full { quota }),
        }
        Ok(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn what_goes_on_has_no_sender() {
        let (via, away) = (address("taro@edo.test"), vec![address("taro@kyoto.test")]);
        let found = Resolution::Forward(Forward { via: via.clone(), here: Vec::new(), away });
        let way = Way::to(&via, found).unwrap();
        assert!(way.targets.is_empty());
        let [one] = way.outgoing.as_slice() else { panic!("{way:?}") };
        assert_eq!(one.recipient, "taro@kyoto.test");
        let forwarding = one.forwarding.as_ref().unwrap();
        assert_eq!(
            (forwarding.via.as_str(), &forwarding.sender),
            ("taro@edo.test", &ReversePath::Null)
        );
    }

    #[test]
    fn each_way_that_leads_nowhere_has_its_cause() {
        let to = address("taro@edo.test");
        let table = [
            (Resolution::Unknown, Code::SmtpRcptUnknown, 1),
            (Resolution::Circle, Code::SmtpRcptCircle, 1),
            (Resolution::Chain, Code::SmtpRcptChain, 2),
            (Resolution::Disabled, Code::SmtpRcptDisabled, 1),
            (Resolution::Full { quota: 5 }, Code::SmtpRcptFull, 2),
        ];
        for (found, code, evidence) in table {
            let cause = Way::to(&to, found).unwrap_err().cause(&to);
            assert_eq!((cause.code, cause.evidence.len()), (code, evidence));
        }
        let way = Way::to(&to, Resolution::NotLocal).unwrap();
        assert_eq!(
            way.outgoing,
            [Outgoing::new("taro@edo.test".to_owned(), "edo.test".to_owned())]
        );
    }
}
