//! The rules, one file each, in the order of their rank: what comes first causes what follows.

mod captive;
mod clock;
mod dishonest;
mod family;
mod intercepted;
mod mode;
mod name;
mod network;
mod outbox;
mod port25;
mod reach;
mod relay_port;
mod sending;
mod sign_in;
mod speech;
mod trust;
mod unfound;

use crate::facts::{Door, Facts, Server};
use crate::finding::Finding;

pub use speech::GREETING_SECONDS;

/// What a rule finds in the facts.
type Rule = fn(&Facts) -> Vec<Finding>;

const RULES: [Rule; 17] = [
    captive::check,
    network::check,
    clock::check,
    name::check,
    unfound::check,
    port25::check,
    reach::check,
    intercepted::check,
    speech::check,
    mode::check,
    trust::check,
    sign_in::check,
    sending::check,
    relay_port::check,
    dishonest::check,
    family::check,
    outbox::check,
];

/// What all rules find, in their order.
pub(crate) fn all(facts: &Facts) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| rule(facts)).collect()
}

/// The servers as they are set, each with what was seen at its port.
fn set(facts: &Facts) -> impl Iterator<Item = (&Server, &Door)> {
    facts.servers.iter().filter_map(|server| {
        let setting = &server.setting;
        Some((server, facts.door(&setting.host, setting.port)?))
    })
}
