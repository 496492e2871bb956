//! The sender rewriting scheme: a return address of ours for mail that is sent on, which leads back
//! to whoever sent it and is good for nothing else.
//!
//! The form is that of Mail::SRS and libsrs2: `SRS0=hash=day=host=user`, and
//! `SRS1=hash=host=rest` for what another forwarder wrote, so that no address grows with each hop.
//! Where that is longer than a local part may be, the way back is kept here instead, and the address
//! names it by a token: `SRS0=hash=day=token`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hikyaku_mail::{Address, Domain, Host, LocalPart};
use ring::hmac;

/// How many days a return address holds good. Other servers try for five days, so that a report
/// comes within ten; the rest is for what lies in a queue that somebody held.
pub const SRS_DAYS: u64 = 21;

/// Letters of the seal: about 31 bits, since upper and lower case count the same.
const HASH: usize = 6;
/// Digits of the day.
const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Days before they begin anew.
const DAYS: u64 = 1024;
/// A local part (RFC 5321 §4.5.3.1.1).
const LOCAL_PART: usize = 64;
/// A path without its angle brackets (RFC 5321 §4.5.3.1.3).
const ADDRESS: usize = 254;
/// What is sealed between day and token: no host begins so, and the seal of one form does not fit the
/// other.
const KEPT: &str = "\n";
/// What stands between the parts; right after the tag there may be another sign.
const BETWEEN: char = '=';

/// Why a return address leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SrsFault {
    /// Not in the form, or not sealed by us.
    Forged,
    /// Older than [`SRS_DAYS`].
    Expired,
}

/// A return address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnAddress {
    /// What goes onto the wire.
    pub address: Address,
    /// What has to be kept as long as it holds good, where the way back did not fit into it.
    pub kept: Option<KeptWay>,
}

/// A way back that its address only names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWay {
    /// Its name: the same for the same way.
    pub token: String,
    /// Whom it leads to.
    pub to: Address,
}

/// Where a return address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayBack {
    /// To this address.
    To(Address),
    /// To what is kept under this token.
    Kept(String),
}

/// Writes and reads return addresses with one secret.
#[derive(Debug, Clone)]
pub struct Srs {
    key: hmac::Key,
}

/// The two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// From a sender.
    First,
    /// From a forwarder.
    Further,
}

impl Srs {
    /// With a secret, of any length.
    pub fn new(secret: &[u8]) -> Self {
        // HMAC-SHA1 is what the others use, and holds (RFC 6194 §3.3).
        Self { key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret) }
    }

    /// The return address at `at` for mail from `sender`, on a day since 1970. Nothing where there
    /// is none: the sender's host has no name, or it would be longer than any address may be.
    pub fn forward(&self, sender: &Address, at: &Domain, day: u64) -> Option<ReturnAddress> {
        let Host::Domain(host) = &sender.host else { return None };
        let user = sender.local.as_str();
        let mut to = sender.clone();
        let local = match tag(user) {
            // What the first forwarder wrote is kept with its sign, whatever that is.
            Some((Tag::First, rest)) => self.further(host.as_str(), rest),
            Some((Tag::Further, rest)) => {
                let mut parts = rest.get(1..)?.splitn(3, BETWEEN);
                let (_, host, rest) = (parts.next()?, parts.next()?, parts.next()?);
                to = address(&format!("SRS0{rest}"), host)?;
                self.further(host, rest)
            }
            None => {
                let day = day_text(day);
                let hash = self.hash(&[&day, host.as_str(), user]);
                format!("SRS0={hash}={day}={host}={user}")
            }
        };
        match address(&local, at.as_str()) {
            Some(address) if fits(&address) => Some(ReturnAddress { address, kept: None }),
            _ => self.keep(to, at, day),
        }
    }

    /// The return address that names a way back by a token.
    fn keep(&self, to: Address, at: &Domain, day: u64) -> Option<ReturnAddress> {
        let (token, day) = (self.token(&to), day_text(day));
        let hash = self.hash(&[&day, KEPT, &token]);
        let address = address(&format!("SRS0={hash}={day}={token}"), at.as_str())?;
        Some(ReturnAddress { address, kept: Some(KeptWay { token, to }) })
    }

    /// A hundred bits that nobody else can tell, so that no two senders share them; in one case, as
    /// servers on the way may change it.
    fn token(&self, to: &Address) -> String {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(b"=token=");
        context.update(to.to_string().as_bytes());
        let digits = context.sign();
        let digits = digits.as_ref().iter().map(|octet| digit(u64::from(*octet)));
        digits.flatten().map(|digit| digit.to_ascii_lowercase()).collect()
    }

    fn further(&self, host: &str, rest: &str) -> String {
        format!("SRS1={}={host}={rest}", self.hash(&[host, rest]))
    }

    /// Whether the local part has the form of a return address.
    pub fn is_return(local: &LocalPart) -> bool {
        tag(local.as_str()).is_some()
    }

    /// To whom a return address leads, on a day since 1970.
    pub fn reverse(&self, local: &LocalPart, day: u64) -> Result<WayBack, SrsFault> {
        let (tag, rest) = tag(local.as_str()).ok_or(SrsFault::Forged)?;
        let rest = rest.get(1..).ok_or(SrsFault::Forged)?;
        match tag {
            Tag::First => {
                let Some([hash, then, host, user]) = four(rest) else {
                    return self.reverse_kept(rest, day);
                };
                if !self.fits(hash, &[then, host, user]) {
                    return Err(SrsFault::Forged);
                }
                is_in_time(then, day)?;
                address(user, host).map(WayBack::To).ok_or(SrsFault::Forged)
            }
            Tag::Further => {
                let mut parts = rest.splitn(3, BETWEEN);
                let next = || parts.next().ok_or(SrsFault::Forged);
                let [hash, host, rest] = three(next)?;
                if !self.fits(hash, &[host, rest]) {
                    return Err(SrsFault::Forged);
                }
                let to = address(&format!("SRS0{rest}"), host);
                to.map(WayBack::To).ok_or(SrsFault::Forged)
            }
        }
    }

    /// The token of an address that has one.
    fn reverse_kept(&self, rest: &str, day: u64) -> Result<WayBack, SrsFault> {
        let mut parts = rest.splitn(3, BETWEEN);
        let [hash, then, token] = three(|| parts.next().ok_or(SrsFault::Forged))?;
        let token = token.to_ascii_lowercase();
        if !self.fits(hash, &[then, KEPT, &token]) {
            return Err(SrsFault::Forged);
        }
        is_in_time(then, day)?;
        Ok(WayBack::Kept(token))
    }

    /// Servers on the way may change upper and lower case, so that it does not count.
    fn hash(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(part.to_ascii_lowercase().as_bytes());
        }
        let mut hash = STANDARD.encode(context.sign());
        hash.truncate(HASH);
        hash
    }

    fn fits(&self, hash: &str, parts: &[&str]) -> bool {
        let own = self.hash(parts);
        let pairs = own.bytes().zip(hash.bytes());
        let differs = pairs.fold(0, |differs, (own, given)| {
            differs | (own.to_ascii_lowercase() ^ given.to_ascii_lowercase())
        });
        hash.len() == HASH && differs == 0
    }
}

