# Fetching mail by POP3.

pop3-command-unknown = Unknown command "{ $command }"
    .why = The mail program used a command that this server does not know when it fetched mail. The command had no effect.
    .cure = Install the latest version of the mail program. Check that it is set to POP3 for this server, and not to another kind of account.
    .reply = This command is not known here: { $command }

pop3-command-syntax = Command in the wrong form: "{ $command }"
    .why = The mail program used a command that breaks the rules of POP3 (the language for fetching mail). Wanted: { $expected }.
    .cure = Install the latest version of the mail program. If it stays, its maker has to correct it.
    .reply = This command is in the wrong form; wanted: { $expected }

pop3-command-sequence = Command "{ $command }" came at the wrong moment
    .why = The command is known, but not allowed at this point of the dialogue. Wanted at this point: { $expected }.
    .cure = Install the latest version of the mail program. If it stays, its maker has to correct the order of its commands.
    .reply = This command is out of order; wanted at this point: { $expected }

pop3-language-unknown = No such language: "{ $command }"
    .why = The mail program asked for refusals in a language that this server does not have. It has English (en) and Japanese (ja).
    .cure = Nothing has to be done: refusals stay in the language of before.
    .reply = No such language; there are en and ja

pop3-command-too-long = Command longer than { $limit ->
        [one] { $limit } byte
       *[other] { $limit } bytes
    }
    .why = The mail program sent a command line that is longer than this server reads. The line was not carried out.
    .cure = Check that user name and password are entered correctly and that no long text was pasted into one of the fields. Otherwise the maker of the mail program has to correct it.
    .reply = A command line may have at most { $limit ->
            [one] { $limit } byte
           *[other] { $limit } bytes
        }

pop3-errors-too-many = Too many faulty commands on one connection
    .why = The mail program made at least { $limit ->
            [one] { $limit } fault
           *[other] { $limit } faults
        } on one connection, so the server closed it. No mail is lost.
    .cure = Look in the mail program's log for the replies before this one: they name the faults. Install the latest version of the mail program.
    .reply = Closing after { $limit ->
            [one] { $limit } fault
           *[other] { $limit } faults
        } on this connection; see the replies before this one for their causes

pop3-idle = The connection stayed silent too long
    .why = For { $limit ->
            [one] { $limit } second
           *[other] { $limit } seconds
        } the mail program sent nothing, so the server closed the connection. Mail marked for deletion was not deleted.
    .cure = Fetch mail again. If it happens often with large mails, use a faster or steadier line, or let the mail program fetch fewer mails at once.
    .reply = Nothing came for { $limit ->
            [one] { $limit } second
           *[other] { $limit } seconds
        }, so the connection closes and nothing was deleted; please connect again

pop3-tls-required = The connection has to be encrypted first
    .why = The mail program wanted to fetch mail over a connection that is not encrypted. Here that is not allowed, so that nobody on the way can read the mail or the password.
    .cure = In the mail program, open the settings for incoming mail (POP3) and choose encryption "SSL/TLS" with port 995, or "STARTTLS" with the port you have now.
    .reply = Encrypt first: STLS here, or SSL/TLS at port 995

pop3-tls-active = The connection is encrypted already
    .why = The mail program asked for encryption a second time. The connection was encrypted before and stays so.
    .cure = Install the latest version of the mail program. If it stays, its maker has to correct it.
    .reply = This connection is encrypted already; STLS is not needed again

pop3-tls-unavailable = The server cannot encrypt at the moment
    .why = The mail program asked for encryption, but this server has no usable certificate (the digital identity card of a server) at the moment.
    .cure = The administrator of this server checks the certificate and its key, replaces what is missing or expired, and has the server read them again. Users wait and try later.
    .reply = This server cannot encrypt at the moment; please try again later

pop3-message-missing = Message not found: { $message }
    .why = The mail program asked for a message by a number that this mailbox does not have. At this sign-in the mailbox held { $limit ->
            [one] { $limit } message
           *[other] { $limit } messages
        }, numbered from 1.
    .cure = Fetch mail again: with a new sign-in the mail program gets a new list. If it stays, install its latest version.
    .reply = There is no message { $message } in this session; list the messages again

pop3-message-deleted = Message already marked for deletion: { $message }
    .why = In this same session the mail program had told the server to delete the message, and then asked for it again.
    .cure = Fetch mail again. If it stays, install the latest version of the mail program; its maker has to correct it.
    .reply = Message { $message } is marked for deletion in this session

pop3-maildrop-locked = Another program is fetching the mail of "{ $account }"
    .why = A mailbox can be fetched by POP3 from one place at a time. Another device or program has it open just now. No mail is lost.
    .cure =
        1. Wait a few minutes and fetch again.
        2. If it happens often, let only one device fetch by POP3, or have the devices fetch less often.
    .reply = Another session has this mailbox open; please wait a few minutes and fetch again

pop3-login-delay = Mail is fetched more often than the server allows
    .why = Some servers let a mailbox be fetched only once in a certain time. The last time was too short ago. That says nothing about the password, and no mail is lost.
    .cure =
        1. Wait a quarter of an hour and fetch again. Leave the password as it is.
        2. In the mail program, have mail fetched less often. Think of other devices that fetch the same mailbox.
    .reply = This mailbox was fetched a moment ago; please wait before fetching again

pop3-quit-incomplete = Some fetched mail was not deleted on the server
    .why = At the end of the session the server could not delete all the messages it had been told to. No mail is lost.
    .cure = Nothing has to be done; most mail programs delete them at the next fetch. Until then some mails can appear twice.
    .reply = Some of the deleted messages were not removed; they appear again at the next sign-in
