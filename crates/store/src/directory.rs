//! Whose an address is. Point queries on a reading connection: a few microseconds.

use std::collections::HashSet;
use std::path::Path;

use hikyaku_mail::{Address, Domain, Host};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::account::{
    Account, AccountId, Alias, Astray, Forward, Resolution, ServedDomain, Target,
};
use crate::disk::{Disk, Purpose};
use crate::fault::Fault;
use crate::password::PasswordHash;
use crate::store::Store;

/// An alias may lead to an alias, so many times over; what is before a `+` is no step of its own.
pub(crate) const DEPTH: usize = 8;

const ACCOUNT: &str = "SELECT account.id, account.address, account.password, account.disabled,
    account.created, mailbox.quota, mailbox.octets, mailbox.messages, account.language,
    account.scram
    FROM account JOIN mailbox ON mailbox.account = account.id";

/// An account behind an address.
#[derive(Debug)]
struct Found {
    target: Target,
    disabled: bool,
    /// Its quota, if that is used up.
    full: Option<u64>,
}

/// All that an address leads to.
#[derive(Debug, Default)]
struct Ends {
    accounts: Vec<Found>,
    /// Addresses on other servers.
    away: Vec<Address>,
    /// The way to one that is too many steps off, if there is one.
    beyond: Option<Vec<String>>,
}

impl Ends {
    fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.away.is_empty()
    }

    fn of(accounts: Vec<Found>) -> Self {
        Self { accounts, ..Self::default() }
    }
}

/// Which domains are ours: those of the configuration, and those added.
pub(crate) struct Ours<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) configured: &'a HashSet<Domain>,
}

impl Ours<'_> {
    pub(crate) fn has(&self, host: &Host) -> rusqlite::Result<bool> {
        let Some(domain) = host.domain() else { return Ok(false) };
        Ok(self.configured.contains(domain) || is_added(self.connection, domain)?)
    }
}

