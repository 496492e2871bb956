# Domains: the part of an address after the @.

domain-unknown = The domain "{ $address }" is not kept here
    .why = This server does not take mail for that domain (the part of an address after the @), so nothing was changed.
    .cure = Check the spelling. Nearest domain kept here: { $nearest }. If the domain is to be kept here, add it first.

domain-exists = The domain "{ $address }" is kept here already
    .why = The domain was added before, so nothing was changed.
    .cure = Nothing is missing; go on with its accounts. To add another domain, give that one's name.

domain-configured = The domain "{ $address }" stands in the configuration file
    .why = Commands change only the domains that were added by command (a domain is the part of an address after the @). Nothing was changed.
    .cure = Take the name out of "domains" in the configuration file, and restart the server.

domain-in-use = Somebody still has an address at "{ $address }"
    .why = Mail for these addresses would be refused if the domain (the part of an address after the @) were no longer kept here. Accounts at it: { $seen }. Further addresses at it: { $found }. Nothing was changed.
    .cure = Take the further addresses away first: `hikyaku alias list` shows them. Where there are accounts, with the mail of people in them, keep the domain; `hikyaku account disable` shuts an account.

domain-invalid = "{ $address }" cannot be a domain
    .why = A domain is made of two or more parts with letters, digits and hyphens, joined by dots; the last one is no number. What was given is not, or a part of it begins with "xn--" and stands for no word.
    .cure = Write only the part after the @, such as example.com: no @, no spaces, no "https://", no network address, and no hyphen at the beginning or end of a part. A name in another script can be written as it is.
