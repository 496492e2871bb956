# The SMTP dialogue: commands, encryption, sender and recipients.

smtp-command-unknown = Unknown command "{ $command }"
    .why = The sending program used a command that this mail server does not know. The command had no effect.
    .cure = The maker or administrator of the sending program has to correct it. Install its latest version first, and check that it really is a mail program: other programs that reach a mail server by mistake cause this too.
    .reply = This command is not known here: { $command }

smtp-command-syntax = Command in the wrong form: "{ $command }"
    .why = The sending program used a command that breaks the rules of SMTP (the language mail servers speak). The fault begins after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }. Wanted there: { $expected }. Found: "{ $found }".
    .cure = The maker or administrator of the sending program has to correct it. Install its latest version and, if that does not help, report the command and the place of the fault to its maker.
    .reply = Wrong form after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }: wanted { $expected }, found "{ $found }"

smtp-command-sequence = Command "{ $command }" came at the wrong moment
    .why = The command is known, but not allowed at this point of the dialogue. Wanted at this point: { $expected }.
    .cure = The maker or administrator of the sending program has to correct the order of its commands. Install its latest version first.
    .reply = This command is out of order; wanted at this point: { $expected }

smtp-command-unsupported = Command "{ $command }" is not offered here
    .why = The command belongs to SMTP (the language mail servers speak), but this server does not carry it out.
    .cure = The sending program has to do without this command; its administrator or maker can see to that. Mail can be sent without it.
    .reply = This server does not offer this command: { $command }

smtp-command-parameter = A parameter of "{ $command }" is not supported
    .why = The sending program added a parameter that this server did not offer in its greeting, or gave it a value that does not fit, so the whole command was refused.
    .cure = The administrator or maker of the sending program has to make it use only the parameters that the server offers. Install its latest version first.
    .reply = A parameter or its value is not supported here; use only what the reply to EHLO offers

smtp-command-value = A parameter of "{ $command }" has a wrong value
    .why = The sending program added a parameter that this server offers, but in a form that the rules do not allow, so the whole command was refused. What would have been right: { $expected }.
    .cure = The maker or administrator of the sending program has to correct the parameter. Install its latest version first. Without the parameter the mail can be sent too.
    .reply = The value of a parameter is wrong; right is: { $expected }

smtp-command-too-long = Command longer than { $limit ->
        [one] { $limit } byte
       *[other] { $limit } bytes
    }
    .why = The sending program sent a command line that is longer than this server reads. The line was not carried out.
    .cure = The maker or administrator of the sending program has to shorten the line. A very long address or too many parameters can be the reason.
    .reply = A command line may have at most { $limit ->
            [one] { $limit } byte
           *[other] { $limit } bytes
        }

smtp-data-unread = The rest of what was being sent could not be read
    .why = The sending program announced a mail without saying how long it is, or one far longer than this server takes. Where it ends could not be told, so the server closed the connection. The reply before this one names the fault. Nothing of that mail was taken.
    .cure = The maker or administrator of the sending program has to mend what the reply before this one names. Install its latest version first.
    .reply = Closing the connection, since the end of what is being sent cannot be found; see the reply before this one

smtp-errors-too-many = Too many faulty commands on one connection
    .why = The sending program made at least { $limit ->
            [one] { $limit } fault
           *[other] { $limit } faults
        } on one connection, so the server closed it. This keeps attackers and broken programs from wearing the server out.
    .cure = The administrator of the sending program looks at its log for the replies before this one. They name the faults that have to be mended first.
    .reply = Closing after { $limit ->
            [one] { $limit } fault
           *[other] { $limit } faults
        } on this connection; see the replies before this one for their causes

smtp-idle = The connection stayed silent too long
    .why = For { $limit ->
            [one] { $limit } second
           *[other] { $limit } seconds
        } nothing came from the sending side, so the server closed the connection. What had been confirmed before is safe; anything else was not taken.
    .cure = A sending server connects again by itself. If it happens often, the administrator of the sending side checks the line and the program for long pauses.
    .reply = Nothing came for { $limit ->
            [one] { $limit } second
           *[other] { $limit } seconds
        }; please connect again

smtp-tls-required = The connection has to be encrypted first
    .why = The mail program wanted to send over a connection that is not encrypted. Here that is not allowed, so that nobody on the way can read the mail or the password.
    .cure =
        In the mail program, open the settings for outgoing mail (SMTP) and choose one of these:
        1. encryption "SSL/TLS" with port 465, or
        2. encryption "STARTTLS" with port 587.
    .reply = Encrypt first: use SSL/TLS at port 465, or STARTTLS at port 587

