//! Whose an address is. Point queries on a reading connection: a few microseconds.

use std::collections::HashSet;

use hikyaku_mail::{Address, Domain};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::account::{Account, AccountId, Resolution, ServedDomain, Target};
use crate::fault::Fault;
use crate::password::PasswordHash;
use crate::store::Store;

/// An alias may lead to an alias, so many times over.
const DEPTH: usize = 8;

const ACCOUNT: &str = "SELECT account.id, account.address, account.password, account.disabled,
    account.created, mailbox.quota, mailbox.octets, mailbox.messages, account.language
    FROM account JOIN mailbox ON mailbox.account = account.id";

/// An account behind an address.
#[derive(Debug)]
struct Found {
    target: Target,
    disabled: bool,
    /// Its quota, if that is used up.
    full: Option<u64>,
}

impl Store {
    /// What a recipient's address leads to: an account of that name, else an alias, else the
    /// account or alias before a `+`, else for `postmaster` the first account, else the domain's
    /// catch-all.
    pub fn resolve(&self, recipient: &Address) -> Result<Resolution, Fault> {
        let Some(domain) = recipient.domain() else { return Ok(Resolution::NotLocal) };
        let configured = self.inner().domains.contains(domain);
        self.read(|connection| {
            if !configured && !is_added(connection, domain)? {
                return Ok(Resolution::NotLocal);
            }
            let mut found = find(connection, recipient)?;
            if found.is_empty() && is_postmaster(recipient) {
                found = first(connection)?;
            }
            if found.is_empty()
                && let Some(target) = catch_all(connection, domain)?
            {
                found = find(connection, &target)?;
            }
            Ok(judge(found))
        })
    }

    /// What `<Postmaster>` without a domain leads to (RFC 5321 §4.5.1): the postmaster of the first
    /// configured domain, or the first account.
    pub fn postmaster(&self) -> Result<Resolution, Fault> {
        let address = self
            .inner()
            .first_domain
            .as_ref()
            .and_then(|domain| Address::parse(&format!("postmaster@{domain}")).ok());
        match address {
            Some(address) => self.resolve(&address),
            None => self.read(first).map(judge),
        }
    }

    /// The account with that login name: its whole address, in any letter case.
    pub fn account(&self, name: &str) -> Result<Option<Account>, Fault> {
        let Ok(address) = Address::parse(name.trim()) else { return Ok(None) };
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{ACCOUNT} WHERE account.address = ?1"))?;
            statement.query_row((address.canonical(),), account).optional()
        })
    }

    /// Whether the account may send as `address`: its own address, with or without a `+detail`, or
    /// an alias that leads to nobody else.
    pub fn owns(&self, account: AccountId, address: &Address) -> Result<bool, Fault> {
        let Some(domain) = address.domain() else { return Ok(false) };
        let configured = self.inner().domains.contains(domain);
        self.read(|connection| {
            if !configured && !is_added(connection, domain)? {
                return Ok(false);
            }
            let found = find(connection, address)?;
            Ok(!found.is_empty() && found.iter().all(|found| found.target.account == account))
        })
    }

    /// All accounts, by address.
    pub fn accounts(&self) -> Result<Vec<Account>, Fault> {
        self.read(|connection| {
            let mut statement =
                connection.prepare(&format!("{ACCOUNT} ORDER BY account.address"))?;
            statement.query_map((), account)?.collect()
        })
    }

    /// All domains served: those of the configuration in its order, then those added.
    pub fn domains(&self) -> Result<Vec<ServedDomain>, Fault> {
        let configured = &self.inner().options.domains;
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT name FROM domain ORDER BY name")?;
            let added = statement.query_map((), |row| row.get(0).and_then(|name| domain(&name)))?;
            let added: Vec<Domain> = added.collect::<Result<_, _>>()?;
            let added = added.into_iter().filter(|name| !configured.contains(name));
            let configured = configured.iter().cloned().map(|name| (name, true));
            configured
                .chain(added.map(|name| (name, false)))
                .map(|(name, configured)| {
                    let catch_all = catch_all(connection, &name)?.map(|to| to.to_string());
                    Ok(ServedDomain { name, configured, catch_all })
                })
                .collect()
        })
    }
}

/// The accounts behind an address that is no catch-all's.
fn find(connection: &Connection, address: &Address) -> rusqlite::Result<Vec<Found>> {
    let key = address.canonical();
    if let Some(found) = exact(connection, &key)? {
        return Ok(vec![found]);
    }
    let mut found = Vec::new();
    let mut seen = HashSet::from([key]);
    follow(connection, address, &mut found, &mut seen, DEPTH)?;
    Ok(found)
}

