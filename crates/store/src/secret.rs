//! Secrets that are made once and kept with the mail, so that a backup has them.

use rusqlite::OptionalExtension as _;

use crate::fault::Fault;
use crate::store::Store;
use crate::writer::{Call, Writing};

impl Store {
    /// The secret of that name; where there is none yet, `fresh` becomes it. Durable. One that is
    /// there is read only: a disk that cannot be written keeps nothing from starting.
    pub async fn secret(&self, name: &'static str, fresh: [u8; 32]) -> Result<Vec<u8>, Fault> {
        let kept = self.read(|connection| {
            let sql = "SELECT octets FROM secret WHERE name = ?1";
            connection.query_row(sql, (name,), |row| row.get(0)).optional()
        })?;
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let act = move |writing: &mut Writing<'_>| {
            let sql = "INSERT OR IGNORE INTO secret(name, octets) VALUES (?1, ?2)";
            writing.execute(sql, (name, fresh))?;
            let sql = "SELECT octets FROM secret WHERE name = ?1";
            writing.row(sql, (name,), |row| row.get(0))
        };
        self.inner().writer.call(Call(act)).await
    }
}
