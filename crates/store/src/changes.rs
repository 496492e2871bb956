//! Accounts, domains and aliases: made and changed.
//!
//! Each call is durable when it returns. They need no runtime: a command drives them with
//! [`wait`](crate::wait).

use std::collections::HashSet;

use hikyaku_cause::Language;
use hikyaku_mail::{Address, Domain};
use jiff::Timestamp;

use crate::account::{AccountId, NewAccount};
use crate::directory::{Ours, chain, circle, is_added, leads_somewhere, sources, targets};
use crate::fault::Fault;
use crate::password::PasswordHash;
use crate::queue;
use crate::store::Store;
use crate::writer::{Call, Writing};

impl Store {
    /// Makes an account. Its domain must be served, its address be nobody's.
    pub async fn add_account(&self, new: NewAccount) -> Result<AccountId, Fault> {
        let store = self.served();
        let created = Timestamp::now().as_millisecond();
        self.change(move |writing| {
            store.check(writing, &new.address)?;
            let name = new.address.canonical();
            if is_taken(writing, &name)? {
                return Err(Fault::AccountExists { name });
            }
            let id = writing.row(
                "INSERT INTO account(address, password, created, language)
                 VALUES (?1, ?2, ?3, ?4) RETURNING id",
                (&name, new.password.as_str(), created, new.language.map(Language::tag)),
                |row| row.get(0),
            )?;
            writing
                .execute("INSERT INTO mailbox(account, quota) VALUES (?1, ?2)", (id, new.quota))?;
            Ok(AccountId(id))
        })
        .await
    }

    /// Sets the password of an account, and what verifies it by SCRAM; `None`: it does not sign in
    /// that way.
    pub async fn set_password(
        &self,
        name: &Address,
        hash: PasswordHash,
        scram: Option<String>,
    ) -> Result<(), Fault> {
        let name = name.canonical();
        self.change(move |writing| {
            let sql = "UPDATE account SET password = ?2, scram = ?3 WHERE address = ?1";
            one(writing.execute(sql, (&name, hash.as_str(), scram.as_deref()))?, &name)
        })
        .await
    }

    /// Sets what verifies a sign-in by SCRAM; `None` ends it. The password stays.
    pub async fn set_scram(&self, name: &Address, scram: Option<String>) -> Result<(), Fault> {
        let name = name.canonical();
        self.change(move |writing| {
            let sql = "UPDATE account SET scram = ?2 WHERE address = ?1";
            one(writing.execute(sql, (&name, scram.as_deref()))?, &name)
        })
        .await
    }

    /// Shuts an account, or opens it again. What it has in the queue is held meanwhile.
    pub async fn set_disabled(&self, name: &Address, disabled: bool) -> Result<(), Fault> {
        let name = name.canonical();
        self.change(move |writing| {
            let sql = "UPDATE account SET disabled = ?2 WHERE address = ?1";
            one(writing.execute(sql, (&name, disabled))?, &name)?;
            queue::account_enabled(writing, &name, disabled)
        })
        .await
    }

    /// Sets the language of what we write to an account; `None`: all there are.
    pub async fn set_language(
        &self,
        name: &Address,
        language: Option<Language>,
    ) -> Result<(), Fault> {
        let name = name.canonical();
        self.change(move |writing| {
            let sql = "UPDATE account SET language = ?2 WHERE address = ?1";
            one(writing.execute(sql, (&name, language.map(Language::tag)))?, &name)
        })
        .await
    }

    /// Sets the most octets an account's mailbox may hold; `None` is no limit.
    pub async fn set_quota(&self, name: &Address, quota: Option<u64>) -> Result<(), Fault> {
        let name = name.canonical();
        self.change(move |writing| {
            let sql = "UPDATE mailbox SET quota = ?2
                 WHERE account = (SELECT id FROM account WHERE address = ?1)";
            one(writing.execute(sql, (&name, quota))?, &name)
        })
        .await
    }

    /// Serves a domain besides those of the configuration, with a catch-all if one is given: both
    /// or neither.
    pub async fn add_domain(
        &self,
        domain: &Domain,
        catch_all: Option<&Address>,
    ) -> Result<(), Fault> {
        let store = self.served();
        let (domain, catch_all) = (domain.clone(), catch_all.cloned());
        self.change(move |writing| {
            let sql = "INSERT OR IGNORE INTO domain(name) VALUES (?1)";
            let exists = store.configured.contains(&domain);
            if exists || writing.execute(sql, (domain.as_str(),))? == 0 {
                return Err(Fault::DomainExists { name: domain.to_string() });
            }
            catch_all
                .as_ref()
                .map_or(Ok(()), |target| store.set_catch_all(writing, &domain, target))
        })
        .await
    }

