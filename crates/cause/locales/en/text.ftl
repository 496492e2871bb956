# Words from a screen.

text-unclear = These words alone do not tell the cause
    .why = There are no words or numbers in the text that show a cause, and guessing helps nobody.
    .cure =
        Please add these four things and try again.
        1. What fails: sending, receiving, or both?
        2. What exactly does the screen say, with all numbers?
        3. Since when? What changed before that: the line, the password, the device, an update?
        4. Do other web sites open? If not, the line is at fault and not the mail.

text-success = These words tell of a success
    .why = A mail server says so when it has taken a mail or put it into a mailbox. There is no fault in them. If the mail cannot be found all the same, these words do not tell why.
    .cure = Nothing has to be done. If the recipient misses the mail, let them look among the junk (spam), and look out for a mail that comes back.

text-file-unreadable = The file cannot be read: { $path }
    .why = A file or folder that was named for the diagnosis could not be opened. The system's error: { $system }.
    .cure = Check its name, its place, and the permission to read it. Then run the command again.
