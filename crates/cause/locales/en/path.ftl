# The way to another server.

path-connect-refused = No mail connection is taken by { $host }
    .why = The machine at { $peer } can be reached, but it turned the connection away. Its mail service is not running at the moment, or its firewall lets nobody in. { $waiting }
    .cure = { $idle } If it lasts, the administrator of the recipient's mail server checks that the mail service is running and can be reached from outside.
    .reply = A mail server of the recipient takes no connections at the moment; it is tried again

path-connect-timeout = No answer came from { $host }
    .why = This server tried to connect to { $peer } and heard nothing. The machine there is not running or is overloaded, a firewall swallows the connection, or the line is disturbed. { $waiting }
    .cure = { $idle } If it lasts, the administrator of the recipient's mail server checks whether the machine and its line are up.
    .reply = A mail server of the recipient does not answer at the moment; it is tried again

path-connect-unreachable = There is no way to { $host } at the moment
    .why = The network reported that nothing leads to { $peer }. As a rule a line is down. System error: { $system }. { $waiting }
    .cure = { $idle } If it lasts and no other server is concerned, the administrator over there checks line and address. If many servers cannot be reached, the administrator of this server checks the line and network settings of this machine.
    .reply = There is no way to a mail server of the recipient at the moment; it is tried again

path-connect-prohibited = A rule forbids this server to connect to { $host }
    .why = This machine, or a router near it, does not let this service connect to { $peer }. System error: { $system }. { $waiting }
    .cure = The administrator of this server looks at the firewall rules of the machine and of the router, and at the limits set for the service (with systemd, `IPAddressDeny` for example). Outgoing connections to port 25 of other servers have to be allowed for this service. { $leaves }
    .reply = A rule here forbids the connection to the recipient's server; it is tried again

path-port25-blocked = This line lets no mail through to other servers (port 25 is blocked)
    .why =
        Mail servers hand mail to one another at port 25; a port is a numbered door of a machine. Mail servers in several unrelated networks could not be reached there, although the line itself works. Many providers close port 25 for connections from homes and small lines, so that infected computers cannot send spam through it. This is called OP25B (outbound port 25 blocking).
        This server looks every few minutes whether the port has been opened. { $waiting }
    .cure =
        { $idle } The administrator of this server chooses one of two ways. { $leaves }
        1. Hand all mail to a server of the provider or of a mail service, which sends it on. It is reached at port 587, encrypted (TLS) and with sign-in. Put into the configuration file, with the values of that provider:
        {"["}delivery]
        relay = {"{"} host = "smtp.example.net", port = 587, tls = "starttls", username = "you@example.net", password_file = "relay.password" {"}"}
        The file `relay.password` holds the password for that sign-in and nothing else; only the account of the service may read it.
        2. Ask the provider to open port 25 for this line. Often this takes a contract with a fixed IP address.
    .reply = The line of this server blocks port 25; the mail is kept here and is sent as soon as there is a way

    .user-why = A port is a numbered door of a machine. Port 25 could not be reached at any of several unrelated hosts, although the line itself works. Many providers close port 25 on the lines of homes, so that infected computers cannot send spam through it. This is called OP25B (outbound port 25 blocking). Your device is not broken.
    .user-cure = In the mail program, change the outgoing server: port 465 with "SSL/TLS", or port 587 with "STARTTLS", and turn on sign-in for sending. User name and password are as a rule the same as for receiving.
    .heard-why = This is how sending fails when the outgoing server is set to port 25. A port is a numbered door of a machine, and 25 is nowadays the door between mail servers. Many providers of lines close it for connections from homes, to keep spam down (OP25B, outbound port 25 blocking). It happens after a change of line, and on the road. Web pages open and mail arrives because those use other doors. Your device is not broken.
    .heard-cure =
        1. In the mail program, look at the port of the outgoing server (SMTP). If it is 25, this is the cause.
        2. Change it to 465 with "SSL/TLS", or to 587 with "STARTTLS", whichever your mail provider's instructions name.
        3. Turn on sign-in for sending ("the outgoing server requires authentication"). User name and password are as a rule the same as for receiving. Your address stays as it is.
        4. Send yourself a short mail. If the port was 465 or 587 all along, the cause is another one: put the whole text of the message in here.

path-network-down = This server is cut off from the Internet
    .why = Nobody can be reached: neither mail servers nor the hosts that this server asks for comparison. The line, the router or the network settings of the machine are at fault, not the mail. { $waiting }
    .cure = The administrator of this server checks cable, router and the provider's line, then the network settings of the machine (on Linux: `ip address` and `ip route`). { $leaves }
    .reply = This server is cut off from the Internet at the moment; it is tried again
    .user-why = Neither the mail server nor the hosts tried for comparison can be reached. The line, the router or the network settings of the device are at fault, not the mail settings.
    .user-cure = See whether web sites open. If they do not, check cable or Wi-Fi, flight mode, the power of the router, and the status page of your line's provider, in this order. Leave the mail settings as they are.
    .heard-title = This device seems to be cut off from the Internet
    .heard-why = These words appear when there is no connection at all, for mail or anything else. The line or the device's network is at fault, not the mail settings.
    .heard-cure =
        1. Open another web site. If it does not open, mail is not the problem.
        2. On a phone, look at flight mode, mobile data and the signal; move if there is none, and restart it.
        3. On a computer, check Wi-Fi or cable and the power of the router, and restart router and device.
        4. If that does not help, look at the status page of your line's provider. Leave the mail settings as they are.

path-captive = This network wants you to sign in to it first
    .why = The Wi-Fi of hotels, stations and schools stops everything, mail as well, until one has passed its page. Instead of a page that was asked for to compare, this network answered: { $detail }.
    .cure = Open any page in a web browser. When the page of the network appears, do what it asks. Leave the mail settings as they are.
    .heard-why = The Wi-Fi of hotels, stations and schools stops everything, mail as well, until one has passed its page. That page appears in place of the one you wanted to see.
    .heard-cure = Open any page in a web browser. When the page of the network appears, do what it asks. Leave the mail settings as they are.

path-family-silent = One of the two ways to { $host } is dead
    .why = There are two kinds of addresses, IPv4 and IPv6. This server is reached over one of them and silent over the other. A good mail program takes the one that works by itself; others take long to connect, or fail now and then.
    .cure = While mail works, nothing is urgent. If it is slow, ask the provider of the line whether both IPv4 and IPv6 work. If other servers are reached over both, tell the mail provider.
