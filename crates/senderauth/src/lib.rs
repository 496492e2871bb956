//! Who stands for a message.
//!
//! What accounts send is signed with `DomainKeys` Identified Mail (RFC 6376), once with RSA and once
//! with Ed25519 (RFC 8463): old verifiers know only the first, and each ignores what it does not
//! know. The keys are PEM files that others read and write; nothing here touches the disk.
//!
//! What is sent on for an address of ours is sealed (ARC, RFC 8617 §5.1) and gets a return address of
//! ours ([`Srs`]).
//!
//! What the DNS says of a sender is judged from [`Answers`] (SPF, RFC 7208; DKIM keys and
//! signatures; DMARC). Nothing here asks the DNS either: a judgement that wants to know more says
//! which [`Question`]s, and is made again with their answers.
//!
//! ```
//! use hikyaku_senderauth::{Answer, Answers, Kind, Question, Records, SpfOutcome, spf};
//!
//! let ip = "192.0.2.1".parse().unwrap();
//! let mut answers = Answers::default();
//! let wanted = spf("edo.test", ip, &answers).unwrap_err();
//! assert_eq!(wanted.0, [Question::new("edo.test", Kind::Txt)]);
//! let records = Records::Texts(vec!["v=spf1 ip4:192.0.2.0/24 -all".to_owned()]);
//! answers.put(wanted.0[0].clone(), Answer::of(records));
//! assert_eq!(spf("edo.test", ip, &answers).unwrap().outcome, SpfOutcome::Pass);
//! ```

mod answers;
mod arc;
mod auth_results;
mod authors;
mod dkim;
mod dmarc;
mod dmarc_record;
mod dmarc_tree;
mod dmarc_verdict;
mod fields;
mod key;
mod passing;
mod rules;
mod seal;
mod signature;
mod signing;
mod spf;
mod spf_merge;
mod spf_record;
mod spf_syntax;
mod srs;
mod told;
mod verdicts;
mod zone;

pub use answers::{Answer, Answers, Kind, Needed, Question, Records, reverse_name};
pub use arc::{ArcFault, ArcResult, ArcVerdict, Found};
pub use auth_results::{AuthResult, AuthResults, without_forged};
pub use authors::{Authors, FromFault, authors};
pub use dkim::{DkimKeyState, DkimMark, DkimVerdict, dkim_key, dkim_marks, dkim_verify};
pub use dmarc::{Dmarc, DmarcOutcome, dmarc, is_aligned, organisation};
pub use dmarc_record::{DmarcPolicy, DmarcRecord};
pub use dmarc_verdict::{Alignment, DmarcResult, DmarcVerdict, Method, Published};
pub use fields::{header_fields, without_fields};
pub use key::{DkimKey, KeyFault, KeyKind, NewKey, Selector};
pub use passing::{Passed, Passing, SIGNATURES};
pub use rules::{Disposition, DmarcRule, Rules, SpfRule};
pub use seal::Sealer;
pub use signature::{DkimResult, SignatureFault, SignatureVerdict};
pub use signing::{DkimSigner, DkimSigning, Signed};
pub use spf::{SPF_LOOKUPS, Spf, SpfClient, SpfOutcome, SpfResult, SpfTerm, spf, spf_of};
pub use spf_merge::{SpfMerged, spf_merged};
pub use spf_record::SpfRecord;
pub use srs::{KeptWay, ReturnAddress, SRS_DAYS, Srs, SrsFault, WayBack};
pub use verdicts::{Asked, SpfIdentity, SpfVerdict, Verdicts};
pub use zone::zone_line;
