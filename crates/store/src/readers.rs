//! Connections that read, each used by one thread at a time and kept for the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::disk::Disk;
use crate::fault::Fault;

/// So many connections are kept when nobody reads.
const KEPT: usize = 8;

#[derive(Debug)]
pub(crate) struct Readers {
    disk: Arc<Disk>,
    idle: Mutex<Idle>,
}

#[derive(Debug, Default)]
struct Idle {
    connections: Vec<Connection>,
    /// Counts the times all connections were given up; older ones are not kept.
    age: u64,
    closed: bool,
}

impl Readers {
    pub(crate) fn new(disk: Arc<Disk>) -> Self {
        Self { disk, idle: Mutex::default() }
    }

    /// Reads on a connection of this thread's own.
    pub(crate) fn read<T>(
        &self,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Fault> {
        let (connection, age) = self.take()?;
        let result = act(&connection);
        match result {
            Ok(value) => {
                self.put_back(connection, age);
                Ok(value)
            }
            Err(error) => {
                // A connection that met a fault may have it still; the next reader opens another.
                drop(connection);
                Err(self.disk.diagnose(Fault::database(self.disk.database(), &error)))
            }
        }
    }

    /// Gives up all connections, so that a mended disk is opened afresh.
    pub(crate) fn release(&self) {
        let mut idle = self.idle();
        idle.age += 1;
        idle.connections.clear();
    }

    /// No more reading.
    pub(crate) fn close(&self) {
        self.idle().closed = true;
        self.release();
    }

    fn take(&self) -> Result<(Connection, u64), Fault> {
        let (idle, age) = {
            let mut idle = self.idle();
            if idle.closed {
                return Err(Fault::Closed);
            }
            (idle.connections.pop(), idle.age)
        };
        let connection = match idle {
            Some(connection) => connection,
            None => self.disk.reader().map_err(|fault| self.disk.diagnose(fault))?,
        };
        Ok((connection, age))
    }

    fn put_back(&self, connection: Connection, age: u64) {
        let mut idle = self.idle();
        if idle.age == age && !idle.closed && idle.connections.len() < KEPT {
            idle.connections.push(connection);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