    /// Serves a domain no longer, once nobody has an address there.
    pub async fn remove_domain(&self, domain: &Domain) -> Result<(), Fault> {
        let store = self.served();
        let domain = domain.clone();
        self.change(move |writing| {
            store.check_domain(writing, &domain)?;
            let name = domain.as_str();
            if store.configured.contains(&domain) {
                return Err(Fault::DomainConfigured { name: name.to_owned() });
            }
            let (accounts, aliases) =
                (living(writing, "account", name)?, living(writing, "alias", name)?);
            if accounts + aliases > 0 {
                return Err(Fault::DomainInUse { name: name.to_owned(), accounts, aliases });
            }
            writing.execute("DELETE FROM catch_all WHERE domain = ?1", (name,))?;
            writing.execute("DELETE FROM domain WHERE name = ?1", (name,)).map(drop)
        })
        .await
    }

    /// Lets mail for `alias` go to `target`, which must lead to an account or to another server. An
    /// alias may have several targets; the same one twice is no error. Refused where mail would go
    /// round, or from alias to alias more than eight times, for this alias or for one that leads to
    /// it.
    pub async fn add_alias(&self, alias: &Address, target: &Address) -> Result<(), Fault> {
        let store = self.served();
        let (alias, target) = (alias.clone(), target.clone());
        self.change(move |writing| {
            store.check(writing, &alias)?;
            let name = alias.canonical();
            if is_account(writing, &name)? {
                return Err(Fault::AccountExists { name });
            }
            let kept = store.kept(writing, &target)?;
            let sound = store.sound(writing, &alias)?;
            let sql = "INSERT OR IGNORE INTO alias(address, target) VALUES (?1, ?2)";
            writing.execute(sql, (&name, kept))?;
            // Before the target is looked at: one that leads back here leads nowhere as yet.
            store.refuse_circle(writing, &alias)?;
            store.refuse_chain(writing, &alias, &sound)?;
            store.target(writing, &target).map(drop)
        })
        .await
    }

    /// Takes a target away from an alias; without targets the alias is gone. A target is not taken
    /// away that leaves the alias with others that lead back to it alone.
    pub async fn remove_alias(&self, alias: &Address, target: &Address) -> Result<(), Fault> {
        let store = self.served();
        let (alias, name) = (alias.clone(), alias.canonical());
        let (target, written) = (target.canonical(), target.to_string());
        self.change(move |writing| {
            let sql = "DELETE FROM alias WHERE address = ?1 AND target IN (?2, ?3)";
            let removed = writing.execute(sql, (&name, &target, &written))?;
            let left = targets(writing.connection(), &name).map_err(|e| writing.fault(&e))?;
            if removed == 0 && !left.is_empty() {
                return Err(Fault::AliasTarget { name: name.clone(), targets: left });
            }
            one(removed, &name)?;
            if left.is_empty() || store.leads(writing, &alias)? {
                return Ok(());
            }
            store.refuse_circle(writing, &alias)
        })
        .await
    }

    /// Where mail for addresses of `domain` that nobody has is put; `None`: it is refused.
    pub async fn set_catch_all(
        &self,
        domain: &Domain,
        target: Option<&Address>,
    ) -> Result<(), Fault> {
        let store = self.served();
        let (domain, target) = (domain.clone(), target.cloned());
        self.change(move |writing| {
            store.check_domain(writing, &domain)?;
            let sql = "DELETE FROM catch_all WHERE domain = ?1";
            match &target {
                None => writing.execute(sql, (domain.as_str(),)).map(drop),
                Some(target) => store.set_catch_all(writing, &domain, target),
            }
        })
        .await
    }

    async fn change<T, F>(&self, act: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnMut(&mut Writing<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.inner().writer.call(Call(act)).await
    }

    fn served(&self) -> Served {
        Served { configured: self.inner().domains.clone() }
    }
}

/// The domains of the configuration, beside which the store knows those added.
struct Served {
    configured: HashSet<Domain>,
}

impl Served {
    fn check(&self, writing: &Writing<'_>, address: &Address) -> Result<(), Fault> {
        check_name(address)?;
        match address.domain() {
            Some(domain) => self.check_domain(writing, domain),
            None => Err(Fault::AccountAddress { name: address.to_string(), fault: None }),
        }
    }

    fn check_domain(&self, writing: &Writing<'_>, domain: &Domain) -> Result<(), Fault> {
        let added = is_added(writing.connection(), domain).map_err(|e| writing.fault(&e))?;
        if added || self.configured.contains(domain) {
            return Ok(());
        }
        Err(Fault::DomainUnknown { name: domain.to_string() })
    }

