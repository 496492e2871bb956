# Accounts.

account-unknown = There is no account "{ $address }"
    .why = This server has no account of that name, so nothing was changed.
    .cure = Check the spelling; the name is the whole mail address. Nearest existing one: { $nearest }.

account-exists = The account "{ $address }" exists already
    .why = An account or another name of that spelling is there already, so nothing was changed. Upper and lower case make no difference.
    .cure = Choose another address, or change the account that exists.

account-address-invalid = "{ $address }" cannot be an account's address
    .why = The address breaks the rules for mail addresses. The fault begins after { $offset } bytes. Wanted there: { $expected }. Found: "{ $found }".
    .cure = Write the whole address, like tora@example.com, with letters, digits, dots and hyphens only, and with a domain after the @.

account-hijacked = Somebody else may be using your account
    .why = Mail you never wrote, or a flood of returned mail, means one of two things: somebody sends with your password, or somebody only writes your name as the sender. The sent folder and the returned mails tell which.
    .cure =
        1. Look at the sent folder in webmail. If there is mail you do not know, your password is being used.
        2. In that case choose a new, long password at once, from another device that is clean. See whether forwarding, automatic answers or contact addresses were added that are not yours.
        3. Change it at every other service where you used the same one, and call your mail provider.
        4. If there is nothing in the sent folder, and the returned mails did not start at your provider's server, only your name was borrowed. There is no need to hurry.
