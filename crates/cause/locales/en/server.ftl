# Mail servers, as a mail program meets them.

server-name-missing = There is no server named { $host }
    .why = The DNS (the Internet's directory, which turns names into addresses) does not know this name. It is misspelt or no longer in use.
    .cure = In the mail program, correct the server name as your provider's instructions say. The nearest name found: { $nearest }.

server-name-unanswered = The name { $host } cannot be looked up
    .why = The DNS (the Internet's directory, which turns names into addresses) answers other questions but not this one. Those who keep the name have a fault.
    .cure = Wait and try again. If it lasts, look at your provider's status page and tell their support.

server-refused = { $host } takes no connection at any mail port
    .why = The machine at { $peer } can be reached, but all its mail ports (numbered doors of a machine) are closed. Its mail service is down, or the server name is wrong.
    .cure = Look at your provider's status page. If there is no fault, check that the server name is the one in their instructions.

server-silent = { $host } does not answer
    .why = Other hosts can be reached from here, but this server ({ $peer }) says nothing at any port. It is down or overloaded, or something on the way stops the connection.
    .cure = Look at your provider's status page, wait and try again. If it works over another line (a mobile phone, for example), show this result to the provider of your line.

server-unreachable = There is no way to { $host }
    .why = The network said that nothing leads to { $peer }. Your line cannot use this kind of address (IPv4 or IPv6), or a line in between is down.
    .cure = See whether other web sites open. If they do not, check router and line. If they do, wait and try again; if it lasts, show this result to the provider of your line.

server-prohibited = A rule on this device or near it forbids the connection to { $host }
    .why = The connection to { $peer } was stopped close to you: by security software, a router, or the rules of a firm's network.
    .cure = Update the security software and look into its log whether it stopped the mail program. If so, allow the mail program's connections and nothing else. In the network of a firm or school, show this result to the administrator.

server-closed = { $host } ended the connection at once
    .why = The server took the connection and ended it without a greeting. It is overloaded, or it takes no connections from this line.
    .cure = Wait and try again. If it lasts, show this result to your mail provider.

server-mute = { $host } takes the connection and says nothing
    .why = The connection stands, but the server's greeting never came. It is overloaded, or something on the way stops the traffic.
    .cure = Wait and try again. If it lasts, look at your provider's status page.

server-busy = { $host } says that it cannot serve now
    .why = The server replied: { $reply }. It is overloaded or being maintained. Your settings are not at fault.
    .cure = Wait and try again. Leave the settings as they are.

server-foreign = This port of { $host } is not for mail
    .why = What answers at this port (a numbered door of a machine) is not the service expected. It said: "{ $found }". The port or the server name is wrong.
    .cure = In the mail program, correct server name and port as your provider's instructions say.

server-tls-none = { $host } cannot encrypt connections
    .why = At no port could the connection be encrypted. Password and mail could be read on the way.
    .cure = Ask your mail provider for a server name and port with encryption (SSL/TLS). If there is none, moving to a provider that has it is the best way.
