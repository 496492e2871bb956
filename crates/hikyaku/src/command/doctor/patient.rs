//! Whom `doctor account` examines, and with which settings: those of the command line, of a profile
//! of Thunderbird, or of a file of settings.

use std::path::Path;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, IoOperation};
use hikyaku_doctor::{Account, Given, Outbox, Server, Source};
use hikyaku_mail::Address;
use hikyaku_profile::{Fault, Method, SetUp, read, thunderbird};

use super::account::io;
use super::profile::{Profile, bounded};
use crate::cli::DoctorAccount;
use crate::output::Output;

/// A file of settings is a few kilobytes; with a firm's logo in it, some hundred.
const SETTINGS_OCTETS: u64 = 8 * 1024 * 1024;

/// An account to examine.
pub(super) struct Patient {
    pub(super) account: Account,
    /// What is set up, where it was read.
    pub(super) set_up: Option<SetUp>,
    /// The profile it was read from.
    pub(super) profile: Option<Profile>,
    /// What waits there to be sent.
    pub(super) outbox: Option<Outbox>,
    /// Whether others are examined as well.
    pub(super) is_one_of_many: bool,
}

impl Patient {
    /// Shows what was read, so that it can be compared with what the program shows.
    pub(super) fn show(&self, output: Output) {
        let Some(set_up) = &self.set_up else { return };
        let label = set_up.label.as_deref().unwrap_or(&self.account.address);
        output.notice("doctor-set", &[("address", &self.account.address), ("label", label)]);
        for set in &set_up.servers {
            let setting = &set.server.setting;
            let user = set.server.user.as_deref().unwrap_or("-");
            let place = setting.to_string();
            let protocol = setting.protocol.word().to_uppercase();
            output.notice(
                &format!("doctor-set-{}", set.sign_in.word()),
                &[("protocol", &protocol), ("server", &place), ("user", user)],
            );
        }
    }

    /// Whether a password is of no use: the program has a token instead.
    pub(super) fn signs_in_by_browser(&self) -> bool {
        let set = self.set_up.iter().flat_map(|set_up| &set_up.servers);
        set.into_iter().any(|set| set.sign_in == Method::OAuth2)
    }
}

/// Everyone that is asked for.
pub(super) fn patients(arguments: &DoctorAccount) -> Result<Vec<Patient>, Vec<Cause>> {
    let address = arguments.address.as_deref().map(canonical).transpose()?;
    if let Some(folder) = &arguments.thunderbird {
        return in_profile(folder, address.as_deref(), arguments).map_err(|cause| vec![cause]);
    }
    if let Some(file) = &arguments.settings {
        return in_file(file, address.as_deref(), arguments).map_err(|cause| vec![cause]);
    }
    let given = [&arguments.smtp, &arguments.imap, &arguments.pop3].into_iter().flatten();
    let servers = given.map(|setting| Server::new(setting.clone(), Source::Given)).collect();
    let account = account(address.unwrap_or_default(), servers, arguments);
    let is_one_of_many = false;
    Ok(vec![Patient { account, set_up: None, profile: None, outbox: None, is_one_of_many }])
}

fn canonical(address: &str) -> Result<String, Vec<Cause>> {
    let parsed = Address::parse(address).map_err(|fault| {
        let raw = address.to_owned().into_bytes();
        vec![
            Cause::proven(Code::AccountAddressInvalid)
                .with(Evidence::Address { role: AddressRole::Account, raw })
                .with(Evidence::Syntax(fault)),
        ]
    })?;
    Ok(parsed.canonical())
}

fn account(address: String, servers: Vec<Server>, arguments: &DoctorAccount) -> Account {
    let given = Given { servers, controls: arguments.control.clone() };
    Account { address, user: arguments.user.clone(), given }
}

fn in_profile(
    folder: &Path,
    address: Option<&str>,
    arguments: &DoctorAccount,
) -> Result<Vec<Patient>, Cause> {
    let profile = Profile::open(folder)?;
    let prefs = profile.prefs()?;
    let all = thunderbird::accounts(&prefs);
    let count = all.len();
    let mut patients = chosen(all, address, arguments, &profile.folder)?;
    for patient in &mut patients {
        let address = patient.account.address.clone();
        // Whose a mail is shows by its sender; where there is one account, all are its own.
        let is_own = |from: &str| count == 1 || from.eq_ignore_ascii_case(&address);
        patient.outbox = profile.outbox(&prefs, is_own)?;
        patient.profile = Some(profile.clone());
    }
    Ok(patients)
}

fn in_file(
    file: &Path,
    address: Option<&str>,
    arguments: &DoctorAccount,
) -> Result<Vec<Patient>, Cause> {
    let octets = bounded(file, SETTINGS_OCTETS).map_err(|it| io(file, IoOperation::Read, &it))?;
    let here = |code| Cause::proven(code).with(Evidence::File { path: file.to_owned() });
    let mut all = match read(&octets, address) {
        Ok(read) => read.accounts,
        Err(Fault::AddressWanted) => return Err(here(Code::ClientSettingsAddress)),
        Err(fault) => {
            let detail = Evidence::Detail { source: "hikyaku-profile", text: fault.to_string() };
            return Err(here(Code::ClientSettingsUnreadable).with(detail));
        }
    };
    // A file that leaves the address out is for whoever was given it.
    if let [one] = all.as_mut_slice()
        && one.address.is_none()
    {
        one.address = Some(address.ok_or_else(|| here(Code::ClientSettingsAddress))?.to_owned());
    }
    chosen(all, address, arguments, file)
}

/// Of the accounts that are set up the one of the address, or all.
fn chosen(
    mut all: Vec<SetUp>,
    address: Option<&str>,
    arguments: &DoctorAccount,
    place: &Path,
) -> Result<Vec<Patient>, Cause> {
    let known: Vec<String> = all.iter().filter_map(|set_up| set_up.address.clone()).collect();
    let here = |code: Code| {
        let raw = known.join(", ").into_bytes();
        let cause = Cause::proven(code).with(Evidence::File { path: place.to_owned() });
        if raw.is_empty() { cause } else { cause.with(Evidence::Found { raw }) }
    };
    all.retain(|set_up| match address {
        Some(address) => set_up.is_for(address),
        None => set_up.address.is_some(),
    });
    // Two accounts for one address are both examined.
    if all.is_empty() {
        let name = address.map(|name| Evidence::Account { name: name.to_owned() });
        return Err(name.into_iter().fold(here(Code::ClientAccountMissing), Cause::with));
    }
    if all.len() > 1 && wants_one(arguments) {
        return Err(here(Code::ClientAccountSeveral));
    }
    let is_one_of_many = all.len() > 1;
    let patient = |set_up: SetUp| {
        let address = set_up.address.clone().unwrap_or_default();
        let address = Address::parse(&address).map_or(address, |parsed| parsed.canonical());
        let account = account(address, set_up.given(), arguments);
        Patient { account, set_up: Some(set_up), profile: None, outbox: None, is_one_of_many }
    };
    Ok(all.into_iter().map(patient).collect())
}

/// What is asked for makes sense for one account alone.
fn wants_one(arguments: &DoctorAccount) -> bool {
    let files = [&arguments.record, &arguments.replay];
    arguments.password_stdin || arguments.export.is_some() || files.iter().any(|it| it.is_some())
}
