//! # What it checks
//! Whether mail programs are told to send through port 25, which works here.
//! # Why mail suffers
//! On another line it will be blocked.
//! # Evidence
//! The setting.
//! # Remedy
//! Port 465 or 587 of the same server.
//! # References
//! RFC 6409 §3.1, RFC 8314 §3.3; `setting.port.relay`.

use hikyaku_cause::{Cause, Code, Evidence};

use crate::facts::{Facts, Protocol};
use crate::finding::{Direction, Finding, host};
use crate::sign_in::best_door;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        if setting.protocol != Protocol::Smtp || setting.port != 25 || !door.is_open() {
            continue;
        }
        let Some(better) = best_door(facts, setting) else { continue };
        let cause = Cause::proven(Code::SettingPortRelay).with(host(&setting.host));
        let cause = cause.with(Evidence::Setting {
            field: "smtp.port".to_owned(),
            from: setting.port.to_string(),
            to: format!("{} ({})", better.port, better.tls),
        });
        findings.push(Finding::new(cause, Direction::Send).change(setting, &better));
    }
    findings
}
