# What another server answered.

peer-closed = The connection was ended too early by { $host }
    .why = The server that was to take the mail ended the connection before it had confirmed the mail. It may have been restarted, or the line broke. This server keeps the mail and tries again by itself, for up to five days.
    .cure = Nothing has to be done. If it lasts, the administrator of the recipient's mail server looks in its log for the reason.
    .reply = The recipient's server ended the connection too early; it is tried again

peer-silent = No further answer came from { $host }
    .why = The connection came about, but then the server that was to take the mail said nothing for so long that this server gave up waiting. It may be overloaded, or the line is disturbed. This server keeps the mail and tries again by itself, for up to five days.
    .cure = Nothing has to be done. If it lasts, the administrator of the recipient's mail server checks whether it is overloaded.
    .reply = The recipient's server did not answer in time; it is tried again

peer-protocol = The answer of { $host } cannot be understood
    .why = The answer breaks the rules of SMTP (the language mail servers speak): "{ $found }". Perhaps something other than a mail server answers there, or a device on the way changes what is said. This server keeps the mail and tries again by itself, for up to five days.
    .cure = The sender has nothing to do. If it lasts, the administrator of the recipient's mail server has to look into it. If the mail goes through a relay (a server that sends it on), the administrator of this server compares the relay's name and port in the configuration with what its operator says.
    .reply = The recipient's server gave an answer that is not SMTP; it is tried again

peer-busy = No mail is taken at the moment by { $host }
    .why = The server that was to take the mail is overloaded, is being restarted, or is not taking more from this server just now. Its reply: "{ $reply }". This server keeps the mail and tries again by itself, for up to five days.
    .cure = Nothing has to be done. If it lasts, the administrator of the recipient's mail server can say why.
    .reply = The recipient's server takes no mail at the moment; it is tried again
    .user-why = The outgoing server replied: "{ $reply }". It is overloaded or being maintained. Your settings are not at fault.
    .user-cure = Wait and send again. Leave the settings as they are.

peer-deferred = The mail was put off by { $host }
    .why = The server that was to take the mail cannot or will not take it just now, and asks for another attempt later. Its reply: "{ $reply }". This server keeps the mail and tries again by itself, for up to five days.
    .cure = Nothing has to be done. If it lasts, the administrator of the recipient's mail server can say from the reply what stands in the way.
    .reply = The recipient's server asks to try later; it is tried again
    .user-why = The outgoing server does not take the mail just now. Its reply: "{ $reply }".
    .user-cure = Wait and send again. If it lasts, show this reply to your mail provider.

peer-greylisted = The mail has to wait a little for { $host }
    .why = Some servers take the first mail from a sender only at the second attempt, because senders of spam rarely come back. This is called greylisting, and it is no fault. Its reply: "{ $reply }". This server keeps the mail and tries again by itself.
    .cure = Nothing has to be done. The mail usually goes through within minutes, or an hour at most; later mail to the same recipient is not held up.
    .reply = The recipient's server lets a first mail wait (greylisting); it is tried again
    .user-why = The server lets the first mail of a sender wait. This is called greylisting, and it is no fault. Its reply: "{ $reply }".
    .user-cure = Nothing has to be done. It goes through within minutes, or an hour at most.

peer-refused = The mail was refused by { $host }
    .why = The server that was to take the mail refused it for good, so it is not tried again. Its reply, which should name the reason, was: "{ $reply }".
    .cure =
        1. The sender looks in the reply for something to correct, such as the address or an attachment, and sends again.
        2. If the reply does not help, the sender asks the recipient by another way, such as the telephone. The recipient has the administrator of the recipient's mail server explain the reply.
    .reply = The recipient's server refused the message
    .user-why = The outgoing server refused the mail. Its reply, which may name the reason: "{ $reply }".
    .user-cure = If the reply does not help you, show it to your mail provider.

