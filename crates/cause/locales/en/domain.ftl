# Domains: the part of an address after the @.

domain-unknown = The domain "{ $address }" is not kept here
    .why = This server does not take mail for that domain (the part of an address after the @), so nothing was changed.
    .cure = Check the spelling. Nearest domain kept here: { $nearest }. If the domain is to be kept here, add it first.

domain-exists = The domain "{ $address }" is kept here already
    .why = The domain was added before, so nothing was changed.
    .cure = Nothing is missing; go on with its accounts. To add another domain, give that one's name.

domain-invalid = "{ $address }" cannot be a domain
    .why = A domain is made of parts with letters, digits and hyphens, joined by dots. What was given is not.
    .cure = Write only the part after the @, such as example.com: no @, no spaces, no "https://", and no hyphen at the beginning or end of a part.
