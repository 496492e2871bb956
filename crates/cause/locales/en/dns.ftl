# Names: what the DNS said of a recipient's domain.

dns-domain-missing = The domain "{ $name }" does not exist
    .why = The part of the address after the @ is not known to the DNS, the Internet's directory of names. So there is no server that could take the mail, and it was not sent. Most often a letter is mistyped; sometimes a domain has been given up.
    .cure = Compare the part after the @ letter by letter with a mail or card of the recipient, correct it, and send again. Correct the address book too. If it is spelt right, ask the recipient by another way for the current address.
    .reply = The domain { $name } does not exist; please check the part after the @
    .user-why = The DNS (the Internet's directory, which turns names into addresses) knows no name under "{ $name }", the part after the @ of the mail address. It is misspelt, or the domain is no longer registered.
    .user-cure = Check the spelling of the mail address. For the domain of a firm or shop, ask whoever looks after it whether its registration has run out.

dns-mail-none = No mail server is entered for the domain "{ $name }"
    .why = The domain exists, but its entries in the DNS (the Internet's directory of names) name no mail server and no machine that mail could be handed to. The mail was not sent.
    .cure =
        1. The sender checks the part after the @. The name of a web site is not always a name for mail. If it is spelt right, the sender asks the recipient by another way for another address.
        2. Whoever keeps the DNS entries of the domain adds an MX record; that is the entry which names the mail server.
    .reply = The domain { $name } names no mail server in the DNS

dns-mx-null = The domain "{ $name }" takes no mail at all
    .why = The owner of the domain has published in the DNS (the Internet's directory of names) that no address of this domain takes mail. The mail was not sent.
    .cure = Look at the address again: a similar domain may be meant, or the address may be one that only sends. Otherwise ask the recipient by another way for an address that takes mail.
    .reply = The domain { $name } takes no mail, says its owner in the DNS

dns-mx-unusable = The mail server of the domain "{ $name }" cannot be found
    .why = In the DNS (the Internet's directory of names) "{ $host }" is entered as the domain's mail server, but no network address can be found for that name. { $waiting }
    .cure = { $idle } Whoever keeps the DNS entries of the domain corrects the name of the mail server (the MX record), or enters an address for it. If it is urgent, the sender reaches the recipient by another way and mentions the fault.
    .reply = No address can be found for the mail server of { $name }; it is tried again

dns-mx-loop = Mail for the domain "{ $name }" leads back to this server
    .why = In the DNS (the Internet's directory of names) this server ("{ $host }") is entered as the domain's mail server, but its own configuration does not name that domain. The mail would go round in a circle, so it was not sent.
    .cure =
        The administrator of this server does one of these, then the sender sends again:
        1. If this server is to keep the domain, add it with `hikyaku domain add`.
        2. If it is not, have the domain's MX record (the entry that names its mail server) corrected.
    .reply = The domain { $name } leads back to this server, which does not keep it

dns-servfail = The domain "{ $name }" could not be looked up
    .why = The DNS server (it looks up names in the Internet's directory) replied that it could not find an answer. As a rule the fault lies with the DNS servers of that domain and passes. { $waiting }
    .cure = { $idle } If it lasts for more than a day, whoever keeps the domain checks its DNS servers.
    .reply = The DNS could not answer for { $name }; it is tried again

dns-timeout = The DNS gave no answer in time on the domain "{ $name }"
    .why = The DNS is the Internet's directory of names. The servers that know this domain did not answer in time, or the way to them is disturbed. { $waiting }
    .cure = { $idle } If it lasts and concerns one domain, whoever keeps that domain checks its DNS servers. If it concerns all domains, the administrator of this server checks its line and its own DNS server.
    .reply = The DNS gave no answer in time for { $name }; it is tried again

dns-refused = The DNS server does not let this server look up names ("{ $name }")
    .why = A DNS server looks up names in the Internet's directory. The one that was asked refused to answer; often such a server is meant for the machines of another network only. { $waiting }
    .cure = If all domains are concerned, the administrator of this server has it ask a DNS server that is meant for it, such as the provider's: as `resolver` in the section `[delivery]` of the configuration, or in the settings of the operating system. { $leaves } If it is one domain only, whoever keeps that domain has to check its DNS servers.
    .reply = The DNS server refused to look up { $name }; it is tried again

dns-anchor-unreadable = The trust anchor { $path } cannot be used
    .why = The file holds the keys with which every check of signed entries in the DNS (the Internet's directory of names) begins; that check is called DNSSEC. It is missing, may not be read, or holds no such key. Details: { $detail }.
    .cure = Check the path `trust_anchor` in the section `[delivery]` of the configuration, and the permissions. The file holds DNSKEY or DS entries in the form of a zone file, as the `root.key` of unbound does. Without the setting the keys that come with this program are used, which are right for the Internet.

dns-bogus = The entries of the domain "{ $name }" fail the check against forgery
    .why = The domain signs its entries in the DNS (the Internet's directory of names) so that nobody can forge them; this is called DNSSEC. The signatures do not fit. As a rule somebody forgot to renew them, but the entries could be forged, so the mail is not sent to the place they name. { $waiting }
    .cure = { $idle } Whoever keeps the domain renews its signatures, or corrects the key entry (DS record) at the registrar. If it is urgent, the sender reaches the recipient by another way and mentions the fault.
    .reply = The DNSSEC signatures of { $name } do not hold; it is tried again

dns-resolver-unreachable = This server cannot reach any DNS server (it wanted to look up "{ $name }")
    .why = Without a DNS server, which looks up names in the Internet's directory, it cannot be found out where mail has to go. No mail for other servers leaves at the moment. { $waiting }
    .cure =
        The administrator of this server checks in turn:
        1. whether the machine is connected to the Internet,
        2. whether the right DNS server is set: `resolver` in the section `[delivery]` of the configuration, or the settings of the operating system,
        3. whether that DNS server is running.
        { $leaves }
    .reply = No DNS server can be reached at the moment; it is tried again

dns-dishonest = The DNS of this network has answers for names that do not exist
    .why = The DNS turns names of servers into addresses. For a name made up on the spot it did not say "no such name" but gave an address ({ $detail }). A misspelt server name is then not noticed, and a mail program may end up at a stranger's machine.
    .cure = Set the DNS server of the device or router back to automatic. If that changes nothing, ask the provider of the line whether its "search help" can be taken off. If an address is set there that nobody knows, tell whoever looks after the router.

dns-unchecked = It could not be checked: the DNS gave no answer on "{ $name }"
    .why = Nothing is known by that, neither good nor bad. The DNS server (it looks up names in the Internet's directory) that this server asks, or the way to it, may be disturbed just now.
    .cure = Nothing has to be done at first: this server asks again by itself. If it lasts and concerns every name, look after the line and the DNS server of this machine, or have another one asked: `resolver` in the section `[delivery]` of the configuration.
    .user-why = Nothing is known by that, neither good nor bad. The DNS server that was asked, or the way to it, may be disturbed just now.
    .user-cure = Run the same check again later. If it lasts and concerns every name, look after the line and the DNS server of this machine, or name another one with `--resolver`.

dns-mail-found = The domain "{ $name }" exists and takes mail
    .why = Its mail servers were looked up in the DNS just now and found. If the recipient was unknown there, the fault lies in the part before the @.
    .cure = Nothing has to be changed in the part after the @.

dns-domain-similar = "{ $name }" looks much like "{ $nearest }"
    .why = The part after the @ differs in a letter or two from the domain of a well-known mail provider. It may be a slip.
    .cure = Compare it with what the recipient wrote. If "{ $nearest }" was meant, correct the address, also in the address book, and send again.
