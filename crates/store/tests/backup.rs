//! Backups: of one moment, whole, looked through, and restored.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by it"
)]

mod common;

use std::fs;

use common::{body, id, large_files, octets, options, send, serve, served, visitor};
use hikyaku_store::{Fault, Progress, Store, restore, salvage, verify_backup};
use rusqlite::Connection;

const TARO: &str = "taro@edo.test";

/// Deletes everything of taro's.
async fn delete_all(store: &Store) {
    let maildrop = store.lock_maildrop(id(store, TARO)).await.unwrap();
    let all: Vec<usize> = (0..maildrop.entries().len()).collect();
    maildrop.expunge(&all, &visitor()).await.unwrap();
}

/// Certificates that came by themselves lie beside the store.
#[tokio::test]
async fn certificates_are_in_the_backup() {
    let (folder, store) = served(&[TARO]).await;
    let beside = folder.path().join("acme");
    fs::create_dir(&beside).unwrap();
    for (name, text) in [("account.json", "{}"), ("mx.pem", "key"), ("mx.pem.new", "half")] {
        fs::write(beside.join(name), text).unwrap();
    }
    let place = tempfile::tempdir().unwrap();
    let (backup, data) = (place.path().join("backup"), place.path().join("data"));
    let manifest = store.backup(&backup, |_| ()).unwrap();
    assert!(manifest.certificates.keys().eq(["account.json", "mx.pem"]));
    restore(&backup, &data, |_| ()).unwrap();
    assert_eq!(fs::read_to_string(data.join("acme/mx.pem")).unwrap(), "key");
    assert!(!data.join("acme/mx.pem.new").exists());
    fs::write(backup.join("acme/mx.pem"), "another").unwrap();
    let faults = verify_backup(&backup, |_| ()).unwrap().faults;
    assert!(matches!(faults.as_slice(), [Fault::FileChanged { .. }]), "{faults:?}");
}

#[tokio::test]
async fn no_backup_goes_into_the_store_itself() {
    let (folder, store) = served(&[TARO]).await;
    let place = tempfile::tempdir().unwrap();
    let link = place.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    for path in [folder.path().join("bk1"), folder.path().join("large/a/b"), link.join("bk1")] {
        let inside = Fault::BackupInside { path: path.clone() };
        assert_eq!(store.backup(&path, |_| ()), Err(inside));
        assert!(!path.exists());
    }
    store.backup(&place.path().join("bk1"), |_| ()).unwrap();
}

#[tokio::test]
async fn a_backup_that_fails_or_is_cut_off_is_in_nobodys_way() {
    let (folder, store) = served(&[TARO]).await;
    for (seed, name) in [(1, "<a@x>"), (2, "<b@x>")] {
        send(&store, &[TARO], name, &body(seed, 300_000)).await.unwrap();
    }
    let place = tempfile::tempdir().unwrap();
    let (backup, cut_off) = (place.path().join("backup"), place.path().join("cut-off"));
    let mut files = 0;
    store
        .backup(&backup, |progress| {
            // What is there when the machine stops after the first file.
            let is_file = matches!(progress, Progress::Step { done: 1, of: 2 });
            if is_file && fs::read_dir(backup.join("large")).is_ok_and(|it| it.count() == 1) {
                files += 1;
                let mut copy = std::process::Command::new("cp");
                assert!(copy.arg("-r").args([&backup, &cut_off]).status().unwrap().success());
            }
            // Nor do two make one at a time.
            if progress == Progress::Begun {
                let occupied = Fault::Occupied { path: backup.clone() };
                assert_eq!(store.backup(&backup, |_| ()), Err(occupied));
            }
        })
        .unwrap();
    assert_eq!(files, 1);
    assert!(matches!(verify_backup(&cut_off, |_| ()), Err(Fault::NoBackup { .. })));
    store.backup(&cut_off, |_| ()).unwrap();
    assert!(verify_backup(&cut_off, |_| ()).unwrap().faults.is_empty());
    assert!(!cut_off.join("backup.unfinished").exists());
    let occupied = Fault::Occupied { path: cut_off.clone() };
    assert_eq!(store.backup(&cut_off, |_| ()), Err(occupied), "a whole one stays");

    // Somebody's own files are not ours to remove.
    let own = place.path().join("own");
    fs::create_dir(&own).unwrap();
    for name in ["backup.unfinished", "letter"] {
        fs::write(own.join(name), "x").unwrap();
    }
    assert_eq!(store.backup(&own, |_| ()), Err(Fault::Occupied { path: own.clone() }));
    assert!(own.join("letter").exists());

    // Something is in the way of a file.
    let name = fs::read_dir(folder.path().join("large")).unwrap().next().unwrap().unwrap();
    let fails = place.path().join("fails");
    let in_the_way = fails.join("large").join(name.file_name());
    let failed = store.backup(&fails, |progress| {
        if progress == Progress::Begun {
            fs::create_dir_all(&in_the_way).unwrap();
        }
    });
    assert!(matches!(failed, Err(Fault::Io(_))), "{failed:?}");
    assert!(!fails.exists(), "what was written by then is removed");
}

