//! Pages that explain refusals.

use std::fmt;
use std::sync::Arc;

use hikyaku_cause::Cause;

/// Where the pages are that explain refusals, and how each gets its name.
#[derive(Clone)]
pub struct Pages {
    base: Arc<str>,
    name: fn() -> Option<String>,
}

/// A refusal that was said, and the name of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The page's name, the last part of the link.
    pub page: String,
    /// What was refused, and why.
    pub cause: Cause,
}

impl Pages {
    /// Pages below `base`, an address that ends with a slash. `name` gives each a name that nobody
    /// can guess, or none where there is none to be had; then the refusal has no link.
    pub fn new(base: impl Into<Arc<str>>, name: fn() -> Option<String>) -> Self {
        Self { base: base.into(), name }
    }

    /// A fresh name.
    pub fn name(&self) -> Option<String> {
        (self.name)()
    }

    /// The address of the page of this name.
    pub fn link(&self, name: &str) -> String {
        format!("{}{name}", self.base)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(&self.base).finish()
    }
}

impl PartialEq for Pages {
    /// Where they are is what tells pages apart.
    fn eq(&self, other: &Self) -> bool {
        self.base == other.base
    }
}

impl Eq for Pages {}
