# Mail servers, as a mail program meets them.

server-name-missing = There is no server named { $host }
    .why = The DNS (the Internet's directory, which turns names into addresses) does not know this name. It is misspelt or no longer in use.
    .cure = In the mail program, correct the server name as your provider's instructions say. The nearest name found: { $nearest }.
    .heard-why = The directory that turns names into addresses (DNS) does not know the server's name. As a rule it is misspelt in the settings, or no longer in use. The same words appear when there is no connection at all.
    .heard-cure =
        1. See that other web sites open. If they do not, the line is at fault.
        2. In the mail program, compare the server name letter by letter with your provider's instructions. Watch for commas instead of dots and for spaces.

server-name-unanswered = The name { $host } cannot be looked up
    .why = The DNS (the Internet's directory, which turns names into addresses) answers other questions but not this one. Those who keep the name have a fault.
    .cure = Wait and try again. If it lasts, look at your provider's status page and tell their support.
    .heard-why = The directory that turns names into addresses (DNS) gives no answer at the moment. The name is not called wrong: the line or the DNS has a fault for now.
    .heard-cure = Wait and try again. If other web sites do not open either, restart router and device and look at the status page of your line's provider. If they do, look at that of your mail provider.

server-refused = { $host } takes no connection at any mail port
    .why = The machine at { $peer } can be reached, but all its mail ports (numbered doors of a machine) are closed. Its mail service is down, or the server name is wrong.
    .cure = Look at your provider's status page. If there is no fault, check that the server name is the one in their instructions.
    .heard-title = { $host } refused the connection
    .heard-why = The machine was reached, but this door (port) of it is closed. The port or the server name is wrong, the mail service is down, or something on the way turns the connection away.
    .heard-cure =
        1. Compare port and encryption with your provider's instructions. Usual are 465 (SSL/TLS) or 587 (STARTTLS) for sending, 995 or 993 (SSL/TLS) for receiving.
        2. If they are right, look at your provider's status page.
        3. If it works over another line (a phone, for example), show these words to whoever looks after the router or network of the first.

server-silent = { $host } does not answer
    .why = Other hosts can be reached from here, but this server ({ $peer }) says nothing at any port. It is down or overloaded, or something on the way stops the connection.
    .cure = Look at your provider's status page, wait and try again. If it works over another line (a mobile phone, for example), show this result to the provider of your line.
    .heard-why = The server was called and gave no answer in time. It is down or overloaded, the server name or port is wrong, or the line or something on the way does not let the connection through.
    .heard-cure =
        1. See that other web sites open. If they do not, the line is at fault.
        2. Compare server name and port with your provider's instructions. Usual are 465 (SSL/TLS) or 587 (STARTTLS) for sending, 995 or 993 (SSL/TLS) for receiving.
        3. Look at your provider's status page, wait and try again.
        4. Try over another line (a phone, for example). If it works there, the cause lies on the first line.

server-unreachable = There is no way to { $host }
    .why = The network said that nothing leads to { $peer }. Your line cannot use this kind of address (IPv4 or IPv6), or a line in between is down.
    .cure = See whether other web sites open. If they do not, check router and line. If they do, wait and try again; if it lasts, show this result to the provider of your line.
    .heard-why = The device's network says that no way leads to the server. Your line is down, or only the way to this server is cut.
    .heard-cure = See whether other web sites open. If not, check Wi-Fi, cable and router. If they do, wait and try again, and try over another line (a phone, for example).

server-prohibited = A rule on this device or near it forbids the connection to { $host }
    .why = The connection to { $peer } was stopped close to you: by security software, a router, or the rules of a firm's network.
    .cure = Update the security software and look into its log whether it stopped the mail program. If so, allow the mail program's connections and nothing else. In the network of a firm or school, show this result to the administrator.

server-closed = { $host } ended the connection at once
    .why = The server took the connection and ended it without a greeting. It is overloaded, or it takes no connections from this line.
    .cure = Wait and try again. If it lasts, show this result to your mail provider.
    .heard-title = The connection to { $host } was cut
    .heard-why = The connection stood, and then the server or something on the way ended it. The server may be overloaded, the line unsteady, the kind of encryption wrong for the port, or a scanning program on this device in the way.
    .heard-cure =
        1. Wait and try again.
        2. If it lasts, check the pair of port and encryption: 465, 995 and 993 with "SSL/TLS", 587 with "STARTTLS".
        3. Try another line and another device. If another device works, update the programs on this one.

server-mute = { $host } takes the connection and says nothing
    .why = The connection stands, but the server's greeting did not come within { $seconds ->
            [one] { $seconds } second
           *[other] { $seconds } seconds
        }. The server is slow or overloaded, or something on the way stops the traffic. Longer was not waited for.
    .cure = Wait and try again. If it lasts, look at your provider's status page.
    .heard-why = The connection stands, but the server's greeting did not come. It is overloaded, or something on the way stops the traffic.
    .heard-cure = Wait and try again. If it lasts, look at your provider's status page.

server-busy = { $host } says that it cannot serve now
    .why = The server replied: { $reply }. It is overloaded or being maintained. Your settings are not at fault.
    .cure = Wait and try again. Leave the settings as they are.
    .heard-why = The server says that it cannot serve now: it is overloaded or being maintained. Your settings are not at fault.
    .heard-cure = Wait and try again, and look at your provider's status page. Leave the settings as they are.

server-policy = { $host } turns away connections from your line
    .why = The server replied at once: { $reply }. Its rules do not let it serve this line's address, or it serves no mail programs at all. It was not asked for a password, and this is no overload.
    .cure =
        1. Try another line, such as a telephone's. If that goes, it is the usual line's address. Mail servers often do not serve lines abroad or a VPN: if you use one, switch it off.
        2. If no line goes, compare the server name and port with your provider's instructions.
        3. If both are right, show this reply to your mail provider.

server-outgoing-unknown = No server was found that takes mail from { $account }
    .why = The domain of the address names no server for sending (SMTP). At names that such servers often have, none answered at a door (port) for mail programs. Tried: { $found }. Whether there is one by another name cannot be seen from here.
    .cure = Look for the outgoing (SMTP) server in your provider's instructions. Then run this again and name it, as in `--smtp mail.example.com:465/tls`.

server-incoming-unknown = No server was found from which the mail of { $account } can be fetched
    .why = The domain of the address names no server for fetching mail (POP or IMAP). At names that such servers often have, none answered at a door (port) for mail programs. Tried: { $found }. Whether there is one by another name cannot be seen from here.
    .cure = Look for the incoming (POP or IMAP) server in your provider's instructions. Then run this again and name it, as in `--imap mail.example.com:993/tls` or `--pop3 mail.example.com:995/tls`.

server-foreign = This port of { $host } is not for mail
    .why = What answers at this port (a numbered door of a machine) is not the service expected. It said: "{ $found }". The port or the server name is wrong.
    .cure = In the mail program, correct server name and port as your provider's instructions say.
    .heard-title = What answers at { $host } does not speak as a mail server should
    .heard-why = The answer does not follow the rules of mail. The port or the server name is wrong, or a program or device on the way rewrites the answer.
    .heard-cure =
        1. Compare server name and port with your provider's instructions.
        2. If they are right, try another line and another device. If another device works, update the mail program and the security software of this one.

server-tls-none = { $host } cannot encrypt connections
    .why = At no port could the connection be encrypted. Password and mail could be read on the way.
    .cure = Ask your mail provider for a server name and port with encryption (SSL/TLS). If there is none, moving to a provider that has it is the best way.
