# New passwords.

password-missing = No password was given
    .why = An account needs a password, and none was entered. Nothing was changed.
    .cure = Run the command again and enter the password when asked, or pass it on standard input. On the command line itself others could read it.

password-encoding = The password cannot be read as text
    .why = It holds bytes that are not UTF-8, the form in which mail programs send letters beyond a to z. As a rule the file or the terminal that it came from uses an older form. Nothing was changed.
    .cure = Save the file as UTF-8, or set the terminal to UTF-8, and run the command again. A password of plain letters and digits has the same bytes in every form.

password-nul = The password holds a character that nobody can type
    .why = It is the character with the number 0, which mail programs cannot send: with this password nobody could sign in. As a rule it comes from a file that is no text. Nothing was changed.
    .cure = Check that the right file was passed, as UTF-8 text, or type the password when asked.

password-short = The password has fewer than { $limit ->
        [one] { $limit } character
       *[other] { $limit } characters
    }
    .why = Short passwords are guessed quickly by machines (number of characters: { $seen }). Nothing was changed.
    .cure = Choose a longer one: four or five words picked at random, or one made by a password manager. Length counts more than special characters.

password-long = The password is longer than { $limit ->
        [one] { $limit } byte
       *[other] { $limit } bytes
    }
    .why = Passwords have an upper limit, so that nobody can keep the server busy with giant ones. Nothing was changed.
    .cure = Choose a shorter one, and check that no whole text was pasted by mistake.

password-common = The password is one of those that are guessed first
    .why = It is a well-known phrase, or made of little more than one or two common words, with runs along the alphabet or the keyboard, repetitions and a few digits. Attackers try such combinations before all others, though this very one may stand on no list. Nothing was changed.
    .cure = Choose one that is used nowhere else: four or five words picked at random, or one made by a password manager.

password-like-account = The password resembles the name "{ $account }"
    .why = Attackers try the name of the account and its variations first. Nothing was changed.
    .cure = Choose one that has nothing to do with the name: four or five words picked at random, or one made by a password manager.
