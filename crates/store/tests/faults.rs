//! Disks that are full, read-only, in use, of another version; and how the store heals.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by it, or says what it skips"
)]

mod common;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use common::{add, address, body, id, large_files, octets, options, send, serve, served, visitor};
use hikyaku_cause::Code;
use hikyaku_store::{Fault, Store};

const TARO: &str = "taro@edo.test";

#[tokio::test]
async fn one_server_works_on_a_folder() {
    let (folder, store) = served(&[TARO]).await;
    let in_use = Store::serve(folder.path(), options()).unwrap_err();
    assert_eq!(in_use, Fault::InUse { path: folder.path().join("server.lock") });
    assert_eq!(in_use.cause().code, Code::StoreInUse);
    store.close().await;
    let next = Store::serve(folder.path(), options()).unwrap();
    assert!(next.account(TARO).unwrap().is_some());
}

#[tokio::test]
async fn a_newer_version_is_left_alone() {
    let (folder, store) = served(&[]).await;
    store.close().await;
    let path = folder.path().join("store.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 8).unwrap();
    drop(connection);
    let version = Fault::Version { path, found: 8, expected: 7 };
    assert_eq!(Store::serve(folder.path(), options()).unwrap_err(), version);
    assert_eq!(Store::create(folder.path(), options()).unwrap_err(), version);
    assert_eq!(Store::open(folder.path(), options()).unwrap_err(), version);
}

#[tokio::test]
async fn what_is_no_store_is_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("store.db"), body(1, 20_000)).unwrap();
    let fault = Store::open(folder.path(), options()).unwrap_err();
    assert_eq!(fault.cause().code, Code::StoreCorrupt);
    // A server starts all the same and says so to all who ask.
    let store = Store::serve(folder.path(), options()).unwrap();
    assert_eq!(store.account(TARO).unwrap_err().cause().code, Code::StoreCorrupt);
    fs::remove_file(folder.path().join("store.db")).unwrap();
    add(&store, TARO, None).await;
    assert!(store.account(TARO).unwrap().is_some());
}

