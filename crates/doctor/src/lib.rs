//! The doctor: facts about a mail account in, findings out.
//!
//! [`Facts`] are what the probes saw; they can be kept and read again. [`examine`] asks every rule
//! what the facts show and ranks what they say, so that the first finding is the root cause. Rules
//! never touch the world: no socket, no clock.
//!
//! ```
//! use hikyaku_doctor::{Facts, Verdict, examine};
//!
//! let report = examine(&Facts::new("taro@edo.test"));
//! assert_eq!(report.verdict, Verdict::Unknown);
//! ```

mod account;
mod client;
mod export;
mod facts;
mod finding;
mod heard;
mod html;
mod json;
mod look;
mod providers;
mod reply;
mod report;
mod rules;
mod sign_in;
mod terminal;
mod view;
mod words;

pub use account::{Account, Given};
pub use client::{Authority, Client, Kind, UnknownClient, WrongClients, use_clients};
pub use export::{Export, export};
pub use facts::{
    Certificate, Connect, Control, Door, Ended, Facts, Missing, Name, Named, NotASetting, Outbox,
    Portal, Protocol, Secured, Sent, SentPhase, Server, Setting, SignIn, SignInOutcome, Source,
    Spoken, Step, StepOutcome, Stopwatch, TlsMode, Trust, Waiting,
};
pub use finding::{Change, Direction, Finding};
pub use heard::{Heard, HeardIn};
pub use html::html;
pub use json::{heard_json, json};
pub use look::{Blacklist, Blacklists, LookUp, Plan, Vouching, WrongBlacklists, plan};
pub use providers::providers;
pub use report::{Check, CheckOutcome, Flow, Report, Verdict, examine, heard};
pub use rules::GREETING_SECONDS;
pub use sign_in::{Attempt, next_sign_in};
pub use terminal::{heard_terminal, terminal};
pub use view::View;
