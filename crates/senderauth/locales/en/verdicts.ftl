# Verdicts on who stands for a message, for those who look after mail.

verdict = { $method }={ $result } ({ $about }). { $text }
verdict-of-nobody = { $method }={ $result }. { $text }
detail = (In the words of the program: { $why })
let-in = It was taken in all the same: { $servers } found it genuine before passing it on, and is trusted here ([inbound] arc_trusted).

spf-pass = The domain lets the server { $ip } send its mail (SPF: the list of servers that may).
spf-fail = The server { $ip } is not on the domain's list of servers that may send (SPF), and what comes from others is to be refused.
spf-softfail = The server { $ip } is not on the domain's list of servers that may send (SPF), and what comes from others is suspicious.
spf-neutral = The domain's list of servers that may send (SPF) does not say whether { $ip } is one of them.
spf-by = This follows from "{ $term }" in the record of { $domain }.
spf-none = The domain publishes no list of the servers that may send for it (SPF).
spf-duplicate = { $domain } has more than one SPF record (the list of servers that may send), so that none of them counts.
spf-syntax = The SPF record (the list of servers that may send) cannot be used because of "{ $term }".
spf-lookups = The SPF record (the list of servers that may send) asks the DNS too often: servers allow it { $most ->
        [one] { $most } question
       *[other] { $most } questions
    }.
spf-voids = Too many names in the SPF record (the list of servers that may send) lead to nothing in the DNS.
spf-unanswered = It could not be told: the question to the DNS for { $name } ({ $record }) came to nothing ({ $outcome }).

dkim-pass = The signature (DKIM) holds: what it covers is as it was signed.
dkim-body = The text of the mail was changed after it was signed (DKIM).
dkim-header = The signature (DKIM) does not fit: lines of the header were changed, or the key in the DNS is another one.
dkim-expired = The signature (DKIM) was good until { $until }.
dkim-key-missing = There is no key for the signature (DKIM) in the DNS at { $name }.
dkim-key-revoked = The key for the signature (DKIM) at { $name } was withdrawn: its record is empty.
dkim-key-invalid = What the DNS has at { $name } cannot be used as the key for the signature (DKIM).
dkim-key-unanswered = It could not be told: the question to the DNS for the key at { $name } came to nothing ({ $outcome }).
dkim-algorithm = The signature (DKIM) is of a kind that is no longer good, or not of the kind of its key.
dkim-partial = The signature (DKIM) covers only the beginning of the text ({ $signed } of { $octets ->
        [one] { $octets } byte
       *[other] { $octets } bytes
    }); anybody may have added the rest.
dkim-from-unsigned = The signature (DKIM) does not cover the From line, so that it says nothing of the author.
dkim-identity = The signature (DKIM) names somebody (i=) who does not belong to the domain that signs (d=).
dkim-unreadable = The signature (DKIM) cannot be read.
dkim-too-many = The mail has { $seen ->
        [one] { $seen } signature
       *[other] { $seen } signatures
    } (DKIM); the first { $most } were looked at, the others do not count.

arc-pass = Everybody who passed the mail on has sealed what was found before (ARC), and all seals hold: { $sealers }.
arc-fail = The seals of those who passed the mail on (ARC) do not hold: { $sealers }.
arc-body = The text of the mail was changed after the last seal of those who passed it on (ARC).
arc-signature = A seal of those who passed the mail on (ARC) does not fit.
arc-key = A seal of those who passed the mail on (ARC) could not be checked.
arc-structure = The chain of seals of those who passed the mail on (ARC) has a gap, or says itself that it is broken.
arc-too-long = { $seen ->
        [one] { $seen } server
       *[other] { $seen } servers
    } sealed the mail on its way (ARC); no more than { $most ->
        [one] { $most } seal is
       *[other] { $most } seals are
    } checked.
arc-algorithm = A seal of those who passed the mail on (ARC) is of a kind that is no longer good.

dmarc-none = The domain publishes no wish for mail that comes in its name (DMARC).
dmarc-pass = The mail is shown to come from the domain in its From line (DMARC), by { $by }.
dmarc-fail = Neither SPF nor DKIM shows that the mail comes from the domain in its From line (DMARC).
dmarc-fail-other = SPF or DKIM stands for { $others }, which is not the domain in the From line (DMARC).
dmarc-open = It could not be told whether the mail comes from the domain in its From line (DMARC), since SPF or DKIM could not be checked.
dmarc-unanswered = It could not be told: the question to the DNS for { $name } came to nothing ({ $outcome }).
dmarc-asks-none = The domain asks for nothing to be done about it (none).
dmarc-asks-quarantine = The domain wants such mail marked as suspicious (quarantine).
dmarc-asks-reject = The domain wants such mail refused (reject).
dmarc-testing = It only tries that out (t=y), so that one step less is done.
dmarc-record = The record of { $domain }: "{ $text }".

from-missing = The mail has no From line, or an empty one, so that nobody can be judged by it (DMARC).
from-several = The mail has several From lines, and nobody knows which of them a reader sees (DMARC).
from-too-many = The From line is too long, or names too many domains to be judged (DMARC).
from-no-domain = The From line names no domain that could be judged (DMARC).

turn-dns = Whose turn: whoever keeps the entries of { $domain } in the DNS.
turn-spf = Whose turn, if { $ip } is meant to send for { $domain }: whoever keeps the domain's entries in the DNS adds the server to the SPF record.
turn-dmarc = Whose turn, if the mail is genuine: whoever looks after { $domain } has it signed (DKIM) in the name of that domain.
turn-sender = Whose turn: whoever looks after the server or program that sent the mail.
turn-way = Whose turn: whoever looks after the servers that sent the mail and passed it on.
turn-passed = Whose turn: whoever looks after the servers that passed the mail on.
turn-nobody = Whose turn: nobody; it usually passes by itself.

outcome-answer = an answer came
outcome-nx-domain = there is no such name
outcome-no-data = there is no such record
outcome-serv-fail = the DNS server could not find out
outcome-refused = the DNS server would not say
outcome-bogus = the signatures of the answer do not hold
outcome-timed-out = no answer in time
outcome-unreachable = no DNS server could be reached
