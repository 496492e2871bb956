# The doctor's report.

verdict-healthy = { $address }: nothing is wrong.
verdict-degraded = { $address }: mail flows, but something should be mended.
verdict-broken = { $address }: mail does not flow as it should.
verdict-unknown = { $address }: nothing could be checked.
flow-ok = works
flow-fails = does not work
flow-unknown = could not be seen
flows = Sending: { $send }. Receiving: { $receive }.

certainty-proven = proven
certainty-likely = likely
certainty-unknown = uncertain

label-why = Why
label-who = Whose turn
label-do = What to do
label-change = Change
label-follows = This merely follows from { $code }.
label-verify = Afterwards check again: { $command }

side-user = you
side-line = whoever looks after the line or device
side-provider = your mail provider
side-server-admin = the administrator of the mail server
side-recipient = the recipient
side-recipient-server = the recipient's mail provider
side-dns-owner = whoever keeps the domain's entries in the DNS
side-nobody = nobody; it passes by itself

field-host = server name
field-port = port
field-tls = encryption
field-user = user name
field-of-smtp = outgoing (SMTP)
field-of-pop3 = incoming (POP3)
field-of-imap = incoming (IMAP)

mode-plain = none
label-proof = Seen
connect-open = { $peer }: open ({ $seconds } s)
connect-refused = { $peer }: refused ({ $seconds } s)
connect-timed-out = { $peer }: no answer ({ $seconds } s)
connect-unreachable = { $peer }: no way there ({ $seconds } s)
connect-prohibited = { $peer }: forbidden by a rule ({ $seconds } s)
connect-other = { $peer }: failed ({ $seconds } s)
said = the server said "{ $reply }"
certificate = a certificate for { $names }, by { $issuer }, from { $from } until { $until }
dns-nx-domain = the DNS: there is no { $name }
dns-no-data = the DNS: { $name } has no address
dns-serv-fail = the DNS could not find out about { $name }
dns-timed-out = the DNS gave no answer about { $name }
dns-unreachable = no DNS server could be reached for { $name }
clock-of = compared with the clock of { $host }
