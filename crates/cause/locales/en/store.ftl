# The disk and the data folder.

store-full = The disk with { $path } is full
    .why = The server can store no more mail. It accepts no new mail until there is room; other servers keep theirs and try again later. Mail already accepted is safe.
    .cure = The administrator finds out what fills the disk, moves old logs and backups to another disk, or enlarges this one. Leave the files inside the data folder alone.
    .reply = This server has no room on its disk at the moment; please try again later

store-read-only = The disk with { $path } cannot be written to
    .why = The operating system lets nothing be written there. Often it has made the disk read-only itself, to protect the data after a fault. System error: { $system }.
    .cure =
        1. Look in the system log for disk and file system faults.
        2. Check that a fresh backup exists, repair the file system or replace the disk, and mount it for writing again.
        3. If there is no fault, check how it is mounted and what the service is permitted to write.
    .reply = This server cannot store mail at the moment; please try again later

store-permission = This account may not use { $path }
    .why = The data folder belongs to the account of the service, and what is in it is for that account alone. The program runs as another one, or the owner or the permissions there were changed. Nothing was changed. System error: { $system }.
    .cure =
        1. Run the command as the account of the service: put "runuser -u hikyaku --" in front of it as the administrator, with the account's real name.
        2. If the server itself says this, check who owns the folder and everything in it, and where the service is permitted to write.
    .reply = This server cannot store mail at the moment; please try again later

store-io = Reading or writing { $path } failed
    .why = The operating system reported an error on the disk or file system. System error: { $system }.
    .cure =
        1. Look in the system log for disk faults at the same time.
        2. If the disk is failing, make a backup at once and replace it.
        3. If it is not, check who owns the folder and what the service is permitted to do there.
    .reply = This server cannot reach its storage at the moment; please try again later

store-busy = The data in { $path } is busy at the moment
    .why = Another task was using the data for longer than this one could wait. Nothing is damaged.
    .cure = Nothing has to be done; it is tried again. If it happens often, the administrator looks for very slow disks and for backups that hold the data too long.
    .reply = This server is busy at the moment; please try again later

store-corrupt = The data in { $path } is damaged
    .why = What was read from the disk is not what had been written. Failing disks or memory, or another program writing into the folder, can cause this. Details: { $detail }.
    .cure =
        1. Stop the server and copy the whole data folder to another disk before anything else.
        2. Check disk and memory.
        3. Restore the last good backup, and keep the copy: mail that is newer than the backup may still be in it.
    .reply = This server cannot read its storage at the moment; please try again later

store-version = The data in { $path } was written by another release
    .why = The version of the stored data does not fit this program (found: { $seen }; expected: { $expected }). Nothing was changed.
    .cure = If the version found is the higher one, install the newer release again. If it is the lower one, make a backup and follow the notes of this release on moving older data.
    .reply = This server cannot use its storage at the moment; please try again later

store-in-use = Another program is using { $path }
    .why = The data folder is held by another running copy of this program. Two at once would damage the data, so the second does not start.
    .cure = Stop the other copy the regular way, or give this one a data folder of its own in its configuration. Do not delete lock files.

store-moved = The data folder of the running server is not in its place any more: { $path }
    .why = The folder that the server opened at its start was renamed, deleted or replaced, or another disk was mounted over it. What came in now would lie where nobody looks for it. So the server takes nothing in, changes nothing, and sends nothing for now; other servers keep their mail and try again. Details: { $detail }.
    .cure =
        1. If a backup was put back there, or another folder was meant to take its place, restart the server: it then works with what lies there. Keep the former folder; mail that is newer than the backup may still be in it.
        2. If it was not meant, put the folder back into its place. The server goes on by itself.
    .reply = This server cannot reach its storage at the moment; please try again later

store-missing = There is no data folder { $path }
    .why = The folder named in the configuration does not exist, or holds no data of this program.
    .cure = Check the path in the configuration for typing faults, and check that the disk it lies on is mounted. For a new server, create the folder and let the account of the service own it.

