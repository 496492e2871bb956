//! `setup`: a configuration for a domain, its first account, its DNS records.

use std::fmt::Write as _;
use std::path::Path;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Language};
use hikyaku_mail::{Address, Domain, Host, LocalPart};
use hikyaku_server::{NoRandom, random};
use hikyaku_store::{NewAccount, Store, password, wait};
use serde_json::json;

use super::{one, options, records};
use crate::cli::Setup;
use crate::config::Config;
use crate::output::Output;
use crate::words::{in_shell, say};
use crate::{Outcome, certificate, secret_file, signing_key};

/// Letters and digits that nobody mistakes for one another when they are read out.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

pub(crate) fn run(arguments: &Setup, output: Output) -> Outcome {
    let domain = super::domain::parse_public(&arguments.domain)?;
    let hostname = match &arguments.hostname {
        Some(name) => super::domain::parse_host(name)?,
        None => super::domain::parse_host(&format!("mx.{domain}"))?,
    };
    let address = first_account(&arguments.account, &domain)?;
    let dir = &arguments.dir;
    let file = dir.join("hikyaku.toml");
    if file.exists() {
        return Err(vec![Cause::proven(Code::ConfigExists).with(Evidence::File { path: file })]);
    }
    let secret = dir.join("first-account.txt");
    write_files(dir, &domain, &hostname).map_err(|cause| vec![cause])?;
    make_account(&file, &secret, &address).inspect_err(|_| {
        // The configuration's presence says that all is there.
        let _ = std::fs::remove_file(&file);
    })?;
    let config = Config::load(&file)?;
    let signer = crate::run::signer(&config).map_err(|cause| vec![cause])?;
    let records = records::of(&domain, &config, signer.keys());
    let result = json!({
        "config": file,
        "account": address.to_string(),
        "password_file": secret,
        "authority": certificate::Files::within(dir).authority,
        "records": records::json(&records, output.language),
    });
    output.result(&result, |language| text(language, &file, &secret, &address, &records));
    Ok(())
}

fn first_account(name: &str, domain: &Domain) -> Result<Address, Vec<Cause>> {
    let local = LocalPart::parse(name).map_err(|fault| {
        let raw = name.as_bytes().to_vec();
        let address = Evidence::Address { role: AddressRole::Account, raw };
        vec![Cause::proven(Code::AccountAddressInvalid).with(address).with(Evidence::Syntax(fault))]
    })?;
    let address = Address { local, host: Host::Domain(domain.clone()) };
    hikyaku_store::check_name(&address).map_err(one)?;
    Ok(address)
}

fn write_files(dir: &Path, domain: &Domain, hostname: &Domain) -> Result<(), Cause> {
    secret_file::folder(dir)?;
    let policy_host = hikyaku_tlspolicy::sts::policy_host(domain.as_str());
    certificate::ensure(dir, vec![hostname.to_string(), policy_host.clone()])?;
    let dkim = signing_key::ensure(dir)?;
    let text = format!(
        "# Every key is on the page configuration.md of the documentation.\n\
         hostname = \"{hostname}\"\ndata = \"data\"\ndomains = [\"{domain}\"]\n\n\
         [listen]\n\
         smtp = [\"0.0.0.0:25\", \"[::]:25\"]\n\
         submission = [\"0.0.0.0:587\", \"[::]:587\"]\n\
         submissions = [\"0.0.0.0:465\", \"[::]:465\"]\n\
         pop3 = [\"0.0.0.0:110\", \"[::]:110\"]\n\
         pop3s = [\"0.0.0.0:995\", \"[::]:995\"]\n\
         http = [\"127.0.0.1:8080\"]\n\
         # The same pages, and the domains' MTA-STS policy; not beside another web server.\n\
         # https = [\"0.0.0.0:443\", \"[::]:443\"]\n\n\
         [tls]\n\
         # By this machine's own authority. Put a public authority's certificate for {hostname}\n\
         # and {policy_host} in its place: mail programs and other servers trust no other.\n\
         certificates = [{{ chain = \"certificate.pem\", key = \"certificate.key\" }}]\n\n\
         # Or let one come and renew by itself: http above must then be reached from outside at\n\
         # port 80, so listen at 0.0.0.0:80 and [::]:80.\n\
         # [acme]\n\
         # directory = \"https://acme-v02.api.letsencrypt.org/directory\"\n\
         # contact = \"mailto:postmaster@{domain}\"\n\n\
         # What accounts send is signed with these; their records must stand in the DNS.\n\
         {dkim}\n\
         # What the MTA-STS policy of the domains asks of other servers: \"testing\" that they\n\
         # report where encryption fails, \"enforce\" that they hold back mail then. After a change\n\
         # publish the records that `hikyaku domain records` prints. It is given out over https.\n\
         # [inbound]\n\
         # mta_sts = \"testing\"\n\n\
         [limits]\nmessage_bytes = 52428800\n\
         # An account may send to so many recipients on other servers within an hour; 0 is no\n\
         # limit. It keeps the harm small that somebody does who has guessed a password.\n\
         # sending_per_hour = 200\n\n[events]\nkeep_days = 180\n"
    );
    secret_file::write(&dir.join("hikyaku.toml"), text.as_bytes())
}

/// The first account with a random password, which only its file knows.
fn make_account(file: &Path, secret: &Path, address: &Address) -> Outcome {
    let config = Config::load(file)?;
    let store = Store::create(&config.data, options(&config)).map_err(one)?;
    if store.account(&address.canonical()).map_err(one)?.is_some() {
        return Ok(());
    }
    let generated = random_password().map_err(|cause| vec![cause])?;
    let text = format!("{address}\n{generated}\n");
    secret_file::write(secret, text.as_bytes()).map_err(|cause| vec![cause])?;
    let password = password::hash(&generated).map_err(one)?;
    let account = NewAccount { address: address.clone(), password, quota: None, language: None };
    wait(store.add_account(account)).map_err(one)?;
    wait(store.close());
    Ok(())
}

/// 25 letters of 5 bits each, in groups: 125 bits nobody guesses.
pub(super) fn random_password() -> Result<String, Cause> {
    let octets: [u8; 25] = random().map_err(NoRandom::cause)?;
    let letters: Vec<char> = octets
        .iter()
        .filter_map(|octet| LETTERS.get(usize::from(octet % 32)).copied().map(char::from))
        .collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

fn text(
    language: Language,
    file: &Path,
    secret: &Path,
    address: &Address,
    records: &[records::Record],
) -> String {
    let (shown, secret) = (file.display().to_string(), secret.display().to_string());
    let values = [("file", shown.as_str()), ("secret", &secret), ("address", &address.to_string())];
    let mut text = say(language, "setup-written", &values) + "\n\n";
    let _ = writeln!(text, "{}", say(language, "setup-records", &[]));
    text += &records::text(records, language);
    let config = in_shell(file);
    let _ = writeln!(text, "\n{}", say(language, "setup-next", &[("file", &config)]));
    text
}