peer-policy = The rules of { $host } keep this mail out
    .why = The server that was to take the mail does not want it: it takes the mail for spam, or does not trust the server or network it comes from. The mail is not tried again. Its reply: "{ $reply }".
    .cure =
        1. The sender passes the reply on to the administrator of this server, and does not send the same mail over and over.
        2. The administrator reads the reply; often it holds the address of a web page that explains the reason.
        3. The administrator checks whether an account of this server sends spam, and mends that first.
        4. The administrator checks the DNS entries (the Internet's directory of names) for this server: the name for its IP address (PTR), SPF and DKIM.
        5. After that the administrator asks the operator of the other server to let its mail in.
    .reply = The recipient's server refused the message by its rules
    .user-why = The outgoing server refused the mail by its rules. Its reply: "{ $reply }". It may be the number of mails, something that looks like spam, or the reputation of your line.
    .user-cure = Do not send the same mail over and over. Look in the sent folder for mail you did not write; if there is any, choose a new password. Then show this reply to your mail provider.

peer-eight-bit = The letters in this mail are not supported by { $host }
    .why = The mail holds letters beyond plain English ones in a form (8-bit) that the server that was to take it does not support. On the way they would have been garbled, so the mail was not sent.
    .cure = The person who set up the sending program has it encode the text as quoted-printable or base64; both turn such letters into plain ones for the journey. Then send again.
    .reply = The recipient's server cannot take 8-bit text; please encode it as quoted-printable or base64

peer-tls-missing = Encryption is not offered by { $host }
    .why = The configuration of this server says that this mail may travel encrypted only. The server that was to take it offers only connections that others can read, so nothing was sent. This server keeps the mail and tries again by itself, for up to five days.
    .cure = The sender has nothing to do. The administrator of the recipient's mail server has to set up encryption (TLS) there. If the mail goes through a relay (a server that sends it on), the administrator of this server compares the relay's name, port and kind of encryption in the configuration with what its operator says.
    .reply = The recipient's server offers no TLS, which is required here; it is tried again

peer-tls-failed = Encryption with { $host } did not come about
    .why = The two servers could not agree on an encrypted connection. Often the other one has very old software or a broken setup. Details: { $detail }. This server keeps the mail and tries again by itself, for up to five days.
    .cure = The sender has nothing to do. The administrator of the recipient's mail server has to renew its software or setup; the details help with that. If the mail goes through a relay (a server that sends it on), the administrator of this server compares the relay's port and kind of encryption in the configuration with what its operator says.
    .reply = Encryption with the recipient's server did not come about; it is tried again

peer-tls-untrusted = The identity of { $host } could not be established
    .why = The certificate of that server (its digital identity card) has expired, is made out for another name, or comes from an issuer that is not known here. Somebody else could be posing as that server, so nothing was sent. Details: { $detail }. This server keeps the mail and tries again by itself, for up to five days.
    .cure =
        1. The sender has nothing to do.
        2. The administrator of the recipient's mail server renews its certificate.
        3. If that server belongs to your own organisation, which issues certificates itself, the administrator of this server names the file of that issuer as `ca` in the section `[delivery]` of the configuration.
    .reply = The certificate of the recipient's server does not hold; it is tried again

peer-auth-refused = This server's sign-in was refused by { $host }
    .why = This server hands mail to { $host }, which sends it on, and signs in there as "{ $account }". That was refused: the user name or password is wrong, or the account there is closed. Reply: "{ $reply }". All mail that goes this way waits. None is lost: it is kept for up to five days.
    .cure =
        The administrator of this server checks in the configuration file, at the `relay` with that name:
        1. whether `username` is what the operator of that server asks for (often a whole mail address),
        2. whether the file named at `password_file` holds the current password and nothing else. Some services want a separate password for programs, made on their web page.
        The waiting mail then leaves by itself.
    .reply = The server that sends mail on from here refused the sign-in; the mail is kept and tried again

peer-auth-missing = Sign-in is not offered by { $host }
    .why = The configuration of this server says to sign in there, but that server offers no sign-in that fits. As a rule the port or the kind of encryption is not the right one. The password was not sent. The mail is kept for up to five days and tried again.
    .cure = The administrator of this server sets `port` and `tls` of that `relay` in the configuration file as its operator says. Usual pairs are port 587 with `tls = "starttls"`, and port 465 with `tls = "implicit"`. The waiting mail then leaves by itself.
    .reply = The server that sends mail on from here offers no sign-in; the mail is kept and tried again
