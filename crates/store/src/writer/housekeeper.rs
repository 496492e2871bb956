//! Slow work that nobody waits for: copying the log back, removing large files.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use super::log::copy_back;
use crate::disk::{Disk, Purpose};
use crate::large;

/// Files that a backup needs are looked at again after so long.
const KEPT: Duration = Duration::from_secs(2);

enum Task {
    CopyLog,
    Remove(Vec<String>),
    Release,
}

/// The way to the housekeeper.
pub(super) struct Housekeeper {
    tasks: Option<Sender<Task>>,
    copying: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Housekeeper {
    pub(super) fn start(disk: Arc<Disk>) -> Self {
        let (tasks, queue) = mpsc::channel();
        let copying = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&copying);
        let thread = thread::Builder::new()
            .name("store-keeper".into())
            .spawn(move || run(&disk, &queue, &flag));
        Self { tasks: Some(tasks), copying, thread: thread.ok() }
    }

    /// Copies the log into the database beside the writer.
    pub(super) fn copy_log(&self) {
        self.copying.store(true, Ordering::Release);
        if !self.send(Task::CopyLog) {
            self.copying.store(false, Ordering::Release);
        }
    }

    /// Whether [`copy_log`](Self::copy_log) still runs.
    pub(super) fn is_copying(&self) -> bool {
        self.copying.load(Ordering::Acquire)
    }

    /// Removes large files to which nothing refers any more.
    pub(super) fn remove(&self, names: Vec<String>) {
        if !names.is_empty() {
            self.send(Task::Remove(names));
        }
    }

    /// Closes the files it holds.
    pub(super) fn release(&self) {
        self.send(Task::Release);
    }

    /// Finishes what it has begun and waits for its end.
    pub(super) fn stop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }

    fn send(&self, task: Task) -> bool {
        self.tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok())
    }
}

fn run(disk: &Disk, queue: &Receiver<Task>, copying: &AtomicBool) {
    if disk.purpose() == Purpose::Serve {
        large::sweep(disk);
    }
    let mut connection = None;
    // Files that a backup still needs.
    let mut kept = Vec::new();
    loop {
        let task = if kept.is_empty() {
            queue.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            queue.recv_timeout(KEPT)
        };
        match task {
            Ok(Task::CopyLog) => {
                copy_log(disk, &mut connection);
                copying.store(false, Ordering::Release);
            }
            Ok(Task::Remove(names)) => {
                kept.extend(names);
                remove(disk, &mut kept);
            }
            Ok(Task::Release) => connection = None,
            Err(RecvTimeoutError::Timeout) => remove(disk, &mut kept),
            // What is still kept goes at the next start.
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn copy_log(disk: &Disk, kept: &mut Option<Connection>) {
    let connection = match kept.take() {
        Some(connection) => Ok(connection),
        None => disk.writer(),
    };
    match connection {
        Ok(connection) => {
            copy_back(kept.insert(connection), "PASSIVE");
        }
        Err(fault) => tracing::warn!(%fault, "the log could not be copied back"),
    }
}

fn remove(disk: &Disk, names: &mut Vec<String>) {
    let Some(_lock) = disk.may_remove() else { return };
    for name in names.drain(..) {
        if let Err(error) = fs::remove_file(disk.large().join(&name)) {
            // The next start removes it.
            tracing::warn!(%error, name, "a deleted message's file could not be removed");
        }
    }
}
