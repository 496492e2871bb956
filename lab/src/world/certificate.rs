//! Certificates made on the spot.

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

/// An authority of the world.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

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
        Ok(Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate()?)? })
    }

    /// Its own certificate, PEM.
    pub fn pem(&self) -> String {
        self.issuer.pem()
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

fn rsa_key() -> Result<String, Fault> {
    let mut random = UnwrapErr(getrandom::SysRng);
    let wrong = |what: String| Fault::Plan { what: format!("an RSA key: {what}") };
    let key = rsa::PrivateKey::new(&mut random, 2048).map_err(|why| wrong(why.to_string()))?;
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|why| wrong(why.to_string()))?;
    Ok(pem.to_string())
}
