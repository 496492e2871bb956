# SPF: which servers may send in the name of a domain.

spf-missing = The domain "{ $name }" does not say which servers send its mail
    .why = SPF is a line in the DNS (the Internet's directory of names) that lists the servers which may send in the name of a domain. This domain has no such line, so receivers cannot tell its mail from forgeries.
    .cure =
        Whoever looks after the DNS of the domain publishes this line. Before that, they add every other server and service that sends in its name:
        { $expected }

spf-duplicate = The domain "{ $name }" has more than one SPF record
    .why = SPF lists the servers that may send in the name of a domain, and there may be only one such record. With more than one, receivers treat all of them as broken. Published now:
        { $found }
    .cure =
        Whoever looks after the DNS of the domain deletes these records and publishes a single one in their place. It holds what all of them allow; parts that no receiver can evaluate are left out of it and named apart (spf.syntax):
        { $expected }

spf-syntax = The SPF record of "{ $name }" cannot be evaluated
    .why = SPF lists the servers that may send in the name of a domain. Receivers cannot make sense of this record: { $detail }. They treat it as broken. Published now:
        { $found }
    .cure = Whoever looks after the DNS of the domain corrects the part named above, or takes it out if nothing is sent from there any more.

spf-lookups = The SPF record of "{ $name }" needs too many questions to the DNS
    .why = A receiver asks the DNS at most { $limit ->
            [one] { $limit } time
           *[other] { $limit } times
        } for one SPF record; this one needs { $seen }. What stands beyond that is not looked at, and the whole record is treated as broken. Published now:
        { $found }
    .cure =
        1. Whoever looks after the DNS of the domain takes out each `include`, `a`, `mx`, `ptr` and `exists` that nothing is sent from any more.
        2. They write servers of their own as `ip4:` and `ip6:`, which need no question.
        3. If that is not enough, they let some services send in the name of a subdomain that has a record of its own.

spf-address-absent = The SPF record of "{ $name }" does not name the server { $peer }
    .why = SPF lists the servers that may send in the name of a domain. The mail came from { $peer }, which is not among them, so receivers take it for a forgery. Published now:
        { $found }
    .cure =
        1. Whoever looks after the DNS of the domain first makes sure that { $peer } is a server of yours, or of a service that sends for you. If it is not, nothing has to be changed.
        2. If it is, they publish this record in place of the old one:
        { $expected }

spf-all-open = The SPF record of "{ $name }" lets the whole world send in its name
    .why = The record ends in a way that declares every server to be a rightful sender. It protects nobody, and many receivers count it against the domain. Published now:
        { $found }
    .cure =
        Whoever looks after the DNS of the domain publishes this record in its place, once all servers that send for it are named:
        { $expected }

spf-passes = SPF is right: "{ $name }" names the server { $peer }
    .why = The domain's list of servers that may send for it (SPF) was evaluated just now for { $peer }, and it fits:
        { $found }
    .cure = Nothing has to be changed in it.
