# The message itself.

message-too-large = The mail is larger than { $limit ->
        [one] { $limit } byte
       *[other] { $limit } bytes
    }
    .why = The mail with its attachments is larger than the receiving mail server takes (size in bytes: { $seen }; a million bytes are about 1 MB). Attachments grow by about a third on the way, since they are turned into letters.
    .cure = Remove attachments or make them smaller: reduce pictures, split the files over several mails, or put them on a file service and send the link.
    .reply = The message is larger than the { $limit ->
            [one] { $limit } byte
           *[other] { $limit } bytes
        } allowed; please make the attachments smaller or send a link to them

message-hops = The mail seems to go round in a circle
    .why = Each server on the way adds a line to the mail. This one has passed more servers than allowed (allowed: { $limit }, passed: { $seen }). As a rule two servers forward it to each other without end.
    .cure =
        1. Read the "Received" lines of the mail and find the two servers that take turns.
        2. On the one that is wrong, remove the forwarding, or name the domain there as its own.
    .reply = The message has passed more than { $limit ->
            [one] { $limit } server
           *[other] { $limit } servers
        }; it seems to go round in a circle, check forwarding and domains

message-loop = Mail for "{ $address }" came back to where it was forwarded
    .why = This server forwarded the mail from this address to another server once already (the mail carries a note of it), and it came back. Two addresses forward to each other. The mail goes round no further; where the first address has a mailbox here, the mail is in it already.
    .cure = Look where the target of this address forwards to, and take the forwarding off one of the two. "hikyaku alias list" shows where this server forwards.
    .reply = The message was forwarded from <{ $address }> before and came back; two addresses forward to each other

message-bare-newline = The mail has line ends in the wrong form
    .why = In mail each line ends with two characters, CR and LF. Here one of them stood alone (found: "{ $found }") after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }. Attackers use this to smuggle in mail under a false name, so this server does not take it.
    .cure = The maker or administrator of the sending program has to make it write all line ends as CR LF. Install its latest version first.
    .reply = A CR or LF stands alone after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }; every line has to end with CR LF

message-line-too-long = A line of the mail is longer than { $limit ->
        [one] { $limit } byte
       *[other] { $limit } bytes
    }
    .why = Lines in mail have a greatest length, and other servers could cut or damage this one. The long line begins after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }.
    .cure = The person who set up the sending program has it encode the text as quoted-printable or base64; both keep lines short. In a mail program, breaking up the long line can help for the moment.
    .reply = The line after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        } is longer than the { $limit } allowed; please encode the text as quoted-printable or base64

message-header-too-large = The head of the mail is larger than { $limit ->
        [one] { $limit } byte
       *[other] { $limit } bytes
    }
    .why = The head of a mail holds sender, recipients, subject and the like. This one is larger than the server takes. Very long lists of recipients are a common reason.
    .cure = Put fewer addresses into To and Cc, or use a mailing list, and send again. If a program wrote the mail, its administrator looks for header lines that are repeated or very long.
    .reply = The header of the message is larger than the { $limit ->
            [one] { $limit } byte
           *[other] { $limit } bytes
        } allowed; please name fewer recipients in To and Cc

message-from-missing = The mail names no sender
    .why = The mail has no line "From". Without it a reader cannot see who wrote it, and many servers refuse it.
    .cure = In the mail program, enter your own mail address as the sender and send again. If a program wrote the mail, its administrator adds a line "From" with an address.
    .reply = The message has no From line; please enter a sender address

message-from-syntax = The sender line of the mail is in the wrong form
    .why = The line "From" of the mail holds no address that can be read, stands there more than once, or names senders of too many domains.
    .cure = In the mail program, enter the sender as a name and one address, like "Tora <tora@example.com>", and send again. If a program wrote the mail, its administrator corrects the line.
    .reply = The From line of the message is in the wrong form; please enter one name and one address

message-sender-not-owner = "{ $account }" may not name "{ $address }" as the sender
    .why = Beside its author, a mail can name who really sent it or sent it on; mail programs seldom show that. The address there does not belong to the account that signed in. This server lets nobody write in another's name.
    .cure = In the mail program, set the sender address to your own address, or choose the account that the address belongs to. If you need this sender, ask the administrator to give your account the right to use it.
    .reply = Sender <{ $address }> is not an address of the account you signed in with; set your own address as the sender

message-from-not-owner = "{ $account }" may not write in the name of "{ $address }"
    .why = The mail shows a sender ("From") that does not belong to the account that signed in. This server lets nobody write in another's name.
    .cure = In the mail program, set the sender address to your own address, or choose the account that the address belongs to. If you need this sender, ask the administrator to give your account the right to use it.
    .reply = From <{ $address }> is not an address of the account you signed in with; set your own address as the sender

message-content = { $host } could not handle the content of the mail
    .why = Something in the form of the text or attachments was more than the receiving server can handle.
    .cure = Look for unusual characters in subject and sender, and write it again as a new mail. If it fails again, try another mail program.
    .reply = The form of the message was refused

message-noncompliant = The mail breaks a rule of form and was refused by { $host }
    .why = Something in the header is not as the standard (RFC 5322) wants it: two senders, or a field that is missing. As a rule the program that wrote it is at fault.
    .cure = Update the mail program or the program that sends. A program of your own writes one sender, a date and a Message-ID.
    .reply = The form of the message was refused

message-late = Mail is held up on its way
    .why = A mail passes several servers, and each writes a line with its name and the time into the mail ("Received:"). Somewhere between two of these lines the hours were lost: a server had too much to do, could not reach the next one and tried again later, or let the mail wait on purpose. The mail itself is whole.
    .cure =
        1. Have your mail program show the source of a mail that came late (also called "internet headers" or "original message"), and look at the lines that begin with "Received:". The lowest is the oldest. Where the times differ by hours from one line to the next one above, the server named in the lower line kept the mail.
        2. If that is a server of your own mail provider or of the sender's, send its operator these lines and ask why the mail waited there.
        3. If hours lie between "Date:" and the lowest line, the mail waited in the sender's outbox: the program was closed, or had no network.
        4. If the highest line is in time, the mail was in your mailbox in time, and your program fetched it late: look how often it fetches mail, and whether it does so while it is closed.