smtp-tls-active = The connection is encrypted already
    .why = The sending program asked for encryption (STARTTLS) a second time. The connection was encrypted before and stays so.
    .cure = The maker or administrator of the sending program has to correct it. Install its latest version first.
    .reply = This connection is encrypted already; STARTTLS is not needed again

smtp-tls-unavailable = The server cannot encrypt at the moment
    .why = The sending side asked for encryption, but this server has no usable certificate (the digital identity card of a server) at the moment.
    .cure = The administrator of this server checks the certificate and its key, replaces what is missing or expired, and has the server read them again. Everybody else waits and tries later.
    .reply = This server cannot encrypt at the moment; please try again later

smtp-tls-injected = Foreign commands before encryption began
    .why = Commands from { $peer } arrived together with the request for encryption, before it had begun. They were not carried out. A faulty program may have sent them, or somebody on the line between may have slipped them in.
    .cure =
        1. The user installs the latest version of the mail program.
        2. If it happens again, the user tries another line, such as a mobile phone's. If it is gone there, the operator of the first line has to look into it.
        3. The administrator watches the log for more of the same.

smtp-mail-syntax = The sender address "{ $address }" is in the wrong form
    .why = The sending program gave a sender address that breaks the rules for addresses. The fault begins after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }. Wanted there: { $expected }. Found: "{ $found }".
    .cure = Whoever set up the sending program corrects the sender address in its settings. It looks like name@example.com, with no spaces and no second @.
    .reply = The sender address is in the wrong form after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }: wanted { $expected }, found "{ $found }"

smtp-mail-utf8 = The sender address "{ $address }" holds letters that need SMTPUTF8
    .why = The sender address holds characters other than plain letters, digits and signs. Such addresses are taken here, but only from a sending program that says it knows how to handle them (with the word SMTPUTF8). This one did not say so.
    .cure = Whoever set up the sending program renews it, or turns on its support for international addresses (SMTPUTF8). Until then, send from an address in plain letters.
    .reply = A sender address beyond ASCII needs the parameter SMTPUTF8

smtp-mail-not-owner = "{ $account }" may not send as "{ $address }"
    .why = The mail program signed in with one account but gave a sender address that does not belong to it. This server lets nobody send in another's name.
    .cure = In the mail program, set the sender address to your own address, or choose the account that the address belongs to. If you need this sender address, ask the administrator to give your account the right to use it.
    .reply = <{ $address }> is not an address of the account you signed in with; set your own address as the sender