impl Store {
    /// What a recipient's address leads to: an account of that name, else an alias, else the
    /// account or alias before a `+`, else for `postmaster` the first account, else the domain's
    /// catch-all. Aliases and catch-alls may lead to other servers.
    pub fn resolve(&self, recipient: &Address) -> Result<Resolution, Fault> {
        let Some(domain) = recipient.domain() else { return Ok(Resolution::NotLocal) };
        self.read(|connection| {
            let ours = Ours { connection, configured: &self.inner().domains };
            if !ours.has(&recipient.host)? {
                return Ok(Resolution::NotLocal);
            }
            let mut found = find(&ours, recipient)?;
            if found.is_empty() && found.beyond.is_none() && is_postmaster(recipient) {
                found = Ends::of(first(connection)?);
            }
            if found.is_empty()
                && found.beyond.is_none()
                && let Some(target) = catch_all(connection, domain)?
            {
                found = find(&ours, &target)?;
            }
            // The others would get it, and the one at the end of the chain never hear of it.
            if found.beyond.is_some() {
                return Ok(Resolution::Chain);
            }
            if found.is_empty() && runs_in_circles(&ours, recipient, domain)? {
                return Ok(Resolution::Circle);
            }
            Ok(judge(found, recipient))
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
            None => self.read(first).map(judge_accounts),
        }
    }

    /// All aliases with each of their targets, by address.
    pub fn aliases(&self) -> Result<Vec<Alias>, Fault> {
        self.read(|connection| {
            let sql = "SELECT address, target FROM alias ORDER BY address, target";
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map((), |row| {
                let target = row.get(1).and_then(|text: String| address(&text))?;
                Ok((row.get(0)?, target))
            })?;
            let ours = Ours { connection, configured: &self.inner().domains };
            rows.map(|row| {
                let (address, target): (String, Address) = row?;
                let is_away = !ours.has(&target.host)?;
                Ok(Alias { address, target: target.to_string(), is_away })
            })
            .collect()
        })
    }

    /// The aliases from which mail does not get to where they lead, by address. Reads all of them:
    /// blocks for some milliseconds where there are thousands.
    pub fn astray(&self) -> Result<Vec<Astray>, Fault> {
        self.read(|connection| astray(&Ours { connection, configured: &self.inner().domains }))
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

    /// Whether whoever signed in to `account` as it was read then could do so now: the account is
    /// there, open, and has that password still. One point query; a command may have changed it in
    /// another process.
    pub fn still_stands(&self, account: &Account) -> Result<bool, Fault> {
        self.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM account
                WHERE id = ?1 AND NOT disabled AND password = ?2)";
            let known = (account.id.0, account.password.as_str());
            connection.prepare_cached(sql)?.query_row(known, |row| row.get(0))
        })
    }

    /// Whether some account signs in by SCRAM.
    pub fn has_scram(&self) -> Result<bool, Fault> {
        self.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE scram IS NOT NULL)";
            connection.prepare_cached(sql)?.query_row((), |row| row.get(0))
        })
    }

    /// Whether the account may send as `address`: its own address, with or without a `+detail`, or
    /// an alias that leads to nobody else, here or on another server.
    pub fn owns(&self, account: AccountId, address: &Address) -> Result<bool, Fault> {
        self.read(|connection| {
            let ours = Ours { connection, configured: &self.inner().domains };
            if !ours.has(&address.host)? {
                return Ok(false);
            }
            let Ends { accounts, away, beyond } = find(&ours, address)?;
            let is_theirs = accounts.iter().all(|found| found.target.account == account);
            let leads_elsewhere = !away.is_empty() || beyond.is_some();
            Ok(!accounts.is_empty() && !leads_elsewhere && is_theirs)
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

/// What is behind an address, catch-alls left out.
fn find(ours: &Ours<'_>, address: &Address) -> rusqlite::Result<Ends> {
    let key = address.canonical();
    if let Some(found) = exact(ours.connection, &key)? {
        return Ok(Ends::of(vec![found]));
    }
    if !ours.has(&address.host)? {
        return Ok(Ends { away: vec![address.clone()], ..Ends::default() });
    }
    follow(ours, address)
}

/// Goes from alias to alias, step by step: to each address once, by the shortest way.
fn follow(ours: &Ours<'_>, address: &Address) -> rusqlite::Result<Ends> {
    let mut ends = Ends::default();
    let mut seen = HashSet::from([address.canonical()]);
    let mut ways = vec![(address.clone(), vec![address.canonical()])];
    for _ in 0..DEPTH {
        let mut further = Vec::new();
        for (address, way) in ways {
            for target in onward(ours, &address)? {
                let key = target.canonical();
                if !seen.insert(key.clone()) {
                    continue;
                }
                if !ours.has(&target.host)? {
                    ends.away.push(target);
                    continue;
                }
                match exact(ours.connection, &key)? {
                    Some(account) if ends.accounts.iter().any(|it| it.target == account.target) => {
                    }
                    Some(account) => ends.accounts.push(account),
                    None => further.push((target, way.iter().cloned().chain([key]).collect())),
                }
            }
        }
        ways = further;
    }
    for (address, way) in ways {
        let unseen = |target: &Address| !seen.contains(&target.canonical());
        if let Some(target) = onward(ours, &address)?.into_iter().find(unseen) {
            ends.beyond = Some(way.into_iter().chain([target.canonical()]).collect());
            break;
        }
    }
    Ok(ends)
}

/// Where mail for an address goes that is no account: to the targets of the alias of that name,
/// else to the account or the targets of the alias before a `+`.
fn onward(ours: &Ours<'_>, address: &Address) -> rusqlite::Result<Vec<Address>> {
    let mut named = address.clone();
    loop {
        let targets = aliases(ours.connection, &named.canonical())?;
        if !targets.is_empty() {
            return Ok(targets);
        }
        let Some(base) = named.without_detail() else { return Ok(Vec::new()) };
        if exact(ours.connection, &base.canonical())?.is_some() {
            return Ok(vec![base]);
        }
        named = base;
    }
}

/// The way of mail for `address` to what is too many steps off, if it goes there.
pub(crate) fn chain(ours: &Ours<'_>, address: &Address) -> rusqlite::Result<Option<Vec<String>>> {
    find(ours, address).map(|ends| ends.beyond)
}

/// The aliases whose mail comes by `alias`, which is the first of them.
pub(crate) fn sources(ours: &Ours<'_>, alias: &Address) -> rusqlite::Result<Vec<Address>> {
    // Those that name it with a `+` come by it too.
    let sql = "SELECT DISTINCT address FROM alias WHERE lower(target) = ?1
         OR substr(lower(target), 1, length(?2)) = ?2 AND substr(lower(target), -length(?3)) = ?3";
    let mut statement = ours.connection.prepare_cached(sql)?;
    let mut seen = HashSet::from([alias.canonical()]);
    let mut found = vec![alias.clone()];
    let mut next = 0;
    while let Some(named) = found.get(next) {
        let key = named.canonical();
        let (local, domain) = key.rsplit_once('@').unwrap_or((&key, ""));
        let parts = (&key, format!("{local}+"), format!("@{domain}"));
        let rows = statement.query_map(parts, |row| row.get(0).and_then(|it| address(&it)))?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        found.extend(rows.into_iter().filter(|it| seen.insert(it.canonical())));
        next += 1;
    }
    Ok(found)
}

/// [`Store::astray`] for a store that is only looked at: nothing is made or changed, and no server
/// need run. Without a store there are no aliases; those of an older release are looked at when
/// the store is brought up to date.
pub fn astray_in(dir: &Path, domains: &[Domain]) -> Result<Vec<Astray>, Fault> {
    let disk = Disk::new(dir, Purpose::Use);
    let Some(connection) = disk.looked_at()? else { return Ok(Vec::new()) };
    let configured = domains.iter().cloned().collect();
    let found = astray(&Ours { connection: &connection, configured: &configured });
    found.map_err(|error| Fault::database(disk.database(), &error))
}

/// The aliases from which mail does not get to where they lead.
fn astray(ours: &Ours<'_>) -> rusqlite::Result<Vec<Astray>> {
    // An alias all of whose targets are accounts leads there.
    let sql = "SELECT DISTINCT address FROM alias WHERE NOT EXISTS
         (SELECT 1 FROM account WHERE account.address = lower(alias.target)) ORDER BY address";
    let mut statement = ours.connection.prepare(sql)?;
    let rows = statement.query_map((), |row| row.get(0).and_then(|it| address(&it)))?;
    let mut found = Vec::new();
    for row in rows {
        let address = row?;
        let ends = find(ours, &address)?;
        let is_empty = ends.is_empty();
        if let Some(way) = ends.beyond {
            found.push(Astray::Chain { address: address.canonical(), way });
        } else if is_empty && let Some(way) = circle(ours, &address)? {
            found.push(Astray::Circle { address: address.canonical(), way });
        }
    }
    Ok(found)
}

/// Whether aliases for the address, or for the target of its domain's catch-all, lead to one
/// another and nowhere else.
fn runs_in_circles(ours: &Ours<'_>, address: &Address, domain: &Domain) -> rusqlite::Result<bool> {
    if circle(ours, address)?.is_some() {
        return Ok(true);
    }
    match catch_all(ours.connection, domain)? {
        Some(target) => circle(ours, &target).map(|it| it.is_some()),
        None => Ok(false),
    }
}

/// A circle of aliases that mail for `address` comes to: its addresses in their order, the first
/// once more at the end.
pub(crate) fn circle(ours: &Ours<'_>, address: &Address) -> rusqlite::Result<Option<Vec<String>>> {
    walk(ours, address, &mut Vec::new(), &mut HashSet::new())
}

/// Goes on to where mail for `address` goes, `way` having led there.
fn walk(
    ours: &Ours<'_>,
    address: &Address,
    way: &mut Vec<String>,
    done: &mut HashSet<String>,
) -> rusqlite::Result<Option<Vec<String>>> {
    let key = address.canonical();
    if let Some(at) = way.iter().position(|it| *it == key) {
        return Ok(Some(way.iter().skip(at).cloned().chain([key]).collect()));
    }
    if way.len() > DEPTH
        || !ours.has(&address.host)?
        || exact(ours.connection, &key)?.is_some()
        || !done.insert(key.clone())
    {
        return Ok(None);
    }
    let mut targets = aliases(ours.connection, &key)?;
    if targets.is_empty() {
        targets.extend(address.without_detail());
    }
    way.push(key);
    for target in targets {
        if let Some(found) = walk(ours, &target, way, done)? {
            return Ok(Some(found));
        }
    }
    way.pop();
    Ok(None)
}

/// The targets of an alias as they are kept.
pub(crate) fn targets(connection: &Connection, key: &str) -> rusqlite::Result<Vec<String>> {
    aliases(connection, key).map(|all| all.iter().map(ToString::to_string).collect())
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

/// Whether the address leads to an account or to another server, for aliases and catch-alls that
/// are to be made.
pub(crate) fn leads_somewhere(ours: &Ours<'_>, address: &Address) -> rusqlite::Result<bool> {
    if !ours.has(&address.host)? {
        return Ok(true);
    }
    find(ours, address).map(|found| !found.is_empty())
}

/// One shut account among several does not stop the others. One full mailbox stops all: taking the
/// message in for the rest would lose it for that one without a word.
fn judge(ends: Ends, asked: &Address) -> Resolution {
    let Ends { accounts, away, .. } = ends;
    if away.is_empty() {
        return judge_accounts(accounts);
    }
    let here = match judge_accounts(accounts) {
        Resolution::Full { quota } => return Resolution::Full { quota },
        Resolution::Deliver(targets) => targets,
        _ => Vec::new(),
    };
    let via = Address::parse_kept(&asked.canonical()).unwrap_or_else(|_| asked.clone());
    Resolution::Forward(Forward { via, here, away })
}

fn judge_accounts(found: Vec<Found>) -> Resolution {
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
        scram: row.get(9)?,
    })
}

/// A time as it is kept, in milliseconds.
pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

#[expect(clippy::ptr_arg, reason = "the type tells SQLite what to read")]
fn address(text: &String) -> rusqlite::Result<Address> {
    Address::parse_kept(text).map_err(|_| rusqlite::Error::InvalidQuery)
}

#[expect(clippy::ptr_arg, reason = "the type tells SQLite what to read")]
fn domain(text: &String) -> rusqlite::Result<Domain> {
    Domain::parse(text).map_err(|_| rusqlite::Error::InvalidQuery)
}
