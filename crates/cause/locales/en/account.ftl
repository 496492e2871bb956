# Accounts.

account-unknown = There is no account "{ $address }"
    .why = This server has no account of that name, so nothing was changed.
    .cure = Check the spelling; the name is the whole mail address. Nearest existing one: { $nearest }.

account-exists = The account "{ $address }" exists already
    .why = An account or another name of that spelling is there already, so nothing was changed. Upper and lower case make no difference.
    .cure = Choose another address, or change the account that exists.

account-address-invalid = "{ $address }" cannot be an account's address
    .why = The address breaks the rules for mail addresses. The fault begins after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }. Wanted there: { $expected }. Found: "{ $found }".
    .cure = Write the whole address, like tora@example.com: a name without spaces, one @, and a domain. Letters, digits, dots and hyphens make no trouble anywhere.

account-forward = Mail cannot be forwarded to "{ $address }"
    .why = The address is on another server, and this server is set up without sending to that one. Mail for it could not go on, so nothing was changed.
    .cure = Let this server send: take "enabled = false" out of the table [delivery] of the configuration, or add the domain of the address to "only_domains" there. Then restart the server and run the command again.

account-circle = Mail for "{ $address }" would go round in a circle
    .why = The addresses would lead to one another and back: { $found }. Mail that goes round finds nobody, so nothing was changed.
    .cure = Choose a target that leads to an account or to another server. `hikyaku alias list` shows where each address leads; take the wrong target off there first, if one is wrong.

account-chain = With "{ $address }" a chain of addresses would be too long
    .why = Mail would be handed on from address to address: { $found }. This server follows such a chain for at most { $limit } steps, so the mail would not arrive, and nothing was changed.
    .cure = Name the account at the end of the chain as the target, or the address on another server. `hikyaku alias list` shows where each address leads.

account-target-unknown = Mail for "{ $address }" does not go to that target
    .why = The address is there, but it leads elsewhere: { $found }. Nothing was changed.
    .cure = Name one of these targets, spelt as it is here. `hikyaku alias list` shows where each address leads.

account-hijacked = Somebody else may be using your account
    .why = Mail you never wrote, or a flood of returned mail, means one of two things: somebody sends with your password, or somebody only writes your name as the sender. The sent folder and the returned mails tell which.
    .cure =
        1. Look at the sent folder in webmail. If there is mail you do not know, your password is being used.
        2. In that case choose a new, long password at once, from another device that is clean. See whether forwarding, automatic answers or contact addresses were added that are not yours.
        3. Change it at every other service where you used the same one, and call your mail provider.
        4. If there is nothing in the sent folder, and the returned mails did not start at your provider's server, only your name was borrowed. There is no need to hurry.
