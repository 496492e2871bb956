//! Certificates made on the spot.

use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::rand_core::UnwrapErr;
use serde::Deserialize;

use crate::fault::Fault;

/// What the key of a certificate is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// ECDSA over P-256.
    #[default]
    Ecdsa,
    /// RSA, 2048 bits.
    Rsa,
}

/// What is wrong with a certificate, if anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It holds.
    #[default]
    Good,
    /// Its last day was a month ago.
    Expired,
    /// Its first day is in a month.
    NotYet,
    /// It is for `mail.hoster.test`.
    OtherName,
    /// The server signed it itself.
    SelfSigned,
    /// Nobody trusts its authority.
    Unknown,
    /// An intermediate authority signed it, whose certificate is not sent.
    Incomplete,
    /// A program that inspects connections made it.
    Inspected,
}

/// An authority of the world.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// The organisation of the world's authority, and of those below it.
const ORGANISATION: &str = "Lab Trust";

/// A certificate chain, leaf first, and the key of the leaf; both PEM.
#[derive(Debug)]
pub struct Pair {
    /// The chain.
    pub chain: String,
    /// The key.
    pub key: String,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Authority")
    }
}

impl Authority {
    /// A new one.
    pub fn new(name: &str) -> Result<Self, Fault> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        params.distinguished_name.push(DnType::OrganizationName, ORGANISATION);
        Ok(Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate()?)? })
    }

    /// Its own certificate, PEM.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for these names (or addresses).
    pub fn certify_as(&self, names: &[String], key: Key, kind: Kind) -> Result<Pair, Fault> {
        let other = ["mail.hoster.test".to_owned()];
        let names = if kind == Kind::OtherName { &other } else { names };
        match kind {
            Kind::Good | Kind::OtherName => return self.certify(names, key),
            Kind::Unknown => return certify_by("Somebody", names),
            Kind::Inspected => {
                return certify_by("Avast", names);
            }
            _ => {}
        }
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        let name = names.first().cloned().unwrap_or_default();
        params.distinguished_name.push(DnType::CommonName, name);
        let now = SystemTime::now();
        let days = |count: u64| Duration::from_secs(count * 86_400);
        let certificate = match kind {
            Kind::Expired => {
                (params.not_before, params.not_after) =
                    ((now - days(400)).into(), (now - days(30)).into());
                params.signed_by(&key, &self.issuer)?
            }
            Kind::NotYet => {
                (params.not_before, params.not_after) =
                    ((now + days(30)).into(), (now + days(400)).into());
                params.signed_by(&key, &self.issuer)?
            }
            Kind::SelfSigned => params.self_signed(&key)?,
            _ => {
                let intermediate = self.intermediate()?;
                params.signed_by(&key, &intermediate)?
            }
        };
        Ok(Pair { chain: certificate.pem(), key: key.serialize_pem() })
    }

    /// An authority below this one, whose certificate nobody has.
    fn intermediate(&self) -> Result<CertifiedIssuer<'static, KeyPair>, Fault> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Lab Trust Servers 1");
        params.distinguished_name.push(DnType::OrganizationName, ORGANISATION);
        Ok(CertifiedIssuer::signed_by(params, KeyPair::generate()?, &self.issuer)?)
    }

    /// A certificate for these names (or addresses) that holds.
    pub fn certify(&self, names: &[String], key: Key) -> Result<Pair, Fault> {
        let key = match key {
            Key::Ecdsa => KeyPair::generate()?,
            Key::Rsa => KeyPair::from_pem(&rsa_key()?)?,
        };
        let certificate = CertificateParams::new(names.to_vec())?.signed_by(&key, &self.issuer)?;
        Ok(Pair { chain: certificate.pem(), key: key.serialize_pem() })
    }
}

/// A certificate by an authority that nobody trusts.
fn certify_by(organisation: &str, names: &[String]) -> Result<Pair, Fault> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, organisation.to_owned() + " Mail Shield");
    params.distinguished_name.push(DnType::OrganizationName, organisation);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(names.to_vec())?.signed_by(&key, &issuer)?;
    Ok(Pair { chain: certificate.pem(), key: key.serialize_pem() })
}

fn rsa_key() -> Result<String, Fault> {
    let mut random = UnwrapErr(getrandom::SysRng);
    let wrong = |what: String| Fault::Plan { what: format!("an RSA key: {what}") };
    let key = rsa::PrivateKey::new(&mut random, 2048).map_err(|why| wrong(why.to_string()))?;
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|why| wrong(why.to_string()))?;
    Ok(pem.to_string())
}
