//! Who has mailboxes in a measurement.

use hikyaku_lab::peer::Account;

use crate::load::{SignIn, smtp::Party};

/// The domain all servers serve.
pub(super) const DOMAIN: &str = "bench.test";

/// Mailboxes that mail is sent to, and whose owners send.
const WRITERS: usize = 20;

/// Mailboxes that are downloaded; as many as the most sessions.
pub(super) const READERS: usize = 20;

/// The accounts every server gets, with passwords made for this run.
#[derive(Debug, Clone)]
pub(super) struct People {
    /// They send and get mail.
    pub(super) writers: Vec<Account>,
    /// Their mailboxes are downloaded.
    pub(super) readers: Vec<Account>,
    /// Gets the huge mail.
    pub(super) archivist: Account,
}

impl People {
    pub(super) fn new() -> anyhow::Result<Self> {
        let some = |name: &str, count: usize| -> anyhow::Result<Vec<Account>> {
            (0..count).map(|number| account(format!("{name}{number:02}"))).collect()
        };
        Ok(Self {
            writers: some("writer", WRITERS)?,
            readers: some("reader", READERS)?,
            archivist: account("archivist".to_owned())?,
        })
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Account> {
        self.writers.iter().chain(&self.readers).chain([&self.archivist])
    }

    /// Strangers who write to the writers.
    pub(super) fn strangers(&self) -> Vec<Party> {
        let party = |account: &Account| Party::new("stranger@away.test", &address(account));
        self.writers.iter().map(party).collect()
    }

    /// Writers who write to one another.
    pub(super) fn correspondents(&self) -> Vec<Party> {
        let next = self.writers.iter().cycle().skip(1);
        let party = |(from, to): (&Account, &Account)| Party {
            sender: address(from),
            recipient: address(to),
            more: Vec::new(),
            sign_in: Some(sign_in(from)),
        };
        self.writers.iter().zip(next).map(party).collect()
    }

    /// Writers who write to people at another server.
    pub(super) fn travellers(&self) -> Vec<Party> {
        let party = |account: &Account| Party {
            sender: address(account),
            recipient: format!("{}@far.test", account.local),
            more: Vec::new(),
            sign_in: Some(sign_in(account)),
        };
        self.writers.iter().map(party).collect()
    }

    /// A stranger for each reader, to fill the mailboxes.
    pub(super) fn to_readers(&self) -> Vec<Party> {
        let party = |account: &Account| Party::new("stranger@away.test", &address(account));
        self.readers.iter().map(party).collect()
    }

    /// The sign-ins of the readers.
    pub(super) fn reader_sign_ins(&self) -> Vec<SignIn> {
        self.readers.iter().map(sign_in).collect()
    }
}

/// The whole address of an account, which is also its name at sign-in.
pub(super) fn address(account: &Account) -> String {
    format!("{}@{DOMAIN}", account.local)
}

/// How an account signs in.
pub(super) fn sign_in(account: &Account) -> SignIn {
    SignIn { user: address(account), password: account.password.clone() }
}

fn account(local: String) -> anyhow::Result<Account> {
    let mut random = [0; 12];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("random numbers: {error}"))?;
    let password = random.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    Ok(Account { local, password })
}
