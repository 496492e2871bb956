//! The TXT record at `_smtp._tls` (RFC 8460 §3): who wants reports.

use crate::fields::fields;
use std::fmt;

use hikyaku_mail::Address;

/// Where reports are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// By mail.
    Mail(Address),
    /// Posted to an address of the web that begins with `https://`.
    Web(String),
}

/// Why a domain is treated as one that wants no reports, although it tries to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFault {
    /// Several records begin with `v=TLSRPTv1;`.
    Several,
    /// The one there is does not keep to the grammar.
    Syntax,
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail(address) => write!(f, "mailto:{address}"),
            Self::Web(url) => f.write_str(url),
        }
    }
}

const VERSION: &str = "v=TLSRPTv1";
/// So many destinations get a report at most: who publishes more may not have us write to all.
const MOST: usize = 8;
/// The longest address of the web that is kept.
const LONGEST_URL: usize = 1000;

/// Where the domain with these texts at `_smtp._tls` wants reports; nowhere is no fault. What is
/// neither mail nor the web is passed over.
pub fn record(texts: &[String]) -> Result<Vec<Destination>, RecordFault> {
    let mut records = texts.iter().filter_map(|text| {
        let rest = text.strip_prefix(VERSION)?;
        rest.trim_start_matches([' ', '\t']).strip_prefix(';')
    });
    match (records.next(), records.next()) {
        (None, _) => Ok(Vec::new()),
        // RFC 8460 §3: more than one is none.
        (Some(_), Some(_)) => Err(RecordFault::Several),
        (Some(fields), None) => fields_of(fields),
    }
}

/// The record of a domain that wants reports by mail.
pub fn record_text(address: &str) -> String {
    format!("{VERSION}; rua=mailto:{address}")
}

fn fields_of(text: &str) -> Result<Vec<Destination>, RecordFault> {
    let mut rua = None;
    for field in fields(text) {
        let (name, value) = field.ok_or(RecordFault::Syntax)?;
        match name {
            "rua" if rua.is_none() => rua = Some(value),
            "rua" => return Err(RecordFault::Syntax),
            _ => {}
        }
    }
    let uris = rua.ok_or(RecordFault::Syntax)?.split(',');
    let destinations = uris.filter_map(|uri| destination(uri.trim_matches([' ', '\t'])));
    Ok(destinations.take(MOST).collect())
}

fn destination(uri: &str) -> Option<Destination> {
    let (scheme, rest) = uri.split_once(':')?;
    if scheme.eq_ignore_ascii_case("mailto") {
        // RFC 6068 §2: what follows a question mark would be fields of ours.
        let address = rest.split('?').next().unwrap_or(rest);
        return Address::parse(&decoded(address)?).ok().map(Destination::Mail);
    }
    let is_web = scheme.eq_ignore_ascii_case("https") && rest.starts_with("//");
    let is_sound = uri.len() <= LONGEST_URL && uri.bytes().all(|it| it.is_ascii_graphic());
    // RFC 8460 §3: commas, exclamation marks and semicolons are encoded in the record, and stay so.
    (is_web && is_sound).then(|| Destination::Web(format!("https:{rest}")))
}

/// Percent-encoding (RFC 3986 §2.1) taken off.
fn decoded(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        let is_hexadecimal = digits.bytes().all(|it| it.is_ascii_hexdigit());
        octets.push(u8::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal)?);
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Result<Vec<String>, RecordFault> {
        let texts: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
        record(&texts).map(|found| found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn records() {
        // The examples of RFC 8460 §3.
        let mail = of(&["v=TLSRPTv1;rua=mailto:reports@example.com"]);
        assert_eq!(mail, Ok(vec!["mailto:reports@example.com".to_owned()]));
        let web = of(&["v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt"]);
        assert_eq!(web, Ok(vec!["https://reporting.example.com/v1/tlsrpt".to_owned()]));
        let both =
            "v=TLSRPTv1; x=y; rua=MAILTO:a%2Bb@a.test?subject=x , HTTPS://b.test/%2C,ftp://c;";
        let expected = vec!["mailto:a+b@a.test".to_owned(), "https://b.test/%2C".to_owned()];
        assert_eq!(of(&[both]), Ok(expected));
        assert_eq!(of(&["v=TLSRPTv1; rua=http://a.test/,mailto:nobody,mailto:%4"]), Ok(vec![]));
        assert_eq!(of(&["v=spf1 -all", "v=TLSRPTv2; rua=mailto:a@a.test"]), Ok(vec![]));
        assert_eq!(of(&[]), Ok(vec![]));
    }

    #[test]
    fn faults() {
        let one = "v=TLSRPTv1; rua=mailto:a@a.test";
        assert_eq!(of(&[one, one]), Err(RecordFault::Several));
        for text in ["v=TLSRPTv1;", "v=TLSRPTv1; x=y", "v=TLSRPTv1; rua=a; rua=b", "v=TLSRPTv1; x"]
        {
            assert_eq!(of(&[text]), Err(RecordFault::Syntax), "{text}");
        }
        let many = format!("v=TLSRPTv1; rua={}", vec!["mailto:a@a.test"; 50].join(","));
        assert_eq!(of(&[&many]).unwrap().len(), MOST);
    }
}