    fn set_catch_all(
        &self,
        writing: &Writing<'_>,
        domain: &Domain,
        target: &Address,
    ) -> Result<(), Fault> {
        self.refuse_chain(writing, target, std::slice::from_ref(target))?;
        let target = self.target(writing, target)?;
        let sql = "INSERT OR REPLACE INTO catch_all(domain, target) VALUES (?1, ?2)";
        writing.execute(sql, (domain.as_str(), target)).map(drop)
    }

    /// A target as it is kept, if it leads somewhere.
    fn target(&self, writing: &Writing<'_>, target: &Address) -> Result<String, Fault> {
        if !self.leads(writing, target)? {
            return Err(Fault::AccountUnknown { name: target.to_string() });
        }
        self.kept(writing, target)
    }

    /// A target as it is kept: ours in lower case, one on another server as it is, since that
    /// server may tell `Taro` from `taro` (RFC 5321 §2.4).
    fn kept(&self, writing: &Writing<'_>, target: &Address) -> Result<String, Fault> {
        let is_ours = self.ours(writing).has(&target.host).map_err(|e| writing.fault(&e))?;
        Ok(if is_ours { target.canonical() } else { target.to_string() })
    }

    fn leads(&self, writing: &Writing<'_>, address: &Address) -> Result<bool, Fault> {
        leads_somewhere(&self.ours(writing), address).map_err(|error| writing.fault(&error))
    }

    fn refuse_circle(&self, writing: &Writing<'_>, alias: &Address) -> Result<(), Fault> {
        match circle(&self.ours(writing), alias).map_err(|error| writing.fault(&error))? {
            Some(way) => Err(Fault::AliasCircle { name: alias.canonical(), way }),
            None => Ok(()),
        }
    }

    /// The aliases whose mail comes by `alias` and is not lost in too long a chain as it is: what
    /// is wrong already does not stand in the way of what mends it.
    fn sound(&self, writing: &Writing<'_>, alias: &Address) -> Result<Vec<Address>, Fault> {
        let ours = self.ours(writing);
        let failed = |error| writing.fault(&error);
        let mut sound = sources(&ours, alias).map_err(failed)?;
        let mut fault = None;
        sound.retain(|it| match chain(&ours, it) {
            Ok(found) => found.is_none(),
            Err(error) => {
                fault = Some(writing.fault(&error));
                false
            }
        });
        fault.map_or(Ok(sound), Err)
    }

    fn refuse_chain(
        &self,
        writing: &Writing<'_>,
        alias: &Address,
        sound: &[Address],
    ) -> Result<(), Fault> {
        let ours = self.ours(writing);
        for source in sound {
            if let Some(way) = chain(&ours, source).map_err(|error| writing.fault(&error))? {
                return Err(Fault::AliasChain { name: alias.canonical(), way });
            }
        }
        Ok(())
    }

    fn ours<'a>(&'a self, writing: &'a Writing<'_>) -> Ours<'a> {
        Ours { connection: writing.connection(), configured: &self.configured }
    }
}

/// How many addresses at a domain there are in `table`.
fn living(writing: &Writing<'_>, table: &'static str, domain: &str) -> Result<u64, Fault> {
    // The part after the last @: before it there may be others in quotation marks.
    let sql = format!(
        "SELECT count(DISTINCT address) FROM {table} WHERE substr(address, -length(?1)) = ?1"
    );
    writing.row(&sql, (format!("@{domain}"),), |row| row.get(0))
}

fn is_account(writing: &Writing<'_>, name: &str) -> Result<bool, Fault> {
    let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE address = ?1)";
    writing.row(sql, (name,), |row| row.get(0))
}

fn is_taken(writing: &Writing<'_>, name: &str) -> Result<bool, Fault> {
    let sql = "SELECT EXISTS (SELECT 1 FROM alias WHERE address = ?1)";
    Ok(is_account(writing, name)? || writing.row(sql, (name,), |row| row.get(0))?)
}

/// Whether an address may name something new here.
pub fn check_name(address: &Address) -> Result<(), Fault> {
    let refused = |fault| Fault::AccountAddress { name: address.to_string(), fault: Some(fault) };
    address.hidden().map_or(Ok(()), |fault| Err(refused(fault)))
}

/// Whether the change found its account.
fn one(changed: usize, name: &str) -> Result<(), Fault> {
    if changed == 0 { Err(Fault::AccountUnknown { name: name.to_owned() }) } else { Ok(()) }
}
