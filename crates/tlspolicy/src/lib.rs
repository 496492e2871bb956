//! What other servers promise of their encryption, whether they keep it, and reports on it.
//!
//! DANE (RFC 6698, RFC 7671, RFC 7672): [`dane`] reads the TLSA records of a mail host and judges
//! the certificates it shows by them. MTA-STS (RFC 8461): [`sts`] reads the record and the policy
//! file of a domain, matches its mail hosts, and says when a policy is to be fetched and how long
//! it holds. SMTP TLS Reporting (RFC 8460): [`report`] reads the record that names who wants
//! reports, and makes and reads them.
//!
//! What it does not: it asks no DNS, fetches nothing, opens no connection and reads no clock.
//! Records, certificates and the time, in seconds since 1970, are parameters. That records are
//! genuine is for whoever asked for them to know.
//!
//! ```
//! use hikyaku_tlspolicy::dane;
//! use hikyaku_tlspolicy::sts;
//!
//! let rdata = [[3, 1, 1].as_slice(), &[0xab; 32]].concat();
//! let record = dane::Record::parse(&rdata).unwrap();
//! assert!(record.to_string().starts_with("3 1 1 abab"));
//! let names = vec!["mx.edo.test".to_owned()];
//! assert!(matches!(dane::Policy::of(vec![record], names), dane::Policy::Records(_)));
//!
//! let text = "version: STSv1\nmode: enforce\nmx: *.edo.test\nmax_age: 604800\n";
//! let policy = sts::Policy::parse(text.as_bytes()).unwrap();
//! assert_eq!(policy.mode, sts::Mode::Enforce);
//! assert!(policy.names("MX1.edo.test") && !policy.names("a.mx1.edo.test"));
//! ```

pub mod dane;
mod fields;
pub mod report;
mod spread;
pub mod sts;

pub use spread::spread;
