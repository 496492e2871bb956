# What another server answered.

peer-closed = The connection was ended too early by { $host }
    .why = The server that was to take the mail ended the connection before it had confirmed the mail. It may have been restarted, or the line broke. { $waiting }
    .cure = { $idle } If it lasts, the administrator of the recipient's mail server looks in its log for the reason.
    .reply = The recipient's server ended the connection too early; it is tried again

peer-silent = No further answer came from { $host }
    .why = The connection came about, but then the server that was to take the mail said nothing for so long that this server gave up waiting. It may be overloaded, or the line is disturbed. { $waiting }
    .cure = { $idle } If it lasts, the administrator of the recipient's mail server checks whether it is overloaded.
    .reply = The recipient's server did not answer in time; it is tried again

peer-protocol = The answer of { $host } cannot be understood
    .why = The answer breaks the rules of SMTP (the language mail servers speak): "{ $found }". Perhaps something other than a mail server answers there, or a device on the way changes what is said. { $waiting }
    .cure = { $idle } If it lasts, the administrator of the recipient's mail server has to look into it. If the mail goes through a relay (a server that sends it on), the administrator of this server compares the relay's name and port in the configuration with what its operator says.
    .reply = The recipient's server gave an answer that is not SMTP; it is tried again

peer-busy = No mail is taken at the moment by { $host }
    .why = The server that was to take the mail is overloaded, is being restarted, or is not taking more from this server just now. Its reply: "{ $reply }". { $waiting }
    .cure = { $idle } If it lasts, the administrator of the recipient's mail server can say why.
    .reply = The recipient's server takes no mail at the moment; it is tried again
    .user-why = The outgoing server replied: "{ $reply }". It is overloaded or being maintained. Your settings are not at fault.
    .user-cure = Wait and send again. Leave the settings as they are.

peer-deferred = The mail was put off by { $host }
    .why = The server that was to take the mail cannot or will not take it just now, and asks for another attempt later. Its reply: "{ $reply }". { $waiting }
    .cure = { $idle } If it lasts, the administrator of the recipient's mail server can say from the reply what stands in the way.
    .reply = The recipient's server asks to try later; it is tried again
    .user-why = The outgoing server does not take the mail just now. Its reply: "{ $reply }".
    .user-cure = Wait and send again. If it lasts, show this reply to your mail provider.

peer-greylisted = The mail has to wait a little for { $host }
    .why = Some servers take the first mail from a sender only at the second attempt, because senders of spam rarely come back. This is called greylisting, and it is no fault. Its reply: "{ $reply }". { $waiting }
    .cure = { $idle } The mail usually goes through within minutes, or an hour at most; later mail to the same recipient is not held up.
    .reply = The recipient's server lets a first mail wait (greylisting); it is tried again
    .user-why = The server lets the first mail of a sender wait. This is called greylisting, and it is no fault. Its reply: "{ $reply }".
    .user-cure = Nothing has to be done. It goes through within minutes, or an hour at most.

peer-refused = The mail was refused by { $host }
    .why = The server that was to take the mail refused it for good, so it is not tried again. Its reply should name the reason: "{ $reply }".
    .cure =
        1. The sender looks in the reply for something to correct, such as the address or an attachment, and sends again.
        2. If the reply does not help, the sender asks the recipient by another way, such as the telephone. The recipient has the administrator of the recipient's mail server explain the reply.
    .reply = The recipient's server refused the message
    .user-why = The outgoing server refused the mail. Its reply, which may name the reason: "{ $reply }".
    .user-cure = If the reply does not help you, show it to your mail provider.

