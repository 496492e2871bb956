//! Where a recipient's mail goes next. Facts go in, a plan or a cause comes out.
//!
//! [`Routes`] holds the relays that were configured; [`plan`] turns what the DNS said of a domain
//! into the order in which its mail hosts are tried; [`PathJudge`] tells one dead host from a
//! line that lets nothing out to port 25.
//!
//! This crate looks nothing up, connects to nothing, reads no clock (time is a parameter, as the
//! time since some start) and makes no random numbers.
//!
//! ```
//! use hikyaku_mail::Domain;
//! use hikyaku_route::{MailFacts, plan};
//!
//! let mx = vec![(20, "b.edo.test".to_owned()), (10, "a.edo.test.".to_owned())];
//! let facts = MailFacts { mx, ..MailFacts::default() };
//! let plan = plan(&Domain::parse("edo.test").unwrap(), facts, &[], || 7).unwrap();
//! let names: Vec<_> = plan.hosts.iter().map(|host| host.name.as_str()).collect();
//! assert_eq!(names, ["a.edo.test", "b.edo.test"]);
//! ```

mod plan;
mod port25;
mod relay;

pub use plan::{MailFacts, Plan, PlannedHost, plan};
pub use port25::{Attempt, Family, PathJudge, PathSettings};
pub use relay::{Destination, Pattern, Relay, RelayTls, RouteRule, Routes};
