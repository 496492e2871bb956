# Connections.

net-connections-too-many = Too many connections from { $peer }
    .why = One network address may hold { $limit ->
            [one] { $limit } connection
           *[other] { $limit } connections
        } at once, so that every sender gets a turn. This one wanted more.
    .cure = The administrator of the sending side lowers the number of connections made at once. A user closes mail programs that are not needed; after that it works again at once.
    .reply = At most { $limit ->
            [one] { $limit } connection
           *[other] { $limit } connections
        } at once from one address; please close some or wait

net-proxy-header = The load balancer { $peer } does not say who a connection is from
    .why = Connections from this address are listed under listen.proxy_from in the configuration. Each has to begin with a header of the PROXY protocol, version 2, which names the real sender. This one did not, and was closed: without the header every sender would look like the load balancer.
    .cure = Switch on the PROXY protocol, version 2, for this service in the load balancer (often the words send-proxy-v2 in its line for the server). If the address is no load balancer, take it out of listen.proxy_from.

net-connections-full = { $limit ->
        [one] The { $limit } connection of this server is in use
       *[other] All { $limit } connections of this server are in use
    }
    .why = The server holds as many connections as it is set up for. New ones have to wait. No mail is lost.
    .cure = Wait; sending servers try again by themselves. If it lasts, the administrator looks in the log for an address that takes an unusual share, and raises the limit if the machine has room for more.
    .reply = All connections of this server are in use; please try again later

net-stopping = The server is just stopping
    .why = The server is being stopped or restarted and takes up nothing new. Mail already accepted is safe.
    .cure = Wait a few minutes. Mail servers and most mail programs connect again by themselves.
    .reply = This server is just stopping; please connect again in a few minutes

net-listen-in-use = Another program already uses { $peer }
    .why = Only one program at a time can take connections at an address and port. Another one was there first, often a mail server that came with the operating system.
    .cure =
        1. Find the other program (on Linux: `ss -ltnp`).
        2. If it is an old mail server, stop it and keep it from starting again; otherwise give this server another address in its configuration.

net-listen-permission = The service may not open { $peer }
    .why = On most systems, ports below 1024 need a special permission, and this service does not have it.
    .cure = Give the service just this permission: with systemd, add the line `AmbientCapabilities=CAP_NET_BIND_SERVICE` to its unit. There is no need to run the whole service as root.

net-listen-failed = The server cannot take connections at { $peer }
    .why = The operating system did not let the server open this address and port. System error: { $system }.
    .cure = Check that the address in the configuration belongs to this machine and is up when the service starts. On a machine with several network cards, compare it with `ip address`.

net-lost = The connection with { $peer } broke off
    .why = The other side or the line between ended the connection in the middle of the dialogue. What had not been confirmed before was not taken. System error: { $system }.
    .cure = Nothing has to be done; sending servers connect again by themselves. If it happens often with the same address, its operator checks line, router and time limits.
