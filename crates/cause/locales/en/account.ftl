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
