//! Roots that the later stages need, made while the earlier ones build: the one waits for the
//! mirror and the disk, the other for the compiler.

use std::thread;

use hikyaku_lab::peer::{exim, postfix};
use hikyaku_lab::world::Plan;

use crate::trust::suite;
use crate::{interop, needs, thunderbird};

/// Begins to make them and returns. What cannot be made shows at the checks that need it.
pub(crate) fn begin() {
    if needs::ensure(&needs::ROOTS).is_err() {
        return;
    }
    let _failed = thread::Builder::new().name("roots".to_owned()).spawn(make);
}

fn make() {
    let named = [interop::root, postfix::root, exim::root, thunderbird::root, suite::root];
    for root in named {
        let _missing = root();
    }
    for world in Plan::names().unwrap_or_default() {
        let _missing = Plan::named(&world).and_then(|plan| plan.make_roots());
    }
}
