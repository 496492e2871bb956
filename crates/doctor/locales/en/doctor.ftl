# The doctor's report.

verdict-healthy = { $address }: nothing is wrong.
verdict-degraded = { $address }: mail flows, but something should be mended.
verdict-broken = { $address }: mail does not flow as it should.
verdict-unknown = { $address }: nothing could be checked.
heard-broken = What the text tells
heard-degraded = What the text tells (mail flows)
heard-healthy = The text does not tell of a fault
heard-unknown = The text alone does not tell the cause
talk-broken = What your answers tell
talk-degraded = What your answers tell (mail flows)
talk-healthy = Your answers do not tell of a fault
talk-unknown = Your answers alone do not tell the cause
talk-unclear-title = Your answers alone do not tell the cause
talk-unclear-why = Nothing that you said speaks clearly for one cause, and guessing helps nobody.
talk-unclear-cure =
    1. Let the account be looked at (with the command below), best on the device and line where it fails.
    2. Or hand the file for the help desk on to somebody who knows more. Your answers are in it, so you need not tell everything again.
    3. If a message appears later, keep all of its words and numbers and put them in here.
seen-network-title = This device is cut off from the Internet
seen-resolver-title = No DNS server answers this device
seen-resolver-why = A DNS server turns names into addresses, as a directory does. None answered, so no server can be found by its name, for mail or anything else. The line, the router or the DNS server that is set is at fault, not the mail settings.
seen-resolver-cure =
    1. See whether web sites open. If they do not, restart the router and then the device.
    2. If a DNS server is set by hand in the device or router, set it back to automatic.
    3. If that does not help, look at the status page of your line's provider. Leave the mail settings as they are.
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
dns-no-data = the DNS: { $name } has no { $record ->
        [A] address
        [AAAA] IPv6 address
       *[other] { $record } record
    }
dns-answer = the DNS: an answer came for { $name }
dns-refused = the DNS would not say anything about { $name }
dns-bogus = the DNS: the signatures of { $name } do not hold
dns-serv-fail = the DNS could not find out about { $name }
dns-timed-out = the DNS gave no answer about { $name }
dns-unreachable = no DNS server could be reached for { $name }
clock-of = compared with the clock of { $host }
outbox = mails waiting in the outbox: { $count }; the first was written { $date }, for { $to } ({ $octets ->
        [one] { $octets } byte
       *[other] { $octets } bytes
    })
outbox-undated = at an unknown time
words = words in the text: "{ $text }"
answered = your answer: { $text }

guide-head = Steps in { $client } (as its menus stood in { $date }; words may differ a little between versions)
guide-part = [{ $title }]
guide-unsure = (The words of the menus are not certain here; fields are named by what they mean.)
guide-above = (The steps are the same as above.)
guide-out = Settings of the outgoing server
guide-in = Settings of the incoming server
guide-nothing = Nothing is to be changed in { $client }. The next to act: { $who }.
guide-nothing-here = Nothing is to be changed in { $client }. Do only what is said above.
guide-nothing-wait = Nothing is to be changed in { $client }. It passes by itself.

task-test = Send a mail to yourself to see that it works
task-outbox = Take a mail out of the outbox
task-online = See that the program does not work offline
task-error-text = Copy the whole text of the error
task-oauth = Sign in again in the browser's window
task-certificate = Look at the certificate
task-clock = Set the clock
task-room = Make room at your provider
task-leave = Leave mail on the server for fewer days
task-access = Let mail programs fetch mail
task-autocomplete = Correct suggested and saved addresses
task-junk = Look among the junk
task-rules = Look for rules and forwarding that you do not know
task-attachment = Make attachments smaller
task-update = Bring the program up to date
task-addons = Try without what was added to the program
task-sender = Correct the sender's address
task-storage = Make room on this device
task-data = Mend the data of the program
task-few = Write to fewer people at once
task-interval = Fetch mail less often
task-plain = Write the mail anew as plain letters
task-readd = Set the account up anew
task-move = Move to another mail program

label-host-out = the field for the name of the outgoing (SMTP) server
label-host-in = the field for the name of the incoming server
label-port = the field for the port
label-tls = the field for the kind of encryption
label-user = the field for the user name
label-password = the field for the password

step-change = Set { $label } to "{ $to }" (now it is "{ $from }").
step-switch = Switch on { $label }.
step-host = Compare { $label } with your provider's instructions letter by letter, and correct it.
step-port-out = Look at { $label }. If it is neither 465 nor 587, enter the one in your provider's instructions.
step-port-in = Look at { $label }. If it is neither 995 (POP) nor 993 (IMAP), enter the one in your provider's instructions.
step-tls-out = Set { $label } to "{ $tls }" if the port is 465, to "{ $starttls }" if it is 587.
step-tls = Set { $label } to "{ $tls }".
step-auth = Switch on signing in to send (SMTP authentication), with the same user name and password as for the incoming server.
step-method = Set the field for the way of signing in to the normal password.
step-user = Set { $label } as your provider's instructions say. Mostly it is the whole mail address.
step-password = Type the password anew into { $label }. Mind capitals, and spaces before and after it.
step-password-app = Enter the app password that you made into { $label }.
step-password-new = Enter the new password into { $label }.

device-port = On the device's page, change port and encryption of the outgoing server and switch SMTP authentication on. The sender's address must be the one that signs in.
device-tls = Old devices may not know current encryption (TLS 1.2 or newer). First set the device's date and time and update its firmware. If it still does not work, let it hand its mail to a mail server in the office, which sends it on encrypted.
device-auth = It is safest to give a device a mail account of its own, not a person's. With an account that has two-step sign-in, use an app password.
device-sender = Set the device's sender address to the address that signs in.
device-modern = A device that does not know OAuth2 cannot sign in to this server. Ask its maker whether newer firmware can. If not, let it hand its mail to a mail server in the office, which sends it on.
