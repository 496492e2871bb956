//! `[acme]`: certificates that come and renew by themselves.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hikyaku_acme::{Binding, Challenge, Settings};
use hikyaku_cause::Cause;
use hikyaku_mail::Domain;
use hikyaku_tlspolicy::sts;
use serde::Deserialize;

use super::place::Places;
use super::{Listen, domain};

/// The table as it is written.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct WrittenAcme {
    directory: String,
    contact: String,
    names: Option<Vec<String>>,
    challenge: Option<WrittenChallenge>,
    dns_hook: Option<PathBuf>,
    ca: Option<PathBuf>,
    binding_id: Option<String>,
    binding_key_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
enum WrittenChallenge {
    #[serde(rename = "http-01")]
    Http,
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn,
    #[serde(rename = "dns-01")]
    Dns,
}

/// What else of the configuration plays a part.
pub(super) struct Around<'a> {
    pub(super) folder: &'a Path,
    pub(super) hostname: &'a Domain,
    pub(super) public_url: Option<&'a str>,
    pub(super) listen: &'a Listen,
    /// The domains whose policy is given out over HTTPS, at names of their own.
    pub(super) policies_of: &'a [Domain],
    pub(super) resolver: Option<SocketAddr>,
}

impl WrittenAcme {
    pub(super) fn check(self, around: &Around<'_>, places: &Places<'_>) -> Result<Settings, Cause> {
        let rest = self.directory.strip_prefix("https://").unwrap_or_default();
        if rest.is_empty() || rest.starts_with('/') {
            let expected = "the address of an ACME directory, \"https://…\"";
            return Err(places.invalid("acme.directory", expected, &self.directory));
        }
        if !self.contact.strip_prefix("mailto:").is_some_and(|address| address.contains('@')) {
            let expected = "\"mailto:\" and a mail address";
            return Err(places.invalid("acme.contact", expected, &self.contact));
        }
        let challenge = self.challenge(around, places)?;
        let names = self.names(around, places)?;
        let binding = match (self.binding_id, self.binding_key_file) {
            (None, None) => None,
            (Some(id), Some(key)) => Some(Binding { id, key: around.folder.join(key) }),
            (id, _) => {
                let key = if id.is_some() { "acme.binding_id" } else { "acme.binding_key_file" };
                let expected = "binding_id and binding_key_file together";
                return Err(places.invalid(key, expected, "one of them"));
            }
        };
        Ok(Settings {
            directory: self.directory,
            contact: vec![self.contact],
            names,
            challenge,
            ca: self.ca.map(|ca| around.folder.join(ca)),
            binding,
            resolver: around.resolver,
        })
    }

    /// What is set, or else what can be answered.
    fn challenge(&self, around: &Around<'_>, places: &Places<'_>) -> Result<Challenge, Cause> {
        use WrittenChallenge::{Dns, Http, TlsAlpn};
        let (has_http, has_https) =
            (!around.listen.http.is_empty(), !around.listen.https.is_empty());
        let wrong = |expected, found: &str| Err(places.invalid("acme.challenge", expected, found));
        match (self.challenge, &self.dns_hook) {
            (None | Some(Dns), Some(hook)) => Ok(Challenge::Dns(around.folder.join(hook))),
            (Some(Dns), None) => {
                wrong("dns_hook as well, a program that publishes records", "none")
            }
            (Some(_), Some(_)) => wrong("\"dns-01\" where there is a dns_hook", "another"),
            (Some(Http), None) if !has_http => {
                wrong("http in [listen] as well, reached from outside at port 80", "none")
            }
            (Some(TlsAlpn), None) if !has_https => {
                wrong("https in [listen] as well, reached from outside at port 443", "none")
            }
            (Some(Http), None) => Ok(Challenge::Http),
            (Some(TlsAlpn), None) => Ok(Challenge::TlsAlpn),
            (None, None) if has_http => Ok(Challenge::Http),
            (None, None) if has_https => Ok(Challenge::TlsAlpn),
            (None, None) => {
                let expected = "http or https in [listen], or a dns_hook";
                Err(places.invalid("acme", expected, "none"))
            }
        }
    }

