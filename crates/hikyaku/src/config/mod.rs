//! The configuration file: read, checked, every fault with its place.

mod acme;
mod delivery;
mod inbound;
mod keys;
#[cfg(test)]
mod page_tests;
mod place;
mod sense;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_mail::Domain;
use hikyaku_net::Balancers;
use hikyaku_senderauth::{Rules, Selector};
use hikyaku_server::Pages;
use hikyaku_tlspolicy::sts::Mode;
use ipnet::IpNet;
use serde::Deserialize;

use acme::{Around, WrittenAcme};
pub(crate) use delivery::Delivery;
use delivery::WrittenDelivery;
use inbound::WrittenInbound;
use place::Places;
pub(crate) use sense::exposed;

/// A configuration that was checked. Paths are absolute or relative to the working folder.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Where it was read from.
    pub(crate) file: PathBuf,
    /// When that had been written: what is written later was not read.
    pub(crate) written: Option<SystemTime>,
    pub(crate) hostname: Domain,
    pub(crate) data: PathBuf,
    pub(crate) domains: Vec<Domain>,
    /// Where the pages are that explain refusals.
    pub(crate) pages: Option<Pages>,
    pub(crate) listen: Listen,
    /// The load balancers before us.
    pub(crate) balancers: Balancers,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) signing_keys: Vec<SigningKey>,
    pub(crate) limits: Limits,
    pub(crate) keep_days: u32,
    pub(crate) delivery: Delivery,
    /// What is done with mail by who stands for it.
    pub(crate) inbound: Rules,
    /// How the MTA-STS policy of the domains served is meant.
    pub(crate) sts: Mode,
    /// Whether that policy can be fetched here, or somebody has asked for it: then its records are to
    /// be published.
    pub(crate) publishes_sts: bool,
    /// Certificates that come by themselves.
    pub(crate) acme: Option<hikyaku_acme::Settings>,
    /// Who may see the figures, beside this machine.
    pub(crate) metrics_for: Vec<IpAddr>,
    /// What is allowed and seldom meant.
    pub(crate) warnings: Vec<Cause>,
}

/// Addresses to listen on; an empty list is a service not served.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub(crate) struct Listen {
    pub(crate) smtp: Vec<SocketAddr>,
    pub(crate) submission: Vec<SocketAddr>,
    pub(crate) submissions: Vec<SocketAddr>,
    pub(crate) pop3: Vec<SocketAddr>,
    pub(crate) pop3s: Vec<SocketAddr>,
    pub(crate) http: Vec<SocketAddr>,
    /// Load balancers: addresses or networks whose connections begin with a PROXY header.
    pub(crate) proxy_from: Vec<String>,
    pub(crate) https: Vec<SocketAddr>,
}