#[tokio::test]
async fn what_is_deleted_meanwhile_is_in_the_backup() {
    let (folder, store) = served(&[TARO]).await;
    send(&store, &[TARO], "<a@x>", &body(1, 500)).await.unwrap();
    send(&store, &[TARO], "<b@x>", &body(2, 300_000)).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let (backup, data) = (place.path().join("backup"), place.path().join("data"));
    let runtime = tokio::runtime::Handle::current();
    let (copied, to) = (store.clone(), backup.clone());
    let manifest = tokio::task::spawn_blocking(move || {
        copied.backup(&to, |progress| {
            if progress == Progress::Begun {
                runtime.block_on(async {
                    delete_all(&copied).await;
                    send(&copied, &[TARO], "<c@x>", &body(3, 100)).await.unwrap();
                });
                // The housekeeper has its chance.
                std::thread::sleep(std::time::Duration::from_millis(300));
            }
        })
    });
    let manifest = manifest.await.unwrap().unwrap();
    assert_eq!((manifest.accounts, manifest.messages, manifest.files.len()), (1, 2, 1));
    // What it needed no more is removed afterwards.
    let began = std::time::Instant::now();
    while large_files(folder.path()) > 0 {
        assert!(began.elapsed().as_secs() < 60, "the file stays");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(store.verify(|_| ()).unwrap().faults, []);

    assert_eq!(restore(&backup, &data, |_| ()).unwrap(), manifest);
    let restored = serve(&data, &[]).await;
    let mut maildrop = restored.lock_maildrop(id(&restored, TARO)).await.unwrap();
    assert_eq!(maildrop.entries().len(), 2);
    assert_eq!(octets(&mut maildrop, 0).await, body(1, 500));
    assert_eq!(octets(&mut maildrop, 1).await, body(2, 300_000));
    // Nothing is written over.
    let occupied = Fault::Occupied { path: data.clone() };
    assert_eq!(restore(&backup, &data, |_| ()).unwrap_err(), occupied);
    let occupied = Fault::Occupied { path: backup.clone() };
    assert_eq!(store.backup(&backup, |_| ()).unwrap_err(), occupied);
}

#[tokio::test]
async fn damage_is_found_and_not_restored() {
    let (_folder, store) = served(&[TARO]).await;
    send(&store, &[TARO], "<a@x>", &body(1, 500)).await.unwrap();
    send(&store, &[TARO], "<b@x>", &body(2, 300_000)).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let (backup, data) = (place.path().join("backup"), place.path().join("data"));
    store.backup(&backup, |_| ()).unwrap();
    assert_eq!(verify_backup(&backup, |_| ()).unwrap().messages, 2);

    let database = backup.join("store.db");
    let whole = fs::read(&database).unwrap();
    let mut broken = whole.clone();
    let place_of_mail = whole.windows(16).position(|part| part == &body(1, 500)[..16]).unwrap();
    broken[place_of_mail] ^= 1;
    fs::write(&database, broken).unwrap();
    let changed = Fault::FileChanged { path: database.clone() };
    assert_eq!(verify_backup(&backup, |_| ()).unwrap().faults, std::slice::from_ref(&changed));
    assert_eq!(restore(&backup, &data, |_| ()).unwrap_err(), changed);
    assert!(!data.join("store.db").exists());
    fs::write(&database, whole).unwrap();

    let file = fs::read_dir(backup.join("large")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(&file).unwrap();
    let faults = verify_backup(&backup, |_| ()).unwrap().faults;
    assert!(
        matches!(faults.as_slice(), [Fault::MessageLost { path, accounts, .. }]
            if *path == file && *accounts == [TARO]),
        "{faults:?}"
    );

    fs::remove_file(backup.join("backup.json")).unwrap();
    let none = Fault::NoBackup { path: backup.clone() };
    assert_eq!(restore(&backup, &data, |_| ()).unwrap_err(), none);
}

#[tokio::test]
async fn contradictions_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = serve(folder.path(), &[TARO]).await;
    for number in 0..3 {
        let name = format!("<{number}@x>");
        send(&store, &[TARO], &name, &body(number, 200)).await.unwrap();
    }
    assert_eq!(store.verify(|_| ()).unwrap().faults, []);
    store.close().await;
    let connection = Connection::open(folder.path().join("store.db")).unwrap();
    connection
        .execute_batch(
            "UPDATE message SET refs = 2 WHERE id = (SELECT min(id) FROM message);
             DELETE FROM message WHERE id = (SELECT max(id) FROM message);
             UPDATE mailbox SET messages = 7;
             UPDATE message SET body = substr(body, 2) WHERE refs = 1;",
        )
        .unwrap();
    drop(connection);
    let store = Store::open(folder.path(), options()).unwrap();
    let faults = store.verify(|_| ()).unwrap().faults;
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for wanted in ["message", "entry of a message", "messages of mailbox", "body of message"] {
        assert!(texts.iter().any(|text| text.contains(wanted)), "{wanted}: {texts:?}");
    }
    assert_eq!(texts.len(), 4, "{texts:?}");
}

/// The data folder is often the top of a disk of its own, which cannot be replaced, or a link.
#[tokio::test]
async fn a_backup_is_put_back_where_the_folder_cannot_be_replaced() {
    let (_folder, store) = served(&[TARO]).await;
    send(&store, &[TARO], "<a@x>", &body(1, 300_000)).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    store.backup(&at("backup"), |_| ()).unwrap();

    // Where a file system begins there is its own folder already, and ours stays the same one.
    fs::create_dir_all(at("disk/lost+found")).unwrap();
    let number = |name: &str| std::os::unix::fs::MetadataExt::ino(&fs::metadata(at(name)).unwrap());
    let before = number("disk");
    fs::create_dir(at("far")).unwrap();
    std::os::unix::fs::symlink(at("far"), at("link")).unwrap();
    for name in ["disk", "link", "new/below"] {
        restore(&at("backup"), &at(name), |_| ()).unwrap();
        let restored = serve(&at(name), &[]).await;
        let mut maildrop = restored.lock_maildrop(id(&restored, TARO)).await.unwrap();
        assert_eq!(octets(&mut maildrop, 0).await, body(1, 300_000));
    }
    assert_eq!(number("disk"), before);
    assert!(at("far/store.db").exists() && fs::symlink_metadata(at("link")).unwrap().is_symlink());
    let beside = fs::read_dir(place.path()).unwrap().flatten().map(|it| it.file_name());
    let mut beside: Vec<_> = beside.collect();
    beside.sort();
    assert_eq!(beside, ["backup", "disk", "far", "link", "new"], "nothing is left");
}

#[tokio::test]
async fn half_a_store_is_no_store() {
    let (_folder, store) = served(&[TARO]).await;
    send(&store, &[TARO], "<a@x>", &body(1, 300_000)).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    store.backup(&at("backup"), |_| ()).unwrap();
    // What is there when the machine stops after the first file, with the lock gone.
    restore(&at("backup"), &at("data"), |_| {
        if at("data/store.db.restoring").exists() && !at("cut-off").exists() {
            let mut copy = std::process::Command::new("cp");
            assert!(copy.arg("-r").args([at("data"), at("cut-off")]).status().unwrap().success());
            // Nor do two put one back at a time.
            let occupied = Fault::Occupied { path: at("data") };
            assert_eq!(restore(&at("backup"), &at("data"), |_| ()), Err(occupied));
        }
    })
    .unwrap();
    assert!(at("data/store.db").exists() && !at("data/restore.unfinished").exists());
    let half = Fault::HalfRestored { path: at("cut-off") };
    assert_eq!(Store::serve(&at("cut-off"), options()).map(drop), Err(half.clone()));
    assert_eq!(Store::create(&at("cut-off"), options()).map(drop), Err(half));
    assert!(!at("cut-off/store.db").exists() && !at("cut-off/server.lock").exists());
    restore(&at("backup"), &at("cut-off"), |_| ()).unwrap();
    assert_eq!(Store::open(&at("cut-off"), options()).unwrap().verify(|_| ()).unwrap().faults, []);

    // One that fails leaves nothing.
    let file = fs::read_dir(at("backup/large")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(&file).unwrap();
    fs::create_dir(at("empty")).unwrap();
    for name in ["empty", "none"] {
        assert!(restore(&at("backup"), &at(name), |_| ()).is_err());
    }
    assert_eq!(fs::read_dir(at("empty")).unwrap().count(), 0);
    assert!(!at("none").exists());
}

const HANAKO: &str = "hanako@edo.test";

/// The file of a message, by its recipient, in a store or a backup.
fn file_of(folder: &std::path::Path, address: &str) -> std::path::PathBuf {
    let connection = Connection::open(folder.join("store.db")).unwrap();
    let sql = "SELECT file FROM message JOIN entry ON message = message.id
               JOIN account ON account.id = account WHERE address = ?1 AND file IS NOT NULL";
    let name: String = connection.query_row(sql, (address,), |row| row.get(0)).unwrap();
    folder.join("large").join(name)
}

#[tokio::test]
async fn what_is_lost_already_hinders_no_backup() {
    let (folder, store) = served(&[TARO, HANAKO]).await;
    send(&store, &[TARO], "<a@x>", &body(1, 300_000)).await.unwrap();
    send(&store, &[HANAKO], "<b@x>", &body(2, 300_000)).await.unwrap();
    let lost = file_of(folder.path(), TARO);
    fs::remove_file(&lost).unwrap();
    let name = lost.file_name().unwrap();
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);

    let manifest = store.backup(&at("backup"), |_| ()).unwrap();
    assert_eq!((manifest.messages, manifest.files.len(), manifest.lost.len()), (2, 1, 1));
    let told = manifest.lost(folder.path());
    assert!(
        matches!(told.as_slice(), [Fault::MessageLost { path, accounts, .. }]
            if *path == lost && *accounts == [TARO]),
        "{told:?}"
    );
    assert_eq!(store.verify(|_| ()).unwrap().faults, told);

    // It is known of the backup, which is sound without it.
    let verified = verify_backup(&at("backup"), |_| ()).unwrap();
    assert_eq!((verified.faults.len(), verified.lost.len()), (0, 1));
    assert_eq!(restore(&at("backup"), &at("data"), |_| ()).unwrap(), manifest);
    let restored = serve(&at("data"), &[]).await;
    let mut maildrop = restored.lock_maildrop(id(&restored, HANAKO)).await.unwrap();
    assert_eq!(octets(&mut maildrop, 0).await, body(2, 300_000));
    // The file can still be put back.
    assert_eq!(restored.verify(|_| ()).unwrap().faults, manifest.lost(&at("data")));
    fs::write(at("data/large").join(name), body(1, 300_000)).unwrap();
    assert_eq!(restored.verify(|_| ()).unwrap().faults, []);
}

#[tokio::test]
async fn of_a_damaged_backup_all_is_put_back_that_can_be_read() {
    let (folder, store) = served(&[TARO, HANAKO]).await;
    fs::create_dir(folder.path().join("acme")).unwrap();
    fs::write(folder.path().join("acme/mx.pem"), "key").unwrap();
    send(&store, &[TARO], "<a@x>", &body(1, 300_000)).await.unwrap();
    send(&store, &[HANAKO], "<b@x>", &body(2, 300_000)).await.unwrap();
    send(&store, &[HANAKO], "<c@x>", &body(3, 500)).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let backup = at("backup");
    let manifest = store.backup(&backup, |_| ()).unwrap();
    assert_eq!(salvage(&backup, &at("whole"), |_| ()).unwrap().faults, []);

    let (changed, lost) = (file_of(&backup, TARO), file_of(&backup, HANAKO));
    let mut flipped = body(1, 300_000);
    flipped[1000] ^= 1;
    fs::write(&changed, &flipped).unwrap();
    let refused = restore(&backup, &at("data"), |_| ()).unwrap_err();
    assert!(
        matches!(&refused, Fault::MessageChanged { path, accounts, .. }
            if *path == changed && *accounts == [TARO]),
        "{refused:?}"
    );
    fs::remove_file(&lost).unwrap();
    fs::write(backup.join("acme/mx.pem"), "another").unwrap();

    let restored = salvage(&backup, &at("data"), |_| ()).unwrap();
    assert_eq!(restored.manifest, manifest);
    assert_eq!(restored.faults.len(), 3, "{:?}", restored.faults);
    let is_named = |wanted: &Fault| restored.faults.contains(wanted);
    assert!(is_named(&refused));
    assert!(is_named(&Fault::FileChanged { path: backup.join("acme/mx.pem") }));
    assert!(restored.faults.iter().any(|it| matches!(it,
        Fault::MessageLost { path, accounts, .. } if *path == lost && *accounts == [HANAKO])));
    let store = serve(&at("data"), &[]).await;
    let mut maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    assert_eq!(octets(&mut maildrop, 0).await, flipped, "as it is");
    let mut maildrop = store.lock_maildrop(id(&store, HANAKO)).await.unwrap();
    assert_eq!(octets(&mut maildrop, 1).await, body(3, 500));
    assert!(!at("data/acme/mx.pem").exists());

    // A database that can be read is put back though it is not what it was.
    let database = backup.join("store.db");
    let whole = fs::read(&database).unwrap();
    let at_mail = whole.windows(16).position(|part| part == &body(3, 500)[..16]).unwrap();
    let mut broken = whole.clone();
    broken[at_mail] ^= 1;
    fs::write(&database, &broken).unwrap();
    let restored = salvage(&backup, &at("more"), |_| ()).unwrap();
    assert!(restored.faults.contains(&Fault::FileChanged { path: database.clone() }));
    // One that cannot is not.
    broken.truncate(broken.len() / 2);
    fs::write(&database, &broken).unwrap();
    assert!(salvage(&backup, &at("none"), |_| ()).is_err());
    assert!(!at("none").exists());
}
