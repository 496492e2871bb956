# What is set in a mail program.

setting-port-closed = The port that is set is closed at { $host }
    .why = A port is a numbered door of a machine. Port { $found } is closed, but another one of the same server works.
    .cure = In the mail program, change the setting to { $expected }.

setting-port-silent = The port that is set does not answer at { $host }
    .why = A port is a numbered door of a machine. Port { $found } says nothing, but another one of the same server works. Your line, or something on the way, may not let that port through.
    .cure = In the mail program, change the setting to { $expected }.

setting-port-relay = Mail is sent through the door for servers of { $host }
    .why = A port is a numbered door of a machine. The one that is set is for mail servers among themselves. It works at the moment, but on another line or on the road it will be blocked (OP25B), and nothing can be sent.
    .cure = In the mail program, change the outgoing server to { $expected }, and turn on sign-in for sending.

setting-tls-mode = The kind of encryption does not fit the port of { $host }
    .why = "SSL/TLS" encrypts from the start; "STARTTLS" switches to encryption after the start. The setting is { $found }, and the server wants the other kind at this port.
    .cure = In the mail program, change the setting to { $expected }.

setting-tls-off = Encryption is not turned on for { $host }
    .why = As it is set, password and mail could be read on the way. This server does offer encryption (SSL/TLS).
    .cure = In the mail program, change the setting to { $expected }.