/// The tag of a return address, and all behind it with the sign that follows the tag.
fn tag(local: &str) -> Option<(Tag, &str)> {
    let (head, rest) = local.split_at_checked(4)?;
    let tag = match head.to_ascii_uppercase().as_str() {
        "SRS0" => Tag::First,
        "SRS1" => Tag::Further,
        _ => return None,
    };
    rest.starts_with(['=', '-', '+']).then_some((tag, rest))
}

fn four(text: &str) -> Option<[&str; 4]> {
    let mut parts = text.splitn(4, BETWEEN);
    Some([parts.next()?, parts.next()?, parts.next()?, parts.next()?])
}

fn three<'a, E>(mut next: impl FnMut() -> Result<&'a str, E>) -> Result<[&'a str; 3], E> {
    Ok([next()?, next()?, next()?])
}

/// The last five bits of a number as a letter.
fn digit(number: u64) -> Option<char> {
    let place = usize::try_from(number % 32).unwrap_or_default();
    DIGITS.get(place).copied().map(char::from)
}

fn day_text(day: u64) -> String {
    [digit(day / 32), digit(day)].into_iter().flatten().collect()
}

/// Whether what was written on a day still holds good.
fn is_in_time(then: &str, day: u64) -> Result<(), SrsFault> {
    let then = day_number(then).ok_or(SrsFault::Forged)?;
    // A day to come is more than a thousand days ago.
    if (day + DAYS - then) % DAYS > SRS_DAYS { Err(SrsFault::Expired) } else { Ok(()) }
}

/// Whether its local part is one that every server takes.
fn fits(address: &Address) -> bool {
    let text = address.to_string();
    text.rsplit_once('@').is_some_and(|(local, _)| local.len() <= LOCAL_PART)
}

fn day_number(text: &str) -> Option<u64> {
    let digit = |octet: u8| {
        let place = DIGITS.iter().position(|it| *it == octet.to_ascii_uppercase())?;
        u64::try_from(place).ok()
    };
    match text.as_bytes() {
        [high, low] => Some(digit(*high)? * 32 + digit(*low)?),
        _ => None,
    }
}

/// The address with that value for a local part, quoted where it has to be.
fn address(local: &str, host: &str) -> Option<Address> {
    Domain::parse(host).ok()?;
    let escaped = local.replace('\\', "\\\\").replace('"', "\\\"");
    let quoted = || Address::parse_kept(&format!("\"{escaped}\"@{host}"));
    let plain = Address::parse_kept(&format!("{local}@{host}"));
    let plain = plain.ok().filter(|it| it.local.as_str() == local);
    let address = plain.or_else(|| quoted().ok())?;
    (address.to_string().len() <= ADDRESS).then_some(address)
}

#[cfg(test)]
#[path = "srs_tests.rs"]
mod tests;