peer-policy = The rules of { $host } keep this mail out
    .why = The server that was to take the mail does not want it: it takes the mail for spam, or does not trust the server or network it comes from. Its reply: "{ $reply }".
    .cure =
        1. The sender passes the reply on to the administrator of this server, and does not send the same mail over and over.
        2. The administrator reads the reply; often it holds the address of a web page that explains the reason.
        3. The administrator checks whether an account of this server sends spam, and mends that first.
        4. The administrator checks the DNS entries (the Internet's directory of names) for this server: the name for its IP address (PTR), SPF and DKIM.
        5. After that the administrator asks the operator of the other server to let its mail in.
    .reply = The recipient's server refused the message by its rules
    .user-why = The outgoing server refused the mail by its rules. Its reply: "{ $reply }". It may be the number of mails, something that looks like spam, or the reputation of your line.
    .user-cure = Do not send the same mail over and over. Look in the sent folder for mail you did not write; if there is any, choose a new password. Then show this reply to your mail provider.
    .heard-title = The mail was refused by a rule of { $host }
    .heard-why = The server refused it by a rule of its own. Files that can be run (.exe, .js) or documents with macros, links that look dangerous, too much mail at once, or the reputation of the line can be the reason.
    .heard-cure =
        1. If there is an attachment, send a short text alone. If that goes, the attachment was the reason: put it on a file sharing service and send a link. Do not rename it to get it through.
        2. If the text alone is refused as well, show the whole message to your mail provider.

peer-utf8 = Addresses with letters like those in this mail are not supported by { $host }
    .why = An address or a header line of this mail holds characters other than plain letters, digits and signs. The server that was to take it does not know such addresses (SMTPUTF8). In another form the mail would reach somebody else or nobody, so it was not sent.
    .cure = Ask the recipient for an address in plain letters, or send from one of your own, and send again. The administrator of the recipient's mail server can make it accept such mail (SMTPUTF8).
    .reply = The recipient's server does not support international addresses (SMTPUTF8)

peer-requiretls-missing = Encryption all the way is asked for, and { $host } does not promise it
    .why = The sender has marked this mail so that it may only travel over encrypted connections whose servers have proven who they are (REQUIRETLS). The next server does not promise to keep that up, so the mail was not handed to it. Nobody has read it.
    .cure = Ask the recipient for an address at a provider that supports REQUIRETLS, or send the content in another protected way.
    .reply = The next server does not support REQUIRETLS

peer-requiretls-unproven = Encryption all the way is asked for, and { $host } could not prove who it is
    .why = The sender has marked this mail so that it may only travel over encrypted connections whose servers have proven who they are (REQUIRETLS). For this server there is no such proof: its certificate does not hold, or nothing signed says that it is the mail server of that domain (DNSSEC, MTA-STS). So the mail was not handed to it. Nobody has read it.
    .cure = The administrator of the recipient's domain can mend it: a certificate that holds, and an MTA-STS policy or a signed zone. Until then ask the recipient for another address, or send the content in another protected way.
    .reply = The next server could not prove who it is, as REQUIRETLS demands

peer-eight-bit = The letters in this mail are not supported by { $host }
    .why = The mail holds letters beyond plain English ones in a form (8-bit) that the server that was to take it does not support. On the way they would have been garbled, so the mail was not sent.
    .cure = The person who set up the sending program has it encode the text as quoted-printable or base64; both turn such letters into plain ones for the journey. Then send again.
    .reply = The recipient's server cannot take 8-bit text; please encode it as quoted-printable or base64

peer-tls-missing = Encryption is not offered by { $host }
    .why = This mail may travel encrypted only: the configuration of this server says so, or the owner of that mail server has announced it in the DNS (the Internet's directory of names). The server that was to take it offers only connections that others can read, so nothing was sent. { $waiting }
    .cure = { $idle } The administrator of the recipient's mail server has to set up encryption (TLS) there. If the mail goes through a relay (a server that sends it on), the administrator of this server compares the relay's name, port and kind of encryption in the configuration with what its operator says.
    .reply = The recipient's server offers no TLS, which is required here; it is tried again

peer-tls-failed = Encryption with { $host } did not come about
    .why = The two servers could not agree on an encrypted connection. Often the other one has very old software or a broken setup. Details: { $detail }. { $waiting }
    .cure = { $idle } The administrator of the recipient's mail server has to renew its software or setup; the details help with that. If the mail goes through a relay (a server that sends it on), the administrator of this server compares the relay's port and kind of encryption in the configuration with what its operator says.
    .reply = Encryption with the recipient's server did not come about; it is tried again

peer-tls-untrusted = The identity of { $host } could not be established
    .why = The certificate of that server (its digital identity card) has expired, is made out for another name, or comes from an issuer that is not known here. Somebody else could be posing as that server, so nothing was sent. Details: { $detail }. { $waiting }
    .cure =
        { $idle }
        1. The administrator of the recipient's mail server renews its certificate.
        2. If that server belongs to your own organisation, which issues certificates itself, the administrator of this server names the file of that issuer as `ca` in the section `[delivery]` of the configuration.
    .reply = The certificate of the recipient's server does not hold; it is tried again

peer-sts-host = The mail servers of { $name } are not those that it has promised
    .why = The domain { $name } has published a promise (MTA-STS): mail for it goes only to the mail servers that the promise names. The DNS, the Internet's phone book, now names others only. Either the domain has moved and not renewed its promise, or somebody is trying to lead its mail away. So nothing was sent. { $waiting }
    .cure =
        { $idle }
        The administrator of the domain { $name } enters the names of all its mail servers in its policy file, `mta-sts.txt`, and gives the record at `_mta-sts` a new `id`.
    .reply = The mail servers of the recipient's domain are not in its MTA-STS policy; it is tried again

peer-sts-missing = Encryption is not offered by { $host }, although { $name } promises it
    .why = The domain { $name } has published a promise (MTA-STS): its mail servers always encrypt. This one offers only connections that others can read. Its setup may be broken, or somebody on the way may be hiding the encryption. So nothing was sent. { $waiting }
    .cure =
        { $idle }
        The administrator of the recipient's mail server sets up encryption (STARTTLS) there again.
    .reply = The recipient's server offers no TLS, though its MTA-STS policy promises it; it is tried again

peer-sts-failed = Encryption with { $host } did not come about, although { $name } promises it
    .why = The domain { $name } has published a promise (MTA-STS): its mail servers always encrypt. The two servers could not agree on an encrypted connection. Details: { $detail }. So nothing was sent. { $waiting }
    .cure =
        { $idle }
        The administrator of the recipient's mail server renews its software or setup; the details help with that.
    .reply = TLS with the recipient's server failed, though its MTA-STS policy promises it; it is tried again

peer-sts-certificate = The identity of { $host } could not be established, although { $name } promises it
    .why = The domain { $name } has published a promise (MTA-STS): its mail servers prove who they are with a certificate (a digital identity card) that holds. This one's has expired, is made out for another name, or comes from an issuer that is not known here. Somebody else could be posing as that server, so nothing was sent. Details: { $detail }. { $waiting }
    .cure =
        { $idle }
        The administrator of the recipient's mail server renews its certificate; it must hold for the name { $host }.
    .reply = The certificate of the recipient's server does not hold, as its MTA-STS policy promises; it is tried again

peer-auth-refused = This server's sign-in was refused by { $host }
    .why = This server hands mail to { $host }, which sends it on, and signs in there as "{ $account }". That was refused: the user name or password is wrong, or the account there is closed. Reply: "{ $reply }". { $waiting }
    .cure =
        The administrator of this server checks in the configuration file, at the `relay` with that name:
        1. whether `username` is what the operator of that server asks for (often a whole mail address),
        2. whether the file named at `password_file` holds the current password and nothing else. Some services want a separate password for programs, made on their web page.
        { $leaves }
    .reply = The server that sends mail on from here refused the sign-in; the mail is kept and tried again

peer-auth-missing = Sign-in is not offered by { $host }
    .why = The configuration of this server says to sign in there, but that server offers no sign-in that fits. As a rule the port or the kind of encryption is not the right one. The password was not sent. { $waiting }
    .cure = The administrator of this server sets `port` and `tls` of that `relay` in the configuration file as its operator says. Usual pairs are port 587 with `tls = "starttls"`, and port 465 with `tls = "implicit"`. { $leaves }
    .reply = The server that sends mail on from here offers no sign-in; the mail is kept and tried again

peer-filtered = The recipient's settings turned the mail away at { $host }
    .why = The server took the content before it refused. That often means that the recipient blocks some senders, or takes mail only from those on a list. Mobile carriers in Japan give the same answer for an address that does not exist.
    .cure = First look for a slip in the address. If it is right, reach the recipient in another way and ask to be put on the list of senders whose mail is accepted.
    .reply = The recipient's server refused the message

peer-sender-refused = { $host } does not accept the sender's address
    .why = The server refused because of the sender, not of the recipient: the domain of the sender cannot be found in the DNS, is misspelt, or is not wanted there.
    .cure = Check the sender address in your mail program. If it is right, show this report to whoever runs your mail: the domain of the sender needs MX and address records in the DNS.
    .reply = The recipient's server refused the message

peer-blocked = { $host } refuses the server that your mail came from
    .why = The receiving server does not take mail from the address of the sending server. It may stand on a list of spam sources, or send straight from a home line.
    .cure = Pass this report on to whoever runs your mail. They first look for a stolen password or a source of spam and stop it, and then ask for removal on the page that the refusal names. Asked for while the cause lasts, it soon stands there again.
    .reply = The recipient's server refused the message

peer-reputation = The sending server has a poor reputation with { $host }
    .why = The receiving company rates servers by the spam and complaints it gets from them. The rating of the sending server is low at present.
    .cure = Pass this report on to whoever runs your mail. They look for spam being sent, and for mail that keeps going to addresses that do not exist. With good sending, the rating recovers within days or weeks.
    .reply = The recipient's server refused the message

peer-authentication = { $host } could not verify that the sender is genuine
    .why = The receiving server checked SPF, DKIM and DMARC of the sender's domain, which show that a mail is not forged. The check failed. Forwarded mail may fail in the same way.
    .cure = Whoever looks after the DNS of the sender's domain adds the sending server to SPF, has the mail signed with DKIM, and checks the DMARC record. When a service sends for you, publish the records that it names.
    .reply = The recipient's server refused the message

peer-forwarded = { $host } did not accept the mail because it was forwarded
    .why = The receiving server checks SPF, DKIM and DMARC of the sender's domain, which show that a mail is not forged. Forwarded mail comes from another server than the sender's, so that SPF no longer fits; when the mail has no DKIM signature either, or it no longer holds, the mail looks forged.
    .cure =
        Whoever has the forwarding asks the receiving server to trust the one that forwards (it seals what it found of the mail), or has that mailbox fetched instead of forwarded.
        The sender has the mail signed with DKIM; then it holds when it is forwarded. Until then, write to the last address directly.
    .reply = The recipient's server refused the forwarded message

peer-forward-target = Mail is forwarded from here to "{ $address }", and that address takes no mail
    .why = The sender wrote an address of this server, and it is right. This server forwards its mail to "{ $address }", and there it failed: that address does not exist any more, is misspelt, or takes no mail.
    .cure =
        The sender cannot mend this: reach the recipient by another way, such as the telephone, and mention it.
        Whoever has the forwarding, or the administrator of this server, corrects the address that mail is forwarded to, or takes it out (`hikyaku alias list` shows it). After that the sender sends again.
    .reply = The address that mail is forwarded to from here takes no mail

peer-reverse-name = The address of the sending server has no name that { $host } accepts
    .why = The name registered for an IP address is called its reverse name (PTR). The sending server has none, or the name does not lead back to the address, so the mail was refused.
    .cure = Ask the company that provides the IP address of the sending server to register a reverse name. That name must lead back to the same address.
    .reply = The recipient's server refused the message

peer-spam = { $host } took the mail for spam
    .why = The receiving server looked at the content and judged it as spam.
    .cure = Send it again with fewer links, no shortened addresses, no text that is only an image, no packed attachment. If ordinary mail is judged so again and again, ask whoever runs your mail whether spam goes out from your account.
    .reply = The recipient's server refused the message

peer-virus = { $host } found something dangerous in the mail
    .why = The receiving server found a virus or the like in the attachment or the text.
    .cure = Check the computer with its security software. If you do not know the attachment, change your password from another, safe device. A file that proved harmless is better passed on by another way, such as a sharing service.
    .reply = The recipient's server refused the message

peer-security = { $host } refused for reasons of security
    .why = The receiving server says that a condition of security is not met: a sign-in, or encryption.
    .cure = Check in your mail program that signing in and encryption (TLS) are on for outgoing mail. If they are, pass this report on to whoever runs your mail.
    .reply = The recipient's server refused the message

peer-fault = { $host } has a fault of its own
    .why = The receiving server reports a fault on its own side. Nothing is wrong with your settings.
    .cure = Wait a few hours and send it again. If it goes on, tell the recipient in another way, so that they can tell whoever runs their mail.
    .reply = The recipient's server refused the message

peer-disk-full = The disk of { $host } is full
    .why = Not the recipient's mailbox but the whole server has no room left.
    .cure = Wait a few hours and send it again. If it goes on, tell the recipient in another way.
    .reply = The recipient's server refused the message

peer-forwarding = Forwarding or sorting on the recipient's side failed at { $host }
    .why = The mail reached the server there, but a forwarding or an automatic rule of the recipient failed.
    .cure = Tell the recipient in another way and ask them to look at their forwarding and rules.
    .reply = The recipient's server refused the message

peer-rate = Too much mail in too short a time for { $host }
    .why = The server says that more was sent at once, or within an hour or a day, than it allows.
    .cure = Wait a while (an hour to a day, as a rule) and then send to fewer recipients at a time. If you did not send that much, somebody may be using your password: change it at once. Then ask whoever runs your mail to look into it.
    .reply = The recipient's server refused the message

peer-command = The dialogue with { $host } broke down
    .why = The server there did not accept a command of SMTP, the language of mail servers. One of the two programs, or a device between them, has a fault.
    .cure = Pass this report on to whoever runs your mail.
    .reply = The recipient's server refused the message

peer-loop = The mail went astray on its way to { $host }
    .why = A forwarding leads in a circle, so that the mail went round and round, or no way to the recipient was found.
    .cure = If you or the recipient forward mail, check that it does not lead back to where it came from. Otherwise tell whoever runs the recipient's mail.
    .reply = The recipient's server refused the message

peer-no-mail = The domain takes no mail: { $host }
    .why = The domain after the @ says that it takes no mail at all. It may be used for a web site only.
    .cure = Check what stands after the @. If it is right, ask the recipient in another way for the address to use.
    .reply = The recipient's server refused the message

peer-suppressed = The sending service does not send to this address any more: { $host }
    .why = The address once failed or complained, so the service put it on its stop list. Nothing was sent to it this time.
    .cure = Make sure that the address is right, then take it off the stop list on the page of the sending service.
    .reply = The recipient's server refused the message
