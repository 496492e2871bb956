//! Accounts, domains and aliases: made and changed.
//!
//! Each call is durable when it returns. They need no runtime: a command drives them with
//! [`wait`](crate::wait).

use hikyaku_cause::Language;
use hikyaku_mail::{Address, Domain};
use jiff::Timestamp;

use crate::account::{AccountId, NewAccount};
use crate::directory::{is_added, leads_somewhere};
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

    /// Sets the password of an account.
    pub async fn set_password(&self, name: &Address, hash: PasswordHash) -> Result<(), Fault> {
        let name = name.canonical();
        self.change(move |writing| {
            let sql = "UPDATE account SET password = ?2 WHERE address = ?1";
            one(writing.execute(sql, (&name, hash.as_str()))?, &name)
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

    /// Serves a domain besides those of the configuration.
    pub async fn add_domain(&self, domain: &Domain) -> Result<(), Fault> {
        let domain = domain.clone();
        let exists = self.inner().domains.contains(&domain);
        self.change(move |writing| {
            let sql = "INSERT OR IGNORE INTO domain(name) VALUES (?1)";
            if exists || writing.execute(sql, (domain.as_str(),))? == 0 {
                return Err(Fault::DomainExists { name: domain.to_string() });
            }
            Ok(())
        })
        .await
    }

    /// Lets mail for `alias` go to `target`, which must lead to an account. An alias may have
    /// several targets; the same one twice is no error.
    pub async fn add_alias(&self, alias: &Address, target: &Address) -> Result<(), Fault> {
        let store = self.served();
        let (alias, target) = (alias.clone(), target.clone());
        self.change(move |writing| {
            store.check(writing, &alias)?;
            let name = alias.canonical();
            if is_account(writing, &name)? {
                return Err(Fault::AccountExists { name });
            }
            check_target(writing, &target)?;
            let sql = "INSERT OR IGNORE INTO alias(address, target) VALUES (?1, ?2)";
            writing.execute(sql, (&name, target.canonical()))?;
            Ok(())
        })
        .await
    }

    /// Takes a target away from an alias; without targets the alias is gone.
    pub async fn remove_alias(&self, alias: &Address, target: &Address) -> Result<(), Fault> {
        let (alias, target) = (alias.canonical(), target.canonical());
        self.change(move |writing| {
            let sql = "DELETE FROM alias WHERE address = ?1 AND target = ?2";
            one(writing.execute(sql, (&alias, &target))?, &alias)
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
            let name = domain.as_str();
            match &target {
                None => writing.execute("DELETE FROM catch_all WHERE domain = ?1", (name,))?,
                Some(target) => {
                    check_target(writing, target)?;
                    let sql = "INSERT OR REPLACE INTO catch_all(domain, target) VALUES (?1, ?2)";
                    writing.execute(sql, (name, target.canonical()))?
                }
            };
            Ok(())
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
        Served { configured: self.inner().options.domains.clone() }
    }
}

/// The domains of the configuration, beside which the store knows those added.
struct Served {
    configured: Vec<Domain>,
}

impl Served {
    fn check(&self, writing: &Writing<'_>, address: &Address) -> Result<(), Fault> {
        match address.domain() {
            Some(domain) => self.check_domain(writing, domain),
            None => Err(Fault::AccountAddress { name: address.to_string() }),
        }
    }

    fn check_domain(&self, writing: &Writing<'_>, domain: &Domain) -> Result<(), Fault> {
        let added = is_added(writing.connection(), domain).map_err(|e| writing.fault(&e))?;
        if added || self.configured.contains(domain) {
            return Ok(());
        }
        Err(Fault::DomainUnknown { name: domain.to_string() })
    }
}

fn check_target(writing: &Writing<'_>, target: &Address) -> Result<(), Fault> {
    let leads = leads_somewhere(writing.connection(), target).map_err(|e| writing.fault(&e))?;
    if leads { Ok(()) } else { Err(Fault::AccountUnknown { name: target.to_string() }) }
}

fn is_account(writing: &Writing<'_>, name: &str) -> Result<bool, Fault> {
    let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE address = ?1)";
    writing.row(sql, (name,), |row| row.get(0))
}

fn is_taken(writing: &Writing<'_>, name: &str) -> Result<bool, Fault> {
    let sql = "SELECT EXISTS (SELECT 1 FROM alias WHERE address = ?1)";
    Ok(is_account(writing, name)? || writing.row(sql, (name,), |row| row.get(0))?)
}

/// Whether the change found its account.
fn one(changed: usize, name: &str) -> Result<(), Fault> {
    if changed == 0 { Err(Fault::AccountUnknown { name: name.to_owned() }) } else { Ok(()) }
}
