# New passwords.

password-missing = No password was given
    .why = An account needs a password, and none was entered. Nothing was changed.
    .cure = Run the command again and enter the password when asked, or pass it on standard input. On the command line itself others could read it.

password-short = The password has fewer than { $limit } characters
    .why = Short passwords are guessed quickly by machines (number of characters: { $seen }). Nothing was changed.
    .cure = Choose a longer one: four or five words picked at random, or one made by a password manager. Length counts more than special characters.

password-long = The password is longer than { $limit } bytes
    .why = Passwords have an upper limit, so that nobody can keep the server busy with giant ones. Nothing was changed.
    .cure = Choose a shorter one, and check that no whole text was pasted by mistake.

password-common = The password is one of those that are guessed first
    .why = It is on the lists of common passwords that attackers try before all others. Nothing was changed.
    .cure = Choose one that is used nowhere else: four or five words picked at random, or one made by a password manager.

password-like-account = The password resembles the name "{ $account }"
    .why = Attackers try the name of the account and its variations first. Nothing was changed.
    .cure = Choose one that has nothing to do with the name: four or five words picked at random, or one made by a password manager.