smtp-rcpt-syntax = The recipient address "{ $address }" is in the wrong form
    .why = The address breaks the rules for mail addresses, or those of the recipient's mail server, so the mail cannot be sent to it. The fault begins after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }. Wanted there: { $expected }. Found: "{ $found }".
    .cure = Correct the address and send again. Look for spaces, commas, missing parts and a missing or second @.
    .reply = The address is in the wrong form after { $offset ->
            [one] { $offset } byte
           *[other] { $offset } bytes
        }: wanted { $expected }, found "{ $found }"
    .heard-title = The address { $address } seems to be written wrongly
    .heard-why = The server cannot read the recipient as a mail address: dots in a row, a dot before the @, spaces or full-width letters. Some old addresses of Japanese carriers have dots in a row, and some servers refuse them.
    .heard-cure = Type the address by hand instead of taking it from the address book. An old carrier address may work with the part before the @ in straight quotes ("). The sure way is to ask for another address.

smtp-rcpt-utf8 = The address "{ $address }" holds letters that cannot be used here
    .why = The address holds characters other than plain letters, digits and signs (for example Japanese ones, or wide ones typed by mistake). The sending program did not say that it can handle such addresses (with the word SMTPUTF8), so the mail was not taken.
    .cure = Type the address again in plain half-width letters. If the address really is written with other characters, ask the recipient for a plain one.
    .reply = A recipient address beyond ASCII needs the parameter SMTPUTF8 in MAIL

smtp-rcpt-unknown = There is no mailbox "{ $address }"
    .why = The mail server in charge of the part after the @ says that it has no mailbox of that name. The mail was not taken.
    .cure = Compare the address letter by letter with a mail or card of the recipient, correct it, and send again. Delete wrong entries from the address book. If the address is spelt right, ask the recipient by another way for the current one.
    .reply = There is no mailbox <{ $address }> here; please check the spelling

smtp-rcpt-relay = "{ $address }" is not here, and nobody has signed in
    .why = The mail is for a domain (the part after the @) that this server does not keep. Mail for other domains is taken only from users who have signed in; otherwise strangers could send spam through this server.
    .cure =
        In the mail program, open the settings for outgoing mail (SMTP):
        1. Use port 465 with "SSL/TLS", or port 587 with "STARTTLS".
        2. Turn on sign-in for sending, with your whole mail address as the user name.
        If you do not have an account here, send through your own provider's server.
    .reply = <{ $address }> is not here, and this port takes mail for its own domains only; sign in at port 465 or 587 to send elsewhere

smtp-rcpt-remote = This server does not send to other servers ("{ $address }")
    .why = The mail is for a domain (the part after the @) that another server keeps. This server is set up without sending to other servers, as a trial system is, so it does not take the mail at all.
    .cure = Send this mail with an account at a provider that delivers to other domains. If this server is to send, its administrator takes "enabled = false" or "only_domains" out of the table [delivery] of the configuration.
    .reply = <{ $address }> is on another server, and this one does not send to other servers

smtp-rcpt-forward = Mail for "{ $address }" cannot be forwarded for now
    .why = Mail for this address is to go on to another server, but this server is set up without sending to that one. The mail was not taken, so nothing is lost: the sending server keeps it and tries again.
    .cure = The administrator lets this server send ("enabled" and "only_domains" in the table [delivery] of the configuration), or takes the target on the other server off this address.
    .reply = Mail for <{ $address }> goes on to another server, and this one does not send there for now; please try again later

smtp-rcpt-circle = Mail for "{ $address }" goes round in a circle
    .why = The address is set up here, but the addresses that it leads to lead back to it, and to nobody. The mail was not taken, so nothing is lost: the sending server keeps it and tries again.
    .cure = The administrator looks where the address leads (`hikyaku alias list`), gives it a target that is an account or an address on another server, and takes the one that leads back off it.
    .reply = Mail for <{ $address }> would go round in a circle here until the administrator mends that; please try again later

smtp-rcpt-chain = Mail for "{ $address }" is handed on from address to address too often
    .why = The address leads to another one here, that one to the next, and so on. This server follows such a chain for at most { $limit } steps. The mail was not taken, so nothing is lost: the sending server keeps it and tries again.
    .cure = The administrator looks where the addresses lead (`hikyaku alias list`), and lets one at the beginning of the chain lead straight to the account, or to the address on another server, at its end.
    .reply = Mail for <{ $address }> is handed on over more than { $limit } steps until the administrator mends that; please try again later

smtp-rcpt-return-forged = The return address "{ $address }" was not made by this server
    .why = When this server forwards a mail, it writes a return address of its own with a seal, so that a report finds its way back to the sender. The seal of this address is wrong: somebody made it up or changed it, and the mail was not taken.
    .cure = If the address stands in a mail that this server forwarded, the program that answered has changed it on the way. Its administrator has it keep the return address letter by letter. Write to people at the address in the From line.
    .reply = <{ $address }> is a return address that this server did not make, or it was changed on the way

smtp-rcpt-return-expired = The return address "{ $address }" is too old
    .why = When this server forwards a mail, it writes a return address of its own, which holds good for { $limit ->
            [one] { $limit } day
           *[other] { $limit } days
        }. A report that comes later is not taken, so that old addresses are of no use to senders of spam.
    .cure = Nothing can be done about this report: it is about a mail sent long ago. If reports come late all the time, the server that sends them holds them too long, and its administrator has to look why.
    .reply = The return address <{ $address }> held good for { $limit ->
            [one] { $limit } day, which is over
           *[other] { $limit } days, which are over
        }

smtp-rcpt-return-mail = "{ $address }" takes reports only
    .why = This is a return address that a server wrote while forwarding a mail. It is for reports that a mail could not be delivered. Ordinary mail is not taken there; otherwise strangers could send through this server.
    .cure = Write to the address in the From line of the mail, and not to this one.
    .reply = <{ $address }> is a return address and takes reports (MAIL FROM:<>) only; write to the address in the From line

smtp-rcpt-disabled = The mailbox "{ $address }" takes no mail
    .why = The mail server of the recipient says that the mailbox exists but has been closed, for the time being or for good. The mail was not taken.
    .cure = Ask the recipient by another way, such as the telephone. The recipient asks the administrator of that mail server to open the mailbox again.
    .reply = The mailbox <{ $address }> is closed for the time being; please ask the recipient by another way

smtp-rcpt-full = The mailbox "{ $address }" is full
    .why = The recipient's mailbox holds as much as it may: { $limit ->
            [one] { $limit } byte
           *[other] { $limit } bytes
        } (a million bytes are about 1 MB). The mail was not taken this time. If the refusal is for now only, the sending server tries again by itself.
    .cure = The sender tells the recipient by another way. The recipient deletes mail that is no longer needed, or fetches it and has it removed from the server. If that is not enough, the recipient asks the administrator of that mail server for more room.
    .reply = The mailbox <{ $address }> is full; it takes mail again once the recipient has made room

