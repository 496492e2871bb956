# Words from a screen.

text-unclear = These words alone do not tell the cause
    .why = There are no words or numbers in the text that show a cause, and guessing helps nobody.
    .cure =
        Please add these four things and try again.
        1. What fails: sending, receiving, or both?
        2. What exactly does the screen say, with all numbers?
        3. Since when? What changed before that: the line, the password, the device, an update?
        4. Do other web sites open? If not, the line is at fault and not the mail.

text-file-unreadable = The file cannot be read: { $path }
    .why = A file or folder that was named for the diagnosis could not be opened. The system's error: { $system }.
    .cure = Check its name, its place, and the permission to read it. Then run the command again.
