# Sign-in, for sending and for fetching mail.

auth-required = Sign in first
    .why = The mail program wanted to use this server without having signed in. Only people with an account may do that here.
    .cure = In the mail program, open the account settings for this server and turn on sign-in with a user name and password. For sending, this is a setting of its own ("the outgoing server requires sign-in"). The user name is your whole mail address.
    .reply = Please sign in first, with your whole mail address as the user name

auth-failed = Sign-in as "{ $account }" was refused
    .why = User name and password do not fit together. Either of them can be wrong; for safety the server does not say which.
    .cure =
        1. Use the whole mail address as the user name, with the part after the @.
        2. Type the password again by hand; check capitals, half-width letters and spaces.
        3. If it is refused again, have the administrator set a new password instead of guessing.
        The same password is not tried again on its own.
    .reply = User name and password do not fit; the user name is the whole mail address

auth-disabled = The account "{ $account }" has been closed for sign-in
    .why = An administrator has closed this account for the time being. Another password does not change that.
    .cure = Ask the administrator of this server why the account is closed. Only the administrator can open it again.
    .reply = This account is closed for sign-in; please ask the administrator of this server

auth-ended = The sign-in as "{ $account }" does not hold any more
    .why = Since the mail program signed in, the administrator has closed or removed the account, or its password was changed. From then on the server takes and hands out nothing more on the old connection.
    .cure =
        1. If the password was changed, put the new one into the mail program and sign in again. Mail that was not sent stays in the program and goes out then.
        2. If the mail program is refused again, ask the administrator of this server whether the account is closed.
    .reply = The sign-in does not hold any more: account closed or password changed; please sign in again

auth-other-account = One account cannot sign in on behalf of another one
    .why = The mail program signed in with one user name and asked to act for another one besides. This server has no such right for anybody.
    .cure = In the mail program, empty the field for a second user name ("act as", "authorization ID"), and sign in with the user name and the password of the account whose mail you want.
    .reply = Acting for another account is not possible here; sign in as the account itself

auth-throttled = Too many failed sign-ins as "{ $account }" from this place
    .why = After several failed sign-ins the server makes further ones wait. It is a slow-down, not a lock-out, and other devices go on working.
    .cure =
        1. Stop the mail program from signing in over and over: correct or remove the old password it has stored. Think of phones and tablets too.
        2. Wait { $seconds ->
            [one] { $seconds } second
           *[other] { $seconds } seconds
        }, then sign in once with the right password.
    .reply = Too many failed sign-ins from here; please wait { $seconds ->
            [one] { $seconds } second
           *[other] { $seconds } seconds
        } and then try again with the right password

auth-temporary = Sign-in cannot be checked at the moment
    .why = The server could not look up the account just now. This says nothing about whether the password is right.
    .cure = Wait a few minutes and sign in again with the same password. Do not change it. If it lasts, tell the administrator of this server.
    .reply = Sign-in cannot be checked at the moment; this says nothing about your password, please try again later

auth-mechanism-unknown = The way of signing in is not known here
    .why = The mail program chose a way of signing in that this server does not offer. Asked for: "{ $found }".
    .cure = In the mail program, set the sign-in method ("authentication") to "normal password" and keep encryption at "SSL/TLS" or "STARTTLS". The password then travels encrypted.
    .reply = This sign-in method is not offered; choose normal password over an encrypted connection
    .heard-why = The server does not take the way of signing in that the mail program chose. This happens with "Secure Password Authentication (SPA)" or "encrypted password".
    .heard-cure = In the mail program, set the authentication method to "normal password" and clear the mark at SPA. Keep "SSL/TLS" or "STARTTLS": the password then travels encrypted.

auth-malformed = The sign-in data is in the wrong form
    .why = The mail program sent its sign-in data in a form that cannot be read. The password was not checked.
    .cure = Install the latest version of the mail program and sign in again. If it stays, its maker has to correct it.
    .reply = The sign-in data cannot be read; the mail program has to send it in the form its sign-in method asks for

auth-binding-hidden = Somebody on the way kept the safer kind of sign-in from the mail program
    .why = The mail program can tie its sign-in to the encrypted connection, so that nobody in between can use it. This server offers that, but the mail program was told that it does not. Something between the two changes what is said: a device or program that opens encrypted connections to look inside, or an attacker. The password was not let through.
    .cure =
        1. Sign in from another line, such as a telephone's. If that goes, the usual line is where it happens.
        2. Whoever looks after that line or device finds out what opens encrypted connections there.
        3. Until that is known, do not sign in from there, and tell the administrator of the mail server.
    .reply = The offer to bind a sign-in to this connection did not reach the mail program; something in between changes what is said

auth-binding-unknown = The mail program would tie its sign-in to the connection in a way that is not known here
    .why = The mail program can tie its sign-in to the encrypted connection, so that nobody in between can use it. It named another way of doing so than the one that this server knows: { $expected }. The password was not checked.
    .cure = Install the latest version of the mail program and sign in again. If it stays, its maker adds that way.
    .reply = This way to bind a sign-in to the connection is not known here; { $expected } is