smtp-rcpt-too-many = More than { $limit ->
        [one] { $limit } recipient
       *[other] { $limit } recipients
    } at once
    .why = The sending program gave more recipients at once than the receiving mail server takes. The ones accepted so far are not affected.
    .cure = A sending server delivers to the rest in a further go by itself. A user whose mail program shows this as an error sends the mail in groups of at most { $limit ->
            [one] { $limit } recipient
           *[other] { $limit } recipients
        }, or uses a mailing list.
    .reply = At most { $limit ->
            [one] { $limit } recipient
           *[other] { $limit } recipients
        } at once; please send to the rest in a further go

smtp-rcpt-rate = { $account } has sent to as many recipients as it may within an hour
    .why = An account may send to { $limit ->
            [one] { $limit } recipient
           *[other] { $limit } recipients
        } on other servers within an hour; it has named { $seen } in the last sixty minutes. The limit protects everybody: somebody who has guessed or stolen a password sends thousands of mails before it is noticed, and then other servers take no mail from here any more. What was accepted before is not affected.
    .cure =
        1. If you did not send that much, somebody else may be using your password: change it at once. Then tell the administrator of this server what happened.
        2. If it was you, send the rest from { $until } on, in smaller groups.
        3. If you need to send that much every day, ask the administrator. The figure is "sending_per_hour" in the table [limits] of the configuration.
    .reply = { $account } may send to { $limit ->
            [one] { $limit } recipient
           *[other] { $limit } recipients
        } within an hour and has named { $seen }; it works again from { $until }. If you did not send that much, change your password

smtp-rcpt-none = No recipient was accepted
    .why = The sending program wanted to hand over the text of the mail, but every recipient had been refused or none had been named. The mail was not taken.
    .cure = Look at the replies given for each recipient: they name what is wrong. Correct the addresses and send again.
    .reply = No recipient was accepted, so there is nobody to take the message for; see the replies to RCPT

smtp-rcpt-moved = The recipient has moved: { $address }
    .why = The server says that this recipient has another address now. Nothing was passed on.
    .cure = If the reply names the new address, send it there. If not, ask the recipient in another way.
    .reply = The recipient has moved

smtp-data-dmarc = Nothing shows that the mail comes from "{ $name }", and that domain has such mail refused
    .why = The From line of the mail names "{ $name }". That domain publishes a rule (DMARC): mail in its name is to be refused unless SPF or DKIM shows that it is genuine. SPF is a list of the servers that may send for a domain; DKIM is a signature in the mail. The server { $peer } handed the mail over, and neither check vouches for "{ $name }": { $detail }. Forged mail fails in this way. So does genuine mail that another service sends, or that was forwarded or changed on the way.
    .cure = Whoever looks after the domain "{ $name }" and the server that sends for it has the mail signed (DKIM) with that domain, which is what DMARC lacks here. SPF helps only where bounces return to an address of the same domain and { $peer } is missing in its list. A service that sends for others names the records to publish. Then the mail is sent again. If it was forwarded, send it to the recipient's own address directly.
    .user-why = The domain "{ $name }", which stands in the From line, has mail refused that cannot be shown to be genuine. This mail could not: { $detail }.
    .user-cure = Send again through the mail server of your own provider, not through another one. If you did, show this text to whoever looks after your domain: the mail has to be signed (DKIM) with "{ $name }".
    .reply = { $name } asks for mail to be refused (DMARC) that nothing shows to be its own: { $detail }. What lacks: a valid DKIM signature of { $name }, or SPF passing for a return address of { $name }. The domain's administrator: sign (DKIM) with { $name }

smtp-data-spf = The domain "{ $name }" says that the server { $peer } is none of its own
    .why = SPF is a list, published in the DNS, of the servers that may send for a domain. The list of "{ $name }" does not have { $peer }, which handed the mail over, and ends with "-all": everything else is to be refused. What was found: { $detail }.
    .cure = Whoever looks after the DNS of "{ $name }" adds { $peer } to its SPF record, if that server is meant to send for the domain. If not, send through the domain's own mail server. Mail that was forwarded has to be forwarded with an envelope sender of the forwarder (SRS), or sent to the recipient's own address directly.
    .user-why = The mail came from the server { $peer }. The domain of its sender, "{ $name }", does not let that server send.
    .user-cure = Send again through the mail server of your own provider. If you did, show this text to whoever looks after your domain: { $peer } has to be in its SPF record.
    .reply = { $name } does not let { $peer } send in its name (SPF -all): { $detail }. The domain's administrator: add the server to the SPF record
