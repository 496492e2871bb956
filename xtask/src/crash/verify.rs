//! Compares the mailboxes with the ledger.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

use super::ledger::{Book, Fate, Ledger};
use super::parcel::{is_whole, number_of};
use super::site::{ACCOUNTS, Site, login};
use crate::chance::Chance;
use crate::client::Pop3;

/// How many copies of each parcel lie in each mailbox.
type Copies = BTreeMap<(u64, usize), u32>;

/// Faults beyond this many are only counted.
const SHOWN: usize = 8;

/// Fetches everything and compares: what was acknowledged is there once and whole, what is unknown
/// at most once and for all its recipients or none, what was refused or deleted not at all.
pub(super) fn verify(site: &Site, ledger: &Ledger) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    let mut copies = Copies::new();
    for account in 0..ACCOUNTS {
        fetch_all(site, ledger, account, &mut copies, &mut faults)
            .with_context(|| format!("fetching the mail of {}", login(account).address))?;
    }
    let book = ledger.open();
    for (number, entry) in &book.entries {
        for account in 0..ACCOUNTS {
            let there = copies.get(&(*number, account)).copied().unwrap_or(0);
            faults.extend(judge(&book, *number, account, there));
        }
        faults.extend(half_delivered(&book, *number, &entry.to, &copies));
    }
    faults.extend(site.panics());
    if faults.is_empty() {
        return Ok(());
    }
    let count = faults.len();
    faults.truncate(SHOWN);
    bail!("{count} faults:\n  {}", faults.join("\n  "))
}

/// Deletes half of what is there and remembers it: an acknowledged deletion is a promise too.
pub(super) fn delete_some(site: &Site, ledger: &Ledger, chance: &mut Chance) -> anyhow::Result<()> {
    for account in 0..ACCOUNTS {
        let mut session = Pop3::sign_in(&site.pop3s, &login(account))?;
        let mut chosen = Vec::new();
        for listed in session.list()? {
            if chance.one_in(2) {
                chosen.extend(number_of(&session.fetch(listed.number)?));
                session.delete(listed.number)?;
            }
        }
        session.quit().context("QUIT after deletions")?;
        ledger.open().deleted.extend(chosen.into_iter().map(|number| (number, account)));
    }
    Ok(())
}

fn fetch_all(
    site: &Site,
    ledger: &Ledger,
    account: usize,
    copies: &mut Copies,
    faults: &mut Vec<String>,
) -> anyhow::Result<()> {
    let mut session = Pop3::sign_in(&site.pop3s, &login(account))?;
    for listed in session.list()? {
        let message = session.fetch(listed.number)?;
        let number = number_of(&message);
        let book = ledger.open();
        let known = number.and_then(|number| Some((number, book.entries.get(&number)?)));
        let Some((number, entry)) = known else {
            faults.push(format!("a message nobody sent, unique-id {}", listed.uid));
            continue;
        };
        *copies.entry((number, account)).or_default() += 1;
        if !is_whole(&message, &entry.parcel.message()) {
            faults.push(format!("parcel {number} was changed ({} octets)", message.len()));
        }
    }
    session.quit()?;
    Ok(())
}

fn judge(book: &Book, number: u64, account: usize, there: u32) -> Option<String> {
    let entry = book.entries.get(&number)?;
    let is_deleted = book.deleted.contains(&(number, account));
    let for_account = entry.to.contains(&account);
    let fault = match (entry.fate, there) {
        (_, 0) if !for_account || is_deleted => return None,
        (_, _) if !for_account => "lies in a mailbox it was not for",
        (_, _) if is_deleted => "was deleted and came back",
        (_, 2..) => "is there more than once",
        (Fate::Acknowledged, 0) => "was acknowledged and is lost",
        (Fate::Refused | Fate::NotTaken, 1) => "was refused and is there all the same",
        _ => return None,
    };
    Some(format!("parcel {number} for account {account} {fault}"))
}

/// One transaction took it for all recipients or for none.
fn half_delivered(book: &Book, number: u64, to: &[usize], copies: &Copies) -> Option<String> {
    let is_there = |account: &usize| {
        copies.contains_key(&(number, *account)) || book.deleted.contains(&(number, *account))
    };
    let some = to.iter().any(is_there);
    let all = to.iter().all(is_there);
    (some && !all).then(|| format!("parcel {number} reached only some of its recipients"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Refusal, Reply};

    fn book_of(fate: Fate) -> Ledger {
        let ledger = Ledger::default();
        let parcel = ledger.enter("a@b.test", &[0, 1], &mut Chance::from_seed(1));
        let outcome = match fate {
            Fate::Acknowledged => Ok(Reply { code: 250, text: String::new() }),
            Fate::Unknown => Err(Refusal::Unknown(std::io::ErrorKind::BrokenPipe.into())),
            Fate::Refused => Err(Refusal::Replied(Reply { code: 451, text: String::new() })),
            Fate::NotTaken => Err(Refusal::Broken(std::io::ErrorKind::BrokenPipe.into())),
        };
        ledger.settle(&parcel, &outcome);
        ledger
    }

    #[test]
    fn judges_each_fate() {
        for (fate, there, is_fault) in [
            (Fate::Acknowledged, 0, true),
            (Fate::Acknowledged, 1, false),
            (Fate::Acknowledged, 2, true),
            (Fate::Unknown, 0, false),
            (Fate::Unknown, 1, false),
            (Fate::Unknown, 2, true),
            (Fate::Refused, 0, false),
            (Fate::Refused, 1, true),
            (Fate::NotTaken, 0, false),
            (Fate::NotTaken, 1, true),
        ] {
            let ledger = book_of(fate);
            assert_eq!(judge(&ledger.open(), 1, 0, there).is_some(), is_fault, "{fate:?} {there}");
        }
    }

    #[test]
    fn what_was_deleted_must_stay_away() {
        let ledger = book_of(Fate::Acknowledged);
        ledger.open().deleted.insert((1, 0));
        let book = ledger.open();
        assert!(judge(&book, 1, 0, 0).is_none());
        assert!(judge(&book, 1, 0, 1).is_some());
        assert!(half_delivered(&book, 1, &[0, 1], &Copies::from([((1, 1), 1)])).is_none());
        assert!(half_delivered(&book, 1, &[0, 1], &Copies::new()).is_some());
    }
}
