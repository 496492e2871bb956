# Reports of other servers on encryption with this one (TLSRPT) that cannot be used.

report-tls-invalid = A mail calls itself a report on encryption, and cannot be read as one
    .why = Other mail systems send reports, once a day, on how well they could encrypt the mail they handed to this server; this is called TLSRPT. One has come that does not keep to the rules. Expected there: { $expected }. The mail itself went to its mailbox like any other; what it reports is not counted.
    .cure = Nothing has to be done here. If the same sender does it every day, tell the administrator of that system what was expected.

report-tls-too-large = A report on encryption is too large to be read
    .why = Other mail systems send reports, once a day, on how well they could encrypt the mail they handed to this server; this is called TLSRPT. A usual one has a few thousand bytes, and no more than { $limit ->
            [one] { $limit } byte is read
           *[other] { $limit } bytes are read
        }. This one is larger. The mail itself went to its mailbox like any other; what it reports is not counted.
    .cure = Nothing has to be done here. If the same sender does it every day, tell the administrator of that system.

report-tls-foreign = A report on encryption is about { $found }, which is not served here
    .why = Other mail systems send reports, once a day, on how well they could encrypt the mail they handed to this server; this is called TLSRPT. This one is about a domain of somebody else. The mail itself went to its mailbox like any other; what it reports is not counted.
    .cure = Nothing has to be done, unless the domain is to be served here: then add it with `hikyaku domain add`.