    fn names(&self, around: &Around<'_>, places: &Places<'_>) -> Result<Vec<Domain>, Cause> {
        let mut names = match &self.names {
            Some(names) if names.is_empty() => {
                return Err(places.invalid("acme.names", "one name or more", "none"));
            }
            Some(names) => {
                let names = names.iter().map(|name| domain(name, "acme.names", places));
                names.collect::<Result<Vec<_>, _>>()?
            }
            None => {
                // One that is an address of the network gets no certificate this way.
                let page = around.public_url.and_then(host).and_then(|it| Domain::parse(it).ok());
                let page =
                    page.filter(|it| it.as_str().contains(|c: char| c.is_ascii_alphabetic()));
                let policies = around.policies_of.iter();
                let policies =
                    policies.filter_map(|it| Domain::parse(&sts::policy_host(it.as_str())).ok());
                [around.hostname.clone()].into_iter().chain(page).chain(policies).collect()
            }
        };
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        Ok(names)
    }
}

/// The host of `public_url`, which was checked before.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?']).next()?;
    authority.rsplit_once(':').map_or(Some(authority), |(host, _)| Some(host))
}

#[cfg(test)]
mod tests {
    use hikyaku_acme::Challenge;
    use hikyaku_cause::{Code, Evidence};

    use super::super::Config;

    const HEAD: &str = "hostname = \"mx.edo.test\"\ndata = \"data\"\n\
        public_url = \"https://www.edo.test:8443/mail\"\n";
    const ACME: &str = "[acme]\ndirectory = \"https://ca.test/dir\"\n\
        contact = \"mailto:postmaster@edo.test\"\n";

    fn parse(listen: &str, more: &str) -> Result<Config, Vec<hikyaku_cause::Cause>> {
        let text = format!("{HEAD}[listen]\n{listen}\n{ACME}{more}\n");
        Config::parse(std::path::Path::new("/etc/hikyaku/hikyaku.toml"), &text)
    }

    #[test]
    fn what_is_not_said() {
        let http = "http = [\"0.0.0.0:80\"]";
        let settings = parse(http, "").unwrap().acme.unwrap();
        let names: Vec<_> = settings.names.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["mx.edo.test", "www.edo.test"]);
        assert_eq!(settings.challenge, Challenge::Http);
        let https = "https = [\"0.0.0.0:443\"]";
        assert_eq!(parse(https, "").unwrap().acme.unwrap().challenge, Challenge::TlsAlpn);
        let settings = parse(http, "dns_hook = \"hook\"").unwrap().acme.unwrap();
        assert_eq!(settings.challenge, Challenge::Dns("/etc/hikyaku/hook".into()));
        let given = parse(http, "names = [\"a.test\", \"A.test\"]").unwrap().acme.unwrap();
        assert_eq!(given.names.len(), 1);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let http = "http = [\"0.0.0.0:80\"]";
        let table = [
            ("challenge = \"tls-alpn-01\"", Code::ConfigValueInvalid, "acme.challenge"),
            ("challenge = \"dns-01\"", Code::ConfigValueInvalid, "acme.challenge"),
            ("challenge = \"http-02\"", Code::ConfigValueInvalid, "acme.challenge"),
            ("binding_id = \"1\"", Code::ConfigValueInvalid, "acme.binding_id"),
            ("binding_key_file = \"k\"", Code::ConfigValueInvalid, "acme.binding_key_file"),
            ("names = []", Code::ConfigValueInvalid, "acme.names"),
            ("names = [\"a b\"]", Code::ConfigValueInvalid, "acme.names"),
            ("name = [\"a.test\"]", Code::ConfigKeyUnknown, "acme.name"),
        ];
        for (more, code, key) in table {
            let causes = parse(http, more).unwrap_err();
            assert_eq!(causes[0].code, code, "{more}");
            let place = causes[0].evidence.iter().find_map(|it| match it {
                Evidence::Config(place) => Some((place.key.as_str(), place.line)),
                _ => None,
            });
            assert_eq!(place, Some((key, Some(9))), "{more}");
        }
        let wrong = parse(http, "").unwrap();
        assert!(wrong.acme.is_some());
        let text = format!("{HEAD}[listen]\n{http}\n[acme]\ndirectory = \"http://ca.test/\"\n");
        let file = std::path::Path::new("x.toml");
        assert_eq!(Config::parse(file, &text).unwrap_err()[0].code, Code::ConfigKeyMissing);
        let text = text + "contact = \"mailto:a@b.test\"\n";
        assert_eq!(Config::parse(file, &text).unwrap_err()[0].code, Code::ConfigValueInvalid);
    }
}
