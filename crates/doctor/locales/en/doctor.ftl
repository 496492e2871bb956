# The doctor's report.

verdict-healthy = { $address }: nothing is wrong.
verdict-degraded = { $address }: mail flows, but something should be mended.
verdict-broken = { $address }: mail does not flow as it should.
verdict-unknown = { $address }: nothing could be checked.
heard-broken = What the text tells
heard-degraded = What the text tells (mail flows)
heard-healthy = The text does not tell of a fault
heard-unknown = The text alone does not tell the cause
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
outbox = mails waiting in the outbox: { $count }; the first was written { $date }, for { $to } ({ $octets } bytes)
outbox-undated = at an unknown time
words = words in the text: "{ $text }"

client-way = Where in { $client }: { $way }
device-port = On the device's page, change port and encryption of the outgoing server and switch SMTP authentication on. The sender's address must be the one that signs in.
device-tls = Old devices may not know current encryption (TLS 1.2 or newer). First set the device's date and time and update its firmware. If it still does not work, let it hand its mail to a mail server in the office, which sends it on encrypted.
device-auth = It is safest to give a device a mail account of its own, not a person's. With an account that has two-step sign-in, use an app password.
device-sender = Set the device's sender address to the address that signs in.
device-modern = A device that does not know OAuth2 cannot sign in to this server. Ask its maker whether newer firmware can. If not, let it hand its mail to a mail server in the office, which sends it on.
