# What is set in a mail program.

setting-port-closed = The port that is set is closed at { $host }
    .why = A port is a numbered door of a machine. Port { $found } is closed, but another one of the same server works.
    .cure = In the mail program, change the setting to { $expected }.
    .heard-why = A port is a numbered door of a machine. The machine was reached, but the door that is set is closed: the number is wrong, or the provider no longer uses it.
    .heard-cure = In the mail program, set the port as your provider's instructions say. Usual are 465 ("SSL/TLS") or 587 ("STARTTLS") for sending, and 995 or 993 ("SSL/TLS") for receiving. Turn on sign-in for sending as well.

setting-port-silent = The port that is set does not answer at { $host }
    .why = A port is a numbered door of a machine. Port { $found } says nothing, but another one of the same server works. Your line, or something on the way, may not let that port through.
    .cure = In the mail program, change the setting to { $expected }.

setting-port-relay = Mail is sent through the door for servers of { $host }
    .why = A port is a numbered door of a machine. The one that is set is for mail servers among themselves. It works at the moment, but on another line or on the road it will be blocked (OP25B), and nothing can be sent.
    .cure = In the mail program, change the outgoing server to { $expected }, and turn on sign-in for sending.
    .heard-why = A port is a numbered door of a machine. The one that is set is for mail servers among themselves. It may work now; on another line or on the road it will be blocked (OP25B).
    .heard-cure = In the mail program, set the outgoing server to 465 ("SSL/TLS") or 587 ("STARTTLS"), as your provider's instructions say, and turn on sign-in for sending.

setting-tls-mode = The kind of encryption does not fit the port of { $host }
    .why = "SSL/TLS" encrypts from the start; "STARTTLS" switches to encryption after the start. The setting is { $found }, and the server wants the other kind at this port.
    .cure = In the mail program, change the setting to { $expected }.
    .heard-why = There are two kinds of encryption: "SSL/TLS" encrypts from the start, "STARTTLS" switches to it later. Each port (a numbered door of a machine) wants one of them, and the pair that is set does not fit.
    .heard-cure = In the mail program, set a pair that fits: for sending 465 with "SSL/TLS", or 587 with "STARTTLS"; for receiving 995 or 993 with "SSL/TLS". Always keep encryption on.

setting-tls-off = Encryption is not turned on for { $host }
    .why = As it is set, password and mail could be read on the way. This server does offer encryption (SSL/TLS).
    .cure = In the mail program, change the setting to { $expected }.