fn follow(
    connection: &Connection,
    address: &Address,
    found: &mut Vec<Found>,
    seen: &mut HashSet<String>,
    depth: usize,
) -> rusqlite::Result<()> {
    let mut targets = aliases(connection, &address.canonical())?;
    if targets.is_empty() {
        targets.extend(address.without_detail());
    }
    for target in targets {
        let key = target.canonical();
        if depth == 0 || !seen.insert(key.clone()) {
            continue;
        }
        match exact(connection, &key)? {
            Some(account) if found.iter().any(|found| found.target == account.target) => {}
            Some(account) => found.push(account),
            None => follow(connection, &target, found, seen, depth - 1)?,
        }
    }
    Ok(())
}

fn exact(connection: &Connection, key: &str) -> rusqlite::Result<Option<Found>> {
    let mut statement = connection.prepare_cached(
        "SELECT account.id, account.address, account.disabled, mailbox.quota, mailbox.octets
         FROM account JOIN mailbox ON mailbox.account = account.id WHERE account.address = ?1",
    )?;
    statement.query_row((key,), found).optional()
}

/// The oldest account that is not shut.
fn first(connection: &Connection) -> rusqlite::Result<Vec<Found>> {
    let mut statement = connection.prepare_cached(
        "SELECT account.id, account.address, account.disabled, mailbox.quota, mailbox.octets
         FROM account JOIN mailbox ON mailbox.account = account.id
         ORDER BY account.disabled, account.id LIMIT 1",
    )?;
    statement.query_map((), found)?.collect()
}

fn aliases(connection: &Connection, key: &str) -> rusqlite::Result<Vec<Address>> {
    let mut statement = connection.prepare_cached("SELECT target FROM alias WHERE address = ?1")?;
    statement.query_map((key,), |row| row.get(0).and_then(|target| address(&target)))?.collect()
}

fn catch_all(connection: &Connection, domain: &Domain) -> rusqlite::Result<Option<Address>> {
    let mut statement =
        connection.prepare_cached("SELECT target FROM catch_all WHERE domain = ?1")?;
    statement
        .query_row((domain.as_str(),), |row| row.get(0).and_then(|target| address(&target)))
        .optional()
}

/// Whether the domain was added by command.
pub(crate) fn is_added(connection: &Connection, domain: &Domain) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM domain WHERE name = ?1)")?;
    statement.query_row((domain.as_str(),), |row| row.get(0))
}

/// Whether the address leads to an account, for aliases and catch-alls that are to be made.
pub(crate) fn leads_somewhere(
    connection: &Connection,
    address: &Address,
) -> rusqlite::Result<bool> {
    find(connection, address).map(|found| !found.is_empty())
}

/// One shut account among several does not stop the others. One full mailbox stops all: taking the
/// message in for the rest would lose it for that one without a word.
fn judge(found: Vec<Found>) -> Resolution {
    if found.is_empty() {
        return Resolution::Unknown;
    }
    let open: Vec<Found> = found.into_iter().filter(|found| !found.disabled).collect();
    if open.is_empty() {
        return Resolution::Disabled;
    }
    match open.iter().find_map(|found| found.full) {
        Some(quota) => Resolution::Full { quota },
        None => Resolution::Deliver(open.into_iter().map(|found| found.target).collect()),
    }
}

/// RFC 5321 §4.5.1: in any letter case.
fn is_postmaster(address: &Address) -> bool {
    address.local.as_str().eq_ignore_ascii_case("postmaster")
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let quota: Option<u64> = row.get(3)?;
    let octets: u64 = row.get(4)?;
    Ok(Found {
        target: Target { account: AccountId(row.get(0)?), address: row.get(1)? },
        disabled: row.get(2)?,
        full: quota.filter(|quota| octets >= *quota),
    })
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: AccountId(row.get(0)?),
        address: row.get(1).and_then(|text: String| address(&text))?,
        password: PasswordHash::from_stored(row.get(2)?),
        disabled: row.get(3)?,
        created: timestamp(row.get(4)?),
        quota: row.get(5)?,
        used: row.get(6)?,
        messages: row.get(7)?,
        language: row.get::<_, Option<String>>(8)?.and_then(|tag| tag.parse().ok()),
    })
}

/// A time as it is kept, in milliseconds.
pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

#[expect(clippy::ptr_arg, reason = "the type tells SQLite what to read")]
fn address(text: &String) -> rusqlite::Result<Address> {
    Address::parse(text).map_err(|_| rusqlite::Error::InvalidQuery)
}

#[expect(clippy::ptr_arg, reason = "the type tells SQLite what to read")]
fn domain(text: &String) -> rusqlite::Result<Domain> {
    Domain::parse(text).map_err(|_| rusqlite::Error::InvalidQuery)
}
