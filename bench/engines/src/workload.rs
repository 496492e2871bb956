//! The messages, the same in every run.

#![allow(clippy::cast_possible_truncation, reason = "ids stay far below the bounds")]

use crate::engine::{Engine, Fault, Message};

const ACCOUNTS: u64 = 100;
const BODY: usize = 4096;
const EVENT: usize = 150;

/// Bodies that do not compress, like base64 parts.
pub(crate) struct Bodies {
    pool: Vec<u8>,
}

impl Bodies {
    pub(crate) fn new() -> Self {
        let pool = (0..(64 * BODY) as u64).map(|n| b'0' + (scatter(n) >> 58) as u8).collect();
        Self { pool }
    }

    /// The messages of one batch.
    pub(crate) fn batch(&self, first: u64, count: u64) -> Vec<Message<'_>> {
        (first..first + count).map(|id| self.message(id)).collect()
    }

    fn message(&self, id: u64) -> Message<'_> {
        let (account, uid) = place(id);
        let start = scatter(id) as usize % (self.pool.len() - BODY);
        let body = &self.pool[start..start + BODY];
        Message { id, account, uid, hash: scatter(id), body, event: &body[..EVENT] }
    }

    /// How many of the messages cannot be read back whole.
    pub(crate) fn missing(
        &self,
        engine: &dyn Engine,
        ids: impl Iterator<Item = u64>,
    ) -> Result<usize, Fault> {
        let mut body = Vec::new();
        let mut missing = 0;
        for id in ids {
            let message = self.message(id);
            let found = engine.body(message.account, message.uid, &mut body)?;
            missing += usize::from(!found || body != message.body);
        }
        Ok(missing)
    }
}

/// The mailbox a message goes to: account, uid.
pub(crate) fn place(id: u64) -> (u32, u32) {
    ((id % ACCOUNTS) as u32, (id / ACCOUNTS) as u32 + 1)
}

/// A number well mixed (`splitmix64`).
pub(crate) fn scatter(n: u64) -> u64 {
    let z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
