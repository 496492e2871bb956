# Lists of addresses that send spam (DNSBL, also called blacklists).

dnsbl-listed = The address { $peer } stands on the list "{ $name }"
    .why = Many mail servers ask such a list (a DNSBL, or blacklist) whether an address sends spam, and refuse mail from those that stand there. Its answer: { $found }. As a rule spam really went out: through a stolen password, an infected computer or a form on a web site.
    .cure =
        1. Stop the cause first. Look in the log of the mail server for an account that sends far more than usual, lock it, and give it a new password from a clean computer. Hold back the mail that it left in the queue.
        2. Look for infected computers behind the same address, and for forms and programs on the web server that send mail.
        3. Only when nothing goes out any more, ask for removal on the page of the list ({ $detail }). Asked for while the cause lasts, the address is soon listed again, for longer.
        4. Some lists drop an entry by themselves some days after the last spam. No honest list takes money for a removal.

dnsbl-dynamic = The address { $peer } is one that should not hand mail to other servers itself ("{ $name }")
    .why = This list holds addresses of home lines and others that are given out anew from time to time. It is no accusation: nobody says that spam was sent. But many servers take no mail straight from such an address. Its answer: { $found }.
    .cure =
        1. Mail programs, copiers and servers on such a line send through the outgoing server of the mail provider, with user name and password.
        2. A mail server of your own needs a fixed address whose provider allows that. The page of the list ({ $detail }) explains who can change the entry then.

dnsbl-unasked = The list "{ $name }" did not let itself be asked
    .why = Its answer ({ $found }) is no entry. It means that the question came through a DNS server that it does not serve, such as a large public one, or that too many questions come from there. Whether the address stands on it is not known.
    .cure = Look it up on the page of the list itself ({ $detail }). To ask from here, use a DNS server of your own (`--resolver`) rather than a public one.

dnsbl-clear = The address { $peer } does not stand on the list "{ $name }"
    .why = The list was asked just now. That a server refused the mail may lie further back, or it goes by a list of its own that nobody outside can ask.
    .cure = Nothing has to be done about this list.
