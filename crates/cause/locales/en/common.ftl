# Words common to all codes.

severity-info = Note
severity-warning = Warning
severity-error = Error
severity-critical = Critical

side-user = the user (the person who writes or reads the mail)
side-user-line = whoever looks after the line or device in use
side-provider = the provider or program that handed over the mail
side-administrator = the administrator of this mail server
side-recipient = the person the mail is for
side-recipient-server = the administrator of the recipient's mail server
side-dns-owner = whoever keeps the domain's entries in the DNS, the Internet's directory of names
side-nobody = nobody (it passes or is tried again by itself)

verify-send-again = Send the message again.
verify-sign-in-again = Sign in again.
verify-fetch-again = Fetch mail again.
verify-run-again = Run the same command again.
verify-check-config = Run `hikyaku check-config` with --config and the configuration file; it has to report no fault.
verify-health = Look at the log and at the health address; the fault must be gone from both.
verify-trace = The mail does not have to be sent again; `hikyaku trace` shows each attempt and how it ended.
verify-nothing = Nothing has to be checked.

retry-now = at once, over a new connection (mail in the queue: by itself)
retry-later = later, without any change
retry-after-change = after the change described above
retry-never = not in this form; the same thing would be refused again

label-severity = Severity
label-reply = Reply
label-why = Why
label-side = Whose turn
label-cure = What to do
label-verify = How to check
label-retry = When to try again
label-more = More: { $command }

# Words that stand in for a value when none was seen.
topic-address = the address given
topic-command = the command
topic-limit = the set number of
topic-seen = so many
topic-account = the account
topic-peer = the network address
topic-offset = some
topic-expected = the right value
topic-found = the value found
topic-path = the file or folder
topic-system = the system's error
topic-key = the name given
topic-nearest = another name
topic-line = unknown
topic-seconds = some
topic-until = the date given
topic-message = the one asked for
topic-name = the name given
topic-host = the other mail server
topic-reply = that server's words
topic-detail = the details

# Reports to whoever sent the mail.
letter-recipient = To
letter-what = What happened
letter-why = Why
letter-standing = What became of it
letter-turn = Whose turn it is
letter-do = What to do
letter-said = The other server's words
letter-pass-on = To pass on to those who have to act:
letter-failed-subject = Mail could not be delivered
letter-failed = This is the mail system. Your message could not be delivered to everybody.
letter-delayed-subject = Mail is delayed
letter-delayed = This is the mail system. Your message has not reached the recipients below yet. It is tried again by itself; nothing has to be done now.
letter-delivered-subject = Mail was delivered
letter-delivered = This is the mail system. You asked to be told: your message was put into the mailbox of the recipients below. Whether it was read is not known.
letter-relayed-subject = Mail was handed on
letter-relayed = This is the mail system. You asked to be told: your message was handed to the mail server of the recipients below, which took responsibility for it. That server does not report deliveries, so this is the last that can be said.
letter-forwarded = Forwarded
letter-forwarded-from = The mail was for { $via }. This server forwards mail for that address to { $to }; what is said below is about the way from here to there.
letter-owner-subject = Forwarded mail could not be delivered
letter-owner = This is the mail system. Mail that this server forwards for an address of yours could not be handed on. The sender was not told, since nobody stands for the sender's address, or there is none.
letter-unread = The message itself could not be read back from the disk of this server, so this report comes without it. Whoever looks after the server finds the cause in its log.
letter-caution-subject = The mail server needs your attention
letter-caution = This is the mail system. It writes to whoever looks after it.
letter-nobody-yet = nobody yet (it is tried again by itself)
letter-until = It is tried until
letter-may-do = If it cannot wait

# Pages that explain a refusal to whoever follows its link.
page-why = Why
page-seen = What was seen
page-turn = Whose turn it is
page-do = What to do
page-check = How to check
page-retry = When to try again
page-when = Refused: { $when }
page-from = The connection came from: { $from }
page-none = There is no explanation under this address
page-none-why = Explanations are kept for a limited time only. Send the mail again, or sign in again; if it is refused again, the new message has a new link.

value-address = Mail address
value-command = Command
value-limit = Limit
value-seen = Counted
value-account = User name
value-peer = Network address
value-offset = Place of the fault (counted in characters)
value-expected = Expected there
value-found = Found there
value-nearest = Nearest match
value-line = Line
value-seconds = Seconds to wait
value-until = Works again from
value-message = Message
value-name = Name asked for
value-host = Mail server
value-reply = Reply of that server

# What stands in the texts of faults for which mail waits, while it does.
mail-waiting = This server keeps the mail and tries again by itself, for as long as it is set to (five days, unless its administrator has set another time).
mail-idle = The sender has nothing to do.
mail-leaves = The waiting mail then leaves by itself.

# What has become of the mail.
standing-delayed = The mail has not arrived yet; it is still being tried.
standing-delayed-cure = Nothing has to be done now. Do not send the mail again, or the recipient may get it twice. If it is urgent, reach the recipient by another way, such as the telephone.
standing-given-up = The mail did not arrive: the server that tried it has given up, and does not try it any more.
standing-given-up-after = The mail did not arrive. This server tried it for { $span }, has given up now, and does not try it any more.
standing-given-up-cure = If the mail is still wanted, the sender sends it again later, or reaches the recipient by another way, such as the telephone. What helps against the fault itself:
standing-doubtful = The mail may have arrived all the same: the connection ended after it was handed over, before the answer came through. It was given up, and is not tried any more.
standing-doubtful-after = The mail may have arrived all the same: the connection ended after it was handed over, before the answer came through. This server tried it for { $span }, has given up now, and does not try it any more.
standing-doubtful-cure = Ask the recipient by another way, such as the telephone, whether the mail arrived, and send it again only if it did not. What helps against the fault itself:

# The server that was to take the mail, where its name is not known.
host-of-domain = the recipient's server (of { $domain })
