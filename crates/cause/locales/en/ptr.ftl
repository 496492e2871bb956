# The name that belongs to an address (reverse DNS).

ptr-missing = The address { $peer } has no name
    .why = The name that is registered for an IP address is called its reverse name (PTR). Many receivers refuse mail from addresses that have none, because home lines and hijacked machines often have none.
    .cure = Ask the company that provides this address (of the line, or of the rented server) to register the name of your mail server for it. Only they can do it; a record in your own domain does not help. That name must in turn lead to { $peer }.

ptr-mismatch = The name of { $peer }, "{ $host }", does not lead back to it
    .why = A receiver looks up the name of an address (PTR), and then the address of that name. Both have to fit. Here "{ $host }" does not lead back to it (found: { $detail }).
    .cure =
        One of these has to be done:
        1. Whoever looks after the DNS of "{ $host }" enters { $peer } as its address (a record of type A, or AAAA for IPv6).
        2. The company that provides the address { $peer } registers the right name for it.

ptr-found = The address { $peer } has a name that leads back to it: "{ $host }"
    .why = The reverse name (PTR) was looked up just now, and so was the address of that name. Both fit.
    .cure = Nothing has to be changed here.