/// A certificate chain and its key, as PEM files.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
pub(crate) struct Certificate {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

/// A key that signs what accounts send (DKIM), and the name under which its record is published.
#[derive(Debug, Clone)]
pub(crate) struct SigningKey {
    pub(crate) selector: Selector,
    pub(crate) key: PathBuf,
}

/// Limits. Sizes are octets, times are seconds.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub(crate) struct Limits {
    pub(crate) message_bytes: u64,
    pub(crate) recipients: usize,
    pub(crate) hops: usize,
    pub(crate) header_bytes: usize,
    pub(crate) connections: usize,
    pub(crate) connections_per_address: usize,
    pub(crate) idle_seconds: u64,
    /// Recipients on other servers that an account may send to within an hour; 0 is no limit.
    pub(crate) sending_per_hour: u64,
    pub(crate) apply_to_loopback: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 52_428_800,
            recipients: 1000,
            hops: 100,
            header_bytes: 262_144,
            connections: 20_000,
            connections_per_address: 50,
            idle_seconds: 300,
            sending_per_hour: 200,
            apply_to_loopback: false,
        }
    }
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Written {
    hostname: String,
    data: PathBuf,
    #[serde(default)]
    domains: Vec<String>,
    public_url: Option<String>,
    #[serde(default)]
    listen: Listen,
    #[serde(default)]
    tls: Tls,
    #[serde(default)]
    dkim: Dkim,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    events: Events,
    #[serde(default)]
    delivery: WrittenDelivery,
    #[serde(default)]
    inbound: WrittenInbound,
    acme: Option<WrittenAcme>,
    #[serde(default)]
    metrics: WrittenMetrics,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
struct WrittenMetrics {
    allow: Vec<IpAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
struct Tls {
    certificates: Vec<Certificate>,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
struct Dkim {
    keys: Vec<WrittenKey>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
struct WrittenKey {
    selector: String,
    key: PathBuf,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
struct Events {
    keep_days: u32,
}

impl Default for Events {
    fn default() -> Self {
        Self { keep_days: 180 }
    }
}

impl Config {
    /// Reads and checks a file. All unknown keys are reported at once, other faults one by one.
    pub(crate) fn load(file: &Path) -> Result<Self, Vec<Cause>> {
        // The time before the content: what is written meanwhile is read once more.
        let written = written(file);
        let octets = std::fs::read(file).map_err(|error| {
            let io = Evidence::io(IoOperation::Read, Some(file.to_owned()), &error);
            vec![Cause::proven(Code::ConfigUnreadable).with(io)]
        })?;
        let text = std::str::from_utf8(&octets)
            .map_err(|error| vec![place::encoding(file, octets.get(..error.valid_up_to()))])?;
        Self::parse(file, text).map(|config| Self { written, ..config })
    }

    fn parse(file: &Path, text: &str) -> Result<Self, Vec<Cause>> {
        let places = Places::new(file, text);
        let unknown = keys::unknown(&places).map_err(|error| vec![places.syntax(&error)])?;
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let written: Written = toml::from_str(text).map_err(|error| vec![places.value(&error)])?;
        written.check(&places).map_err(|cause| vec![cause])
    }
}

impl Written {
    fn check(self, places: &Places<'_>) -> Result<Config, Cause> {
        let hostname = domain(&self.hostname, "hostname", places)?;
        sense::hostname(&hostname, places)?;
        let domains = self.domains.iter().map(|name| domain(name, "domains", places));
        let domains = domains.collect::<Result<Vec<_>, _>>()?;
        let folder = places.file().parent().unwrap_or(Path::new(""));
        limits(&self.limits, places)?;
        let data = folder.join(self.data);
        sense::data(&data, places)?;
        sense::addresses(&self.listen, places)?;
        let warnings = sense::hops(self.limits.hops, places).into_iter().collect();
        let pages = self.public_url.as_deref().map(|url| pages(url, &self.listen, places));
        let delivery = self.delivery.check(folder, places)?;
        let sts = self.inbound.sts();
        if !self.listen.https.is_empty() && self.tls.certificates.is_empty() && self.acme.is_none()
        {
            let expected = "certificates in [tls], or [acme], where https is served";
            return Err(places.invalid("listen.https", expected, "none"));
        }
        let publishes_sts =
            sts != Mode::None && (!self.listen.https.is_empty() || self.inbound.wants_policy());
        let gives_out = self.inbound.wants_policy() && !self.listen.https.is_empty();
        let around = Around {
            policies_of: if gives_out { &domains } else { &[] },
            folder,
            hostname: &hostname,
            public_url: self.public_url.as_deref(),
            listen: &self.listen,
            resolver: delivery.resolver,
        };
        let acme = self.acme.map(|written| written.check(&around, places)).transpose()?;
        let inbound = self.inbound.check(places)?;
        let signing_keys = signing_keys(self.dkim.keys, folder, places)?;
        sense::selectors(&signing_keys, places)?;
        Ok(Config {
            file: places.file().to_owned(),
            written: None,
            hostname,
            domains,
            pages: pages.transpose()?,
            data,
            warnings,
            balancers: balancers(&self.listen.proxy_from, places)?,
            listen: self.listen,
            certificates: self
                .tls
                .certificates
                .into_iter()
                .map(|pair| Certificate {
                    chain: folder.join(pair.chain),
                    key: folder.join(pair.key),
                })
                .collect(),
            signing_keys,
            limits: self.limits,
            keep_days: self.events.keep_days,
            delivery,
            inbound,
            sts,
            publishes_sts,
            acme,
            metrics_for: self.metrics.allow.iter().map(IpAddr::to_canonical).collect(),
        })
    }
}

fn limits(limits: &Limits, places: &Places<'_>) -> Result<(), Cause> {
    // RFC 5321 §4.5.3.1.7 wants room for 64 KB, §4.5.3.1.8 for 100 recipients.
    let least = [
        ("limits.message_bytes", limits.message_bytes, 65_536, "65536 or more"),
        ("limits.recipients", limits.recipients as u64, 100, "100 or more"),
        ("limits.connections", limits.connections as u64, 1, "1 or more"),
        ("limits.connections_per_address", limits.connections_per_address as u64, 1, "1 or more"),
        ("limits.idle_seconds", limits.idle_seconds, 1, "1 or more"),
        // RFC 5321 §6.3; with none, a mail that ever came from somewhere would be a circle.
        ("limits.hops", limits.hops as u64, 1, "100 or more"),
    ];
    for (key, value, least, expected) in least {
        if value < least {
            return Err(places.invalid(key, expected, &value.to_string()));
        }
    }
    Ok(())
}

fn signing_keys(
    written: Vec<WrittenKey>,
    folder: &Path,
    places: &Places<'_>,
) -> Result<Vec<SigningKey>, Cause> {
    let keys = written.into_iter().map(|written| {
        let selector = Selector::parse(&written.selector).map_err(|_| {
            let expected = "labels of letters, digits and hyphens, such as \"hikyaku-r\"";
            places.invalid("dkim.keys", expected, &written.selector)
        })?;
        Ok(SigningKey { selector, key: folder.join(written.key) })
    });
    keys.collect()
}

/// When a file was written. One that is not there has no time; while an editor replaces it that may
/// be so for a moment.
pub(crate) fn written(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

/// Where refusals are explained; somebody must be able to read it there.
fn pages(url: &str, listen: &Listen, places: &Places<'_>) -> Result<Pages, Cause> {
    let expected = "an address such as \"https://mx.example.jp\", of at most 200 octets";
    let pages = hikyaku_server::pages(url);
    let pages = pages.ok_or_else(|| places.invalid("public_url", expected, url))?;
    if listen.http.is_empty() && listen.https.is_empty() {
        let expected =
            "http or https in [listen] as well, where the pages of public_url are served";
        return Err(places.invalid("public_url", expected, "none"));
    }
    Ok(pages)
}

fn balancers(written: &[String], places: &Places<'_>) -> Result<Balancers, Cause> {
    let network = |text: &String| {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let expected = "an address or a network, such as \"192.0.2.10\" or \"10.0.0.0/8\"";
        let network = network.map_err(|_| places.invalid("listen.proxy_from", expected, text))?;
        // Whoever is in it says themselves where their connection is from.
        let expected = "the load balancers alone, not everybody";
        let is_everybody = network.prefix_len() == 0;
        if is_everybody {
            Err(places.invalid("listen.proxy_from", expected, text))
        } else {
            Ok(network)
        }
    };
    written.iter().map(network).collect::<Result<_, _>>().map(Balancers::new)
}

fn domain(name: &str, key: &str, places: &Places<'_>) -> Result<Domain, Cause> {
    Domain::parse(name)
        .map_err(|fault| places.invalid(key, "a domain name", name).with(Evidence::Syntax(fault)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "hostname = \"mx.example.test\"\ndata = \"data\"\n\
        domains = [\"example.test\"]\n[listen]\nsmtp = [\"127.0.0.1:2525\"]\n\
        [tls]\ncertificates = [{ chain = \"chain.pem\", key = \"key.pem\" }]\n";

    fn parse(text: &str) -> Result<Config, Vec<Cause>> {
        Config::parse(Path::new("/etc/hikyaku/hikyaku.toml"), text)
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = parse(GOOD).unwrap();
        assert_eq!(config.data, Path::new("/etc/hikyaku/data"));
        assert_eq!(config.certificates[0].chain, Path::new("/etc/hikyaku/chain.pem"));
        assert_eq!(config.keep_days, 180);
        assert_eq!(config.limits.message_bytes, 52_428_800);
    }

    #[test]
    fn faults_name_their_place() {
        let key = |text: &str| {
            let causes = parse(text).unwrap_err();
            let places: Vec<_> = causes[0]
                .evidence
                .iter()
                .filter_map(|evidence| match evidence {
                    Evidence::Config(place) => {
                        Some((place.key.clone(), place.line, place.nearest.clone()))
                    }
                    _ => None,
                })
                .collect();
            (causes[0].code, places.first().cloned())
        };
        let at = |key: &str, line, nearest: Option<&str>| {
            Some((key.to_owned(), line, nearest.map(str::to_owned)))
        };
        let typo = format!("hostnam = \"x\"\n{GOOD}");
        assert_eq!(key(&typo), (Code::ConfigKeyUnknown, at("hostnam", Some(1), Some("hostname"))));
        let typo = format!("{GOOD}[limits]\nmesage_bytes = 1\n");
        let nearest = Some("message_bytes");
        assert_eq!(
            key(&typo),
            (Code::ConfigKeyUnknown, at("limits.mesage_bytes", Some(9), nearest))
        );
        let typo = GOOD.replace("key = \"key", "kee = \"key");
        assert_eq!(key(&typo).0, Code::ConfigKeyUnknown);
        let wrong = GOOD.replace("\"127.0.0.1:2525\"", "\"localhost\"");
        assert_eq!(key(&wrong), (Code::ConfigValueInvalid, at("listen.smtp", Some(5), None)));
        let missing = GOOD.replace("hostname = \"mx.example.test\"\n", "");
        assert_eq!(key(&missing), (Code::ConfigKeyMissing, at("hostname", None, None)));
        let small = format!("{GOOD}[limits]\nmessage_bytes = 1\n");
        assert_eq!(
            key(&small),
            (Code::ConfigValueInvalid, at("limits.message_bytes", Some(9), None))
        );
        assert_eq!(key("hostname = ").0, Code::ConfigSyntax);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "").unwrap();
        let file = file.display();
        let listen = |more: &str| GOOD.replace("[listen]\n", &format!("[listen]\n{more}\n"));
        let port = "submission = [\"127.0.0.1:25\", \"127.0.0.1:25\"]";
        let two = "{ selector = \"a\", key = \"x\" }, { selector = \"A\", key = \"y\" }";
        for (text, key, line) in [
            (listen(port), "listen.submission", 5),
            (listen("http = [\"127.0.0.1:2525\"]"), "listen.http", 5),
            (listen("proxy_from = [\"10.0.0.0/8\", \"0.0.0.0/0\"]"), "listen.proxy_from", 5),
            (listen("proxy_from = [\"::/0\"]"), "listen.proxy_from", 5),
            (format!("{GOOD}[limits]\nhops = 0\n"), "limits.hops", 9),
            (format!("{GOOD}[dkim]\nkeys = [{two}]\n"), "dkim.keys", 9),
            (GOOD.replace("\"data\"", &format!("\"{file}\"")), "data", 2),
            (GOOD.replace("mx.example.test", "192.0.2.5"), "hostname", 1),
            (GOOD.replace("mx.example.test", "xn--a.test"), "hostname", 1),
        ] {
            let causes = parse(&text).unwrap_err();
            assert_eq!(causes[0].code, Code::ConfigValueInvalid, "{text}");
            let Evidence::Config(at) = &causes[0].evidence[0] else { panic!("{causes:?}") };
            assert_eq!((at.key.as_str(), at.line), (key, Some(line)), "{text}");
        }
        // The system picks a port for each.
        parse(&listen("http = [\"127.0.0.1:0\", \"127.0.0.1:0\"]")).unwrap();
        assert!(parse(GOOD).unwrap().warnings.is_empty());
        let few = parse(&format!("{GOOD}[limits]\nhops = 99\n")).unwrap();
        assert_eq!(few.warnings[0].code, Code::ConfigValueUnwise);
    }
}
