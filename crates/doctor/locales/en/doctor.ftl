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

side-user = you, in the settings of the mail program
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
