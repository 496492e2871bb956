//! A real Thunderbird with a wrong port in its profile: it cannot send; the doctor reads why from the
//! profile, and puts it right; then the mail that had been stuck arrives at `hikyaku try`.
//!
//! Everything runs in a network namespace of its own, where the usual ports of mail lead to those of
//! `hikyaku try`. Thunderbird is the Debian package, in a root of its own, without a screen, and
//! driven by Marionette, as Mozilla's own tests drive it. What each said is kept in
//! `target/thunderbird/`.

mod inside;
mod marionette;
mod program;

use hikyaku_lab::Root;

use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;
use crate::{line, needs};

pub(crate) use inside::run as inside;

/// In this order: each goes on from where the one before ended.
const CHECKS: [&str; 6] = [
    "a wrong port: nothing can be sent",
    "nothing is changed while it runs",
    "diagnosed from its profile",
    "nothing is changed without a yes",
    "put right, and nothing else",
    "the stuck mail arrives",
];

/// `certutil` puts the authority of `hikyaku try` into the profile.
const PACKAGES: [&str; 2] = ["libnss3-tools", "thunderbird"];

/// Runs them all.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    match ready() {
        Ok(()) => inner::start(workspace, report, Stage::Thunderbird, &CHECKS),
        Err(why) => CHECKS.iter().for_each(|name| report.skip(name, &why)),
    }
}

/// Whether it can run here: namespaces, and the package.
fn ready() -> Result<(), String> {
    line::possible()?;
    needs::ensure(&needs::ROOTS)?;
    root().map(drop).map_err(|why| why.to_string())
}

/// The program, with what a window needs.
pub(crate) fn root() -> Result<Root, hikyaku_lab::Unavailable> {
    Root::ensure("thunderbird", &PACKAGES)
}
