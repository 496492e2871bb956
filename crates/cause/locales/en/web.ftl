# Hosts of the web that give out policies on encryption or take reports on it.

web-address-invalid = "{ $found }" is no address that can be asked
    .why = Policies and reports on encryption go over the web, encrypted. Their addresses begin with https:// and name a host; this one does not.
    .cure = Whoever keeps the domain corrects the address in the DNS (the Internet's directory of names), as a rule in the entry at _smtp._tls.

web-host-unknown = The name "{ $host }" leads to no host
    .why = A domain said in the DNS (the Internet's directory of names) that something is to be had or handed in at this host. For the host itself the DNS gave no address.
    .cure = Nothing has to be done here; it is tried again. If it lasts, whoever keeps the domain enters an address for that name, or takes out the entry that leads to it.

web-unreachable = No connection to { $host } came about
    .why = The host was looked up and called at { $peer }, and did not answer or did not let this server in. It may be down, or the way there disturbed.
    .cure = Nothing has to be done here; it is tried again. If it lasts, whoever runs that host sees to it that it answers at addresses that begin with https://.

web-certificate-untrusted = The identity of { $host } could not be established
    .why = A certificate, a digital identity card, shows that a host is the right one. That of this host does not hold: { $detail }. Nothing was read from it or handed to it, as somebody else may stand in between.
    .cure = Whoever runs that host renews its certificate, or gets one for the right name from a recognised authority. This server tries again by itself.

web-tls-failed = Encryption with { $host } did not come about
    .why = The host was reached, but no encrypted connection could be agreed on with it: { $detail }.
    .cure = Nothing has to be done here; it is tried again. If it lasts, whoever runs that host checks its encryption (TLS 1.2 or later).

web-protocol = The answer of { $host } cannot be understood
    .why = A host of the web answers in a fixed form. What came does not keep to it: { $detail }.
    .cure = Nothing has to be done here; it is tried again. If it lasts, whoever runs that host looks at what answers there.

web-too-large = The answer of { $host } is too large
    .why = No more than { $limit ->
            [one] { $limit } byte is read
           *[other] { $limit } bytes are read
        } of such an answer, which is many times what is needed.
    .cure = Whoever runs that host makes the answer shorter. This server tries again by itself.

web-silent = No complete answer came in time from { $host }
    .why = The host was asked, but had not answered in full when the time for it was over.
    .cure = Nothing has to be done here; it is tried again. If it lasts, whoever runs that host finds out what makes it slow.

web-refused = What was asked was not granted by { $host }
    .why = The host answered with the status "{ $found }". 404 means that there is nothing at that address, 301 to 308 that it would lie elsewhere (that is not followed here, as the rules want it), 500 and above a fault of the host.
    .cure = Nothing has to be done here; it is tried again. If it lasts, whoever runs that host puts what belongs there at exactly that address.