store-file-missing = The file { $path } is missing
    .why = The backup, or the server's data, should have this file, and it is not there. Deleting files by hand, or a fault of the disk, can cause this.
    .cure =
        1. Look whether the folder is whole: copied to its end, and nothing taken out.
        2. Use another backup, or `hikyaku restore --salvage`: it puts back all that can be read, if the database "store.db" is there, and names what cannot.
        3. Check the disk, and whether another program tidies up in the folder.

store-file-changed = The file { $path } is not as it was written
    .why = Its length or its checksum differs from what was noted when the backup was made. What is in it cannot be relied on.
    .cure =
        1. Keep this backup, and use another one if there is one that is sound. The file cannot be taken from another backup: each has its own.
        2. If there is none, `hikyaku restore --salvage` puts back all that can be read, and names what is damaged. Have people look through their newest mail afterwards.
        3. Check disk and memory: files do not change by themselves.

store-message-lost = The content of a mail is lost: message { $message } of { $account }
    .why = A long mail lies in a file of its own, { $path }. That file is not there or cannot be read, so this mail cannot be read. All other mail can; backing up and putting back go on without it.
    .cure =
        1. Look in older backups for a file of the same name, in the folder "large", and put it into "large" of the data folder with the server stopped. It is right in whichever backup it lies: no name is used twice.
        2. If there is none, ask the sender to send the mail again, and have { $account } delete it in the mail program.
        3. Check the disk, and whether another program tidies up in the data folder.

store-message-changed = A mail is not as it was written: message { $message } of { $account }
    .why = A long mail lies in a file of its own, { $path }. Its length or its checksum is another one than was noted. Part of this mail may be unreadable; all other mail is not concerned.
    .cure =
        1. Look in another backup for a file of the same name, in the folder "large", and put it into "large" of the data folder with the server stopped. It is right in whichever backup it lies: no name is used twice.
        2. `hikyaku restore --salvage` puts this backup back all the same, this mail as it is.
        3. Check disk and memory: files do not change by themselves.

store-index-wrong = The entries in { $path } contradict one another
    .why = The database can be read, but what it says in one place does not fit what it says in another. For specialists: { $detail }.
    .cure =
        1. Stop the server and copy the whole data folder to another disk before anything else.
        2. Check disk and memory.
        3. Restore the last good backup, and keep the copy: mail that is newer may still be in it.

store-backup-missing = There is no finished backup in { $path }
    .why = A backup ends with the file "backup.json". It is not there, or cannot be read: the folder is another one, or the backup was cut off.
    .cure = Check the name of the folder. If the backup was cut off, make it again into an empty folder, or take an older one.

store-backup-inside = The backup would lie in the data folder itself: { $path }
    .why = A copy there would be lost together with the data, and nothing but the data belongs into that folder. Nothing was written.
    .cure = Name a folder outside the data folder, best on another disk.

store-restore-unfinished = A backup is not put back whole into { $path }
    .why = A backup was being put back there, and that was cut off or is still under way. So long as it is not done, no server begins there with what would be half of the mail.
    .cure = If `hikyaku restore` is still running, let it end. If it was cut off, run it again with the same backup and the same folder: it begins anew.

store-copy-full = There is no room for the copy in { $path }
    .why = The disk that this folder lies on became full while a backup was being written there, or put back. What was written is removed again, and nothing else was changed. The mail that the server keeps is not concerned.
    .cure = Make room on that disk, for example by removing old backups, or name a folder on another one. The copy needs as much room as the data folder.

store-occupied = There is something in { $path } already
    .why = A backup, and a restored store, goes into a folder that is empty or not there yet. Nothing in it was touched.
    .cure = Name another folder. To restore over a damaged store, stop the server, rename its data folder and keep it: mail that is newer than the backup may still be in it.

store-message-gone = The message { $message } is not there any more
    .why = It was deleted, or taken out of the queue, just before it was to be read again.
    .cure = Nothing has to be done. `hikyaku trace` shows who deleted it, and when.