#[tokio::test]
async fn the_start_removes_what_crashes_left() {
    let (folder, store) = served(&[TARO]).await;
    send(&store, &[TARO], "x", &body(1, 200_000)).await.unwrap();
    store.close().await;
    let left = folder.path().join("large/0123456789abcdef-7");
    fs::write(&left, b"half a mess").unwrap();
    let old = SystemTime::now() - Duration::from_mins(1);
    fs::File::options().append(true).open(&left).unwrap().set_modified(old).unwrap();
    let store = serve(folder.path(), &[]).await;
    for _ in 0..100 {
        if large_files(folder.path()) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(large_files(folder.path()), 1);
    let mut maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    assert_eq!(octets(&mut maildrop, 0).await, body(1, 200_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_was_replaced_is_not_mixed_with_the_one_that_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let [data, former, backup] = ["data", "former", "backup"].map(|it| folder.path().join(it));
    let store = serve(&data, &[TARO]).await;
    send(&store, &[TARO], "large", &body(1, 200_000)).await.unwrap();
    store.backup(&backup, |_| ()).unwrap();
    send(&store, &[TARO], "small", &body(2, 4000)).await.unwrap();
    let maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    fs::rename(&data, &former).unwrap();
    let moved = |fault: Fault| {
        assert!(matches!(fault, Fault::Moved { .. }), "{fault}");
        assert_eq!(fault.cause().code, Code::StoreMoved);
    };
    moved(store.in_place().unwrap_err());
    moved(send(&store, &[TARO], "x", b"x").await.unwrap_err());
    assert!(!data.exists(), "nothing is made in its place");

    hikyaku_store::restore(&backup, &data, |_| ()).unwrap();
    moved(store.in_place().unwrap_err());
    moved(store.probe().await.unwrap_err());
    moved(send(&store, &[TARO], "x", b"x").await.unwrap_err());
    moved(send(&store, &[TARO], "x", &body(3, 200_000)).await.unwrap_err());
    moved(store.set_quota(&address(TARO), Some(5)).await.unwrap_err());
    // What would be removed has the name of a file of the restored store.
    moved(maildrop.expunge(&[0, 1], &visitor()).await.unwrap_err());
    assert_eq!(large_files(&data), 1);
    // A command works on the restored one meanwhile, and the former one ends without a trace there.
    let command = Store::open(&data, options()).unwrap();
    add(&command, "hanako@kyoto.test", None).await;
    store.close().await;
    assert_eq!(command.account(TARO).unwrap().unwrap().messages, 1);
    command.close().await;
    let store = Store::serve(&data, options()).unwrap();
    assert!(store.account("hanako@kyoto.test").unwrap().is_some());
    assert_eq!(verify(&store, &[(1, 200_000)]).await, 1);
    store.close().await;
    let store = Store::serve(&former, options()).unwrap();
    assert_eq!(verify(&store, &[(1, 200_000), (2, 4000)]).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_put_back_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let [data, away] = ["data", "away"].map(|it| folder.path().join(it));
    let store = serve(&data, &[TARO]).await;
    send(&store, &[TARO], "1", &body(1, 200_000)).await.unwrap();
    fs::rename(&data, &away).unwrap();
    for _ in 0..6 {
        let fault = send(&store, &[TARO], "x", b"x").await.unwrap_err();
        assert_eq!(fault.cause().code, Code::StoreMoved, "{fault}");
    }
    fs::rename(&away, &data).unwrap();
    send(&store, &[TARO], "2", &body(2, 200_000)).await.unwrap();
    assert_eq!(verify(&store, &[(1, 200_000), (2, 200_000)]).await, 2);
    store.close().await;
}

/// A small ext4 file system of its own; unmounted at the end.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// `None`, with a word on standard error, where the machine does not allow it.
    fn new(test: &str, megabytes: u64) -> Option<Self> {
        let disk = Self { folder: tempfile::tempdir().unwrap() };
        let image = fs::File::create(disk.image()).unwrap();
        image.set_len(megabytes * 1024 * 1024).unwrap();
        fs::create_dir(disk.path()).unwrap();
        let made = run("mkfs.ext4", &["-q".as_ref(), "-m0".as_ref(), disk.image().as_ref()])
            && disk.mount("rw");
        if !made {
            // Not `eprintln`, which is not shown when a test passes.
            let word = format!("skipped: {test}: no loop device can be mounted here\n");
            std::io::stderr().write_all(word.as_bytes()).unwrap();
        }
        made.then_some(disk)
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn mount(&self, how: &str) -> bool {
        let options = format!("loop,{how}");
        let arguments = ["-o".as_ref(), Path::new(&options), &self.image(), &self.path()];
        run("mount", &arguments)
    }

    fn remount(&self, how: &str) -> bool {
        let options = format!("remount,{how}");
        run("mount", &["-o".as_ref(), Path::new(&options), &self.path()])
    }

    fn unmount(&self) -> bool {
        run("umount", &[&self.path()])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run("umount", &["-l".as_ref(), self.path().as_path()]);
    }
}

fn run(program: &str, arguments: &[&Path]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_and_heals() {
    let Some(disk) = Disk::new("a_full_disk_loses_nothing_and_heals", 40) else { return };
    let folder = disk.path().join("store");
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![1; 12 << 20]).unwrap();
    let store = serve(&folder, &[TARO]).await;
    let taro = id(&store, TARO);
    let mut kept = Vec::new();
    for round in 0..3_u64 {
        let mut full = 0;
        for number in 0..4000 {
            let seed = round * 10_000 + number;
            let size = if seed.is_multiple_of(5) { 180_000 } else { 4000 };
            match send(&store, &[TARO], "x", &body(seed, size)).await {
                Ok(_) => kept.push((seed, size)),
                Err(fault) => {
                    assert_eq!(fault.cause().code, Code::StoreFull, "{fault}");
                    full += 1;
                }
            }
            if full > 20 {
                break;
            }
        }
        assert!(full > 20, "the disk was never full in round {round}");
        // Who reads is not concerned.
        assert_eq!(verify(&store, &kept).await, kept.len());
        if round == 0 {
            fs::remove_file(&ballast).unwrap();
        } else {
            // Owners make room by fetching their mail.
            let maildrop = store.lock_maildrop(taro).await.unwrap();
            let all: Vec<usize> = (0..kept.len()).collect();
            assert_eq!(maildrop.expunge(&all, &visitor()).await, Ok(kept.len()));
            kept.clear();
        }
        // Files are removed by another thread.
        let mut is_taken = false;
        for _ in 0..600 {
            is_taken = send(&store, &[TARO], "again", b"again").await.is_ok();
            if is_taken {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(is_taken, "round {round}");
        let maildrop = store.lock_maildrop(taro).await.unwrap();
        let last = maildrop.entries().len() - 1;
        maildrop.expunge(&[last], &visitor()).await.unwrap();
    }
    store.close().await;
    let store = serve(&folder, &[]).await;
    assert_eq!(verify(&store, &kept).await, kept.len());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_fills_its_disk_leaves_it_as_it_was() {
    let name = "a_backup_that_fills_its_disk_leaves_it_as_it_was";
    let Some(disk) = Disk::new(name, 16) else { return };
    let (_folder, store) = served(&[TARO]).await;
    for seed in 0..4 {
        send(&store, &[TARO], "x", &body(seed, 900_000)).await.unwrap();
    }
    let (ballast, backup) = (disk.path().join("ballast"), disk.path().join("backup"));
    let mut file = fs::File::create(&ballast).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    let octets = file.metadata().unwrap().len();
    file.set_len(octets - (2 << 20)).unwrap();
    drop(file);
    let fault = store.backup(&backup, |_| ()).unwrap_err();
    assert_eq!(fault.cause().code, Code::StoreCopyFull, "{fault}");
    assert!(!backup.exists());
    fs::remove_file(&ballast).unwrap();
    store.backup(&backup, |_| ()).unwrap();
}

/// The top of a mounted disk can be neither removed nor replaced.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_put_back_at_the_top_of_a_disk() {
    let name = "a_backup_is_put_back_at_the_top_of_a_disk";
    let Some(disk) = Disk::new(name, 16) else { return };
    let (_folder, store) = served(&[TARO]).await;
    send(&store, &[TARO], "x", &body(1, 900_000)).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let backup = place.path().join("backup");
    store.backup(&backup, |_| ()).unwrap();
    hikyaku_store::restore(&backup, &disk.path(), |_| ()).unwrap();
    let restored = Store::open(&disk.path(), options()).unwrap();
    assert_eq!(restored.verify(|_| ()).unwrap().faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_full_at_the_start_heals() {
    let Some(disk) = Disk::new("a_disk_full_at_the_start_heals", 16) else { return };
    let ballast = disk.path().join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    drop(file);
    let store = Store::serve(&disk.path().join("store"), options()).unwrap();
    let fault = store.resolve(&address(TARO)).unwrap_err();
    assert_eq!(fault.cause().code, Code::StoreFull, "{fault}");
    fs::remove_file(&ballast).unwrap();
    add(&store, TARO, None).await;
    send(&store, &[TARO], "x", b"x").await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_disk_heals() {
    let Some(disk) = Disk::new("a_read_only_disk_heals", 16) else { return };
    let folder = disk.path().join("store");
    let store = serve(&folder, &[TARO]).await;
    send(&store, &[TARO], "x", &body(1, 200_000)).await.unwrap();
    store.close().await;
    assert!(disk.remount("ro"), "closed, the store holds no file");
    let store = Store::serve(&folder, options()).unwrap();
    let fault = send(&store, &[TARO], "y", b"y").await.unwrap_err();
    assert_eq!(fault.cause().code, Code::StoreReadOnly, "{fault}");
    assert!(disk.remount("rw"));
    send(&store, &[TARO], "y", b"y").await.unwrap();
    assert_eq!(store.account(TARO).unwrap().unwrap().messages, 2);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmounted_disk_is_not_mistaken_for_an_empty_store() {
    let name = "an_unmounted_disk_is_not_mistaken_for_an_empty_store";
    let Some(disk) = Disk::new(name, 16) else { return };
    let folder = disk.path().join("store");
    let store = serve(&folder, &[TARO]).await;
    send(&store, &[TARO], "x", &body(1, 4000)).await.unwrap();
    // The file system stops at an error, as a dying disk makes it do.
    assert!(disk.remount("abort") || disk.remount("ro,abort"));
    for _ in 0..6 {
        let fault = send(&store, &[TARO], "y", b"y").await.unwrap_err();
        assert!(fault.is_disk(), "{fault}");
    }
    // The store has let go of it: it can be unmounted, checked and mounted again.
    let mut tries = 200;
    while !disk.unmount() {
        tries -= 1;
        assert!(tries > 0, "the store still holds files");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let fault = send(&store, &[TARO], "z", b"z").await.unwrap_err();
    assert!(fault.is_disk(), "{fault}");
    assert!(!folder.exists());
    run("fsck.ext4", &["-y".as_ref(), disk.image().as_ref()]);
    assert!(disk.mount("rw"));
    send(&store, &[TARO], "z", b"z").await.unwrap();
    assert_eq!(verify(&store, &[(1, 4000)]).await, 2);
    store.close().await;
}

/// Every message that was acknowledged is there once, octet for octet, in order. Returns how many
/// there are.
async fn verify(store: &Store, kept: &[(u64, usize)]) -> usize {
    let mut maildrop = store.lock_maildrop(id(store, TARO)).await.unwrap();
    let mut found = Vec::new();
    for index in 0..maildrop.entries().len() {
        found.push(octets(&mut maildrop, index).await);
    }
    for (seed, size) in kept {
        let wanted = body(*seed, *size);
        assert_eq!(found.iter().filter(|octets| **octets == wanted).count(), 1, "{seed}");
    }
    found.len()
}
