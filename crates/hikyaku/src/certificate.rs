//! An authority of our own, and a certificate by it, for `try` and until a public one is there.

use std::path::{Path, PathBuf};

use hikyaku_cause::{Cause, Code, Evidence};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};

use crate::secret_file;

/// The files of a certificate.
pub(crate) struct Files {
    pub(crate) authority: PathBuf,
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

impl Files {
    pub(crate) fn within(dir: &Path) -> Self {
        Self {
            authority: dir.join("authority.pem"),
            chain: dir.join("certificate.pem"),
            key: dir.join("certificate.key"),
        }
    }

    fn are_there(&self) -> bool {
        [&self.authority, &self.chain, &self.key].iter().all(|path| path.exists())
    }
}

/// Makes the authority and the certificate, unless they are there. The authority's own key is
/// thrown away: nobody can make further certificates with it.
pub(crate) fn ensure(dir: &Path, names: Vec<String>) -> Result<Files, Cause> {
    let files = Files::within(dir);
    if files.are_there() {
        return Ok(files);
    }
    let (authority, chain, key) = make(names).map_err(|error| {
        Cause::proven(Code::TlsCertificateUnreadable)
            .with(Evidence::File { path: files.chain.clone() })
            .with(Evidence::Detail { source: "rcgen", text: error.to_string() })
    })?;
    secret_file::write(&files.key, key.as_bytes())?;
    secret_file::write_public(&files.chain, chain.as_bytes())?;
    // Last: its presence says that all three are there.
    secret_file::write_public(&files.authority, authority.as_bytes())?;
    Ok(files)
}

fn make(names: Vec<String>) -> Result<(String, String, String), rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.distinguished_name = named("Hikyaku's own authority on this machine");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.not_before = date_time_ymd(2025, 1, 1);
    authority.not_after = date_time_ymd(2045, 1, 1);
    let authority_pem = authority.self_signed(&authority_key)?.pem();

    let key = KeyPair::generate()?;
    let title = names.first().cloned().unwrap_or_default();
    let mut host = CertificateParams::new(names)?;
    host.distinguished_name = named(&title);
    host.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    host.use_authority_key_identifier_extension = true;
    host.not_before = date_time_ymd(2025, 1, 1);
    host.not_after = date_time_ymd(2045, 1, 1);
    let issuer = Issuer::new(authority, authority_key);
    let chain = host.signed_by(&key, &issuer)?.pem();
    Ok((authority_pem, chain, key.serialize_pem()))
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}
