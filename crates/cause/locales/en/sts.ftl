# What was fetched as a policy on encryption (MTA-STS) and is none.

sts-policy-type = What { $host } gives out as its policy on encryption is of another kind
    .why = A domain can promise in a small file that its mail servers encrypt; this is called MTA-STS. The file has to be given out with the type text/plain, so that nobody who may merely store files on that host can make up a promise. It is given out as "{ $found }". Mail goes as if there were no promise, or by an older one that still holds.
    .cure = Whoever runs that host has it give out the file as text/plain. This server tries again by itself.

sts-policy-incomplete = Something is missing in the policy on encryption of { $host }
    .why = A domain can promise in a small file that its mail servers encrypt; this is called MTA-STS. The line "{ $expected }" must stand in it, and does not. Mail goes as if there were no promise, or by an older one that still holds.
    .cure = Whoever runs that host adds the line. This server tries again by itself.

sts-policy-invalid = The policy on encryption of { $host } cannot be read
    .why = A domain can promise in a small file that its mail servers encrypt; this is called MTA-STS. Something in it does not keep to the rules. Expected there: { $expected }. Mail goes as if there were no promise, or by an older one that still holds.
    .cure = Whoever runs that host corrects the file. This server tries again by itself.