auth-binding-mismatch = The sign-in was tied to another encrypted connection
    .why = The mail program tied its sign-in to the encrypted connection that it sees. This server sees another one: the mail program's connection ends somewhere in between, and is passed on from there. That is done by devices or programs that open encrypted connections to look inside, or by an attacker. The password was not let through.
    .cure =
        1. Sign in from another line, such as a telephone's. If that goes, the usual line is where it happens.
        2. Whoever looks after that line or device finds out what opens encrypted connections there.
        3. Until that is known, do not sign in from there, and tell the administrator of the mail server.
    .reply = This sign-in is bound to another encrypted connection than this one; something in between passes it on

auth-cancelled = The sign-in was cancelled
    .why = The mail program broke the sign-in off by itself, for example because somebody pressed "Cancel". The password was not checked.
    .cure = Nothing has to be done. To use the server, sign in again.
    .reply = The sign-in was cancelled at your request

auth-too-long = The sign-in data is longer than { $limit ->
        [one] { $limit } byte
       *[other] { $limit } bytes
    }
    .why = The mail program sent more sign-in data than this server reads. The password was not checked.
    .cure = Check that the password field holds only the password and not a whole text pasted by mistake. Otherwise the maker of the mail program has to correct it.
    .reply = The sign-in data may have at most { $limit ->
            [one] { $limit } byte
           *[other] { $limit } bytes
        }

auth-active = Signed in already
    .why = The mail program wanted to sign in a second time on the same connection. The first sign-in stays in force.
    .cure = The maker of the mail program has to correct it. Install its latest version first. Another account needs a connection of its own.
    .reply = You are signed in already; use a new connection for another account

auth-not-offered = Sign-in is not offered at this port
    .why = The mail program wanted to sign in where servers hand mail to one another. Users have doors (ports) of their own.
    .cure = In the settings for outgoing mail (SMTP), use port 465 with "SSL/TLS", or port 587 with "STARTTLS".
    .reply = Sign-in is not offered at this port; use port 465 with SSL/TLS, or 587 with STARTTLS

auth-mechanism-only = { $host } takes none of the usual ways to sign in
    .why = Within encryption the server offers only these ways to sign in: { $found }. Mail programs as a rule use "normal password", and many know no other way. The password was not tried.
    .cure =
        1. In the mail program, try "encrypted password" as the authentication method, or "OAuth2" where it can be chosen.
        2. If neither goes, ask your mail provider to offer "normal password" over encrypted connections, and show them this list.

auth-unencrypted = The password would have travelled unprotected
    .why = The mail program wanted to sign in over a connection that is not encrypted. The server did not accept that, since anybody on the way could read the password.
    .cure =
        1. In the mail program, choose encryption: "SSL/TLS" (port 465 for sending, 995 for fetching by POP3), or "STARTTLS" with port 587 for sending.
        2. If the password was sent before encryption began, set a new one.
    .reply = Encrypt before you sign in: use SSL/TLS at port 465 (sending) or 995 (fetching)

auth-username-form = The user name { $found } has the wrong form
    .why = The password is right. This server wants the user name as { $expected }.
    .cure = In the mail program, change the user name to { $expected }. Check it for sending and for receiving.

auth-app-password = Your everyday password does not work in a mail program at { $host }
    .why = The server replied: { $reply }. This provider wants a password of its own for each mail program (an app password), to protect your everyday one.
    .cure = Sign in at the provider's web site and make an "app password" in the security settings. Put that into the password field of the mail program. Your everyday password stays as it is.

auth-basic-disabled = { $host } no longer lets you sign in with just a password
    .why = The server replied: { $reply }. Mail programs can sign in only by a page in the browser (OAuth2).
    .cure = In the mail program, set the authentication method to "OAuth2". If it cannot be chosen, update the mail program or use one that knows OAuth2. Trying the password again and again will not help.

auth-service-disabled = This way of receiving is switched off for the account at { $host }
    .why = The server replied: { $reply }. POP and IMAP (the ways a mail program receives mail) can be switched on and off for each account. Now it is off.
    .cure = Sign in at the provider's web site and switch on "POP" or "IMAP" in the mail settings. For an account of a firm or school, ask the administrator.

auth-locked = The account is locked at { $host }
    .why = The server replied: { $reply }. The provider has locked the account: after many failed sign-ins, on suspicion that somebody else uses it, or over the contract.
    .cure = Do not try the password again and again. Sign in at the provider's web site and follow what it says, or call their support. If somebody else may have used the account, choose a new password.

auth-mail-password = { $host } wants the password that is only for mail programs
    .why = The server replied: { $reply }. With this provider the password for the member's page and the one for mail programs are two different ones; the first does not open the mailbox.
    .cure = On the provider's page for members, look up or make the user name and password for mail programs (IMAP password, for example), and put them into the mail program. Do not guess again and again: that may lock the mailbox.
