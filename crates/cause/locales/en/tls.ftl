# Encryption (TLS) and certificates.

tls-handshake-failed = Encryption with { $peer } did not come about
    .why = The mail program and this server could not agree on an encrypted connection. Usual reasons: the wrong kind of encryption for the port, a very old program, a wrong clock, or a certificate the program does not trust. Details: { $detail }.
    .cure =
        1. Check the pair of port and encryption: 465 and 995 with "SSL/TLS", 587 with "STARTTLS".
        2. Check the date and time of the device.
        3. Install the updates for the mail program and the device.
        4. If the program warns of the certificate, do not go past the warning: check that the server name is spelt right, and tell the administrator of this server what it says.

tls-plaintext = { $peer } spoke unencrypted at an encrypted port
    .why = At this port a connection is encrypted from the first byte. The mail program began in clear instead, so the server could not understand it.
    .cure = In the mail program, set encryption to "SSL/TLS" for ports 465 and 995. For port 587 choose "STARTTLS".
    .reply = This port is encrypted from the first byte; set encryption to SSL/TLS in the mail program

tls-certificate-unreadable = The certificate { $path } cannot be used
    .why = The file with the server's certificate (its digital identity card) is missing, may not be read, or holds no certificate in PEM form. Details: { $detail }.
    .cure = Check path and permissions, and that the file begins with "-----BEGIN CERTIFICATE-----". It has to hold the server's certificate first and then those of its issuers. Fetch it anew from the issuer if it is damaged.

tls-key-unreadable = The private key { $path } cannot be used
    .why = The file with the private key of the certificate is missing, may not be read, or holds no key in PEM form that this program knows. Details: { $detail }.
    .cure = Check the path, and that the account of the service (and nobody else) may read the file. A key that is protected by a passphrase cannot be read here: store it in a form the service can read, with tight permissions.

tls-dane-mismatch = { $host } showed another certificate than its domain has announced
    .why = The owner of the mail server has published in the DNS (the Internet's directory of names) by which certificate, its digital identity card, the real server is known; this is called DANE. The certificate that was shown is another one. As a rule the certificate was renewed and the entry forgotten, but somebody could be posing as that server, so nothing was sent. Published: { $found }. Details: { $detail }. { $waiting }
    .cure =
        { $idle } If it is urgent, reach the recipient by another way and mention the fault.
        The administrator of the recipient's mail server compares the TLSA entries that are published with the certificate that the server really has, and publishes the right ones. A new key wants its entry before it is put to use.
    .reply = The certificate of the recipient's server does not fit its TLSA records (DANE); it is tried again

tls-dane-lookup = It could not be found out which certificate { $host } must show
    .why = The domain of that mail server protects its entries in the DNS (the Internet's directory of names) against forgery. There it may say by which certificate, its digital identity card, the real server is known; this is called DANE. The question for the entry "{ $name }" got no answer that can be trusted. Nothing is sent on a guess, or somebody who hides the entry could read the mail. { $waiting }
    .cure = { $idle } Whoever keeps the DNS of that mail server sees to it that its name servers answer the question for TLSA entries, also with "there is none", and that the signatures hold. Old name servers and firewalls in front of them often drop it.
    .reply = The TLSA records of the recipient's server cannot be looked up (DANE); it is tried again

tls-key-mismatch = Certificate and private key { $path } do not belong together
    .why = The private key is not the one the certificate was made for. As a rule one of the two was renewed and the other is old. Details: { $detail }.
    .cure = Put certificate and key from the same renewal in place. If the key is lost, make a new key and have a new certificate issued for it.

tls-certificate-expiring = The certificate for { $host } runs out on { $until }
    .why = A certificate is a server's digital identity card. The one in { $path } ends then. After that, mail programs warn or do not connect at all.
    .cure = Have a new certificate issued, and put it and its key in place of the files. They are taken up within seconds; no restart is needed. If the certificate should renew itself, see why it did not: "hikyaku certificates" shows the last failure.

tls-certificate-lapsed = The certificate for { $host } has run out
    .why = A certificate is a server's digital identity card. The one in { $path } ended on { $until }. Mail programs warn or do not connect at all.
    .cure = Have a new certificate issued today, and put it and its key in place of the files. They are taken up within seconds; no restart is needed. Tell people not to go past the warning until then. If the certificate should renew itself, see why it did not: "hikyaku certificates" shows the last failure.

tls-certificate-early = The certificate for { $host } does not hold yet
    .why = A certificate is a server's digital identity card. The one in { $path } holds from { $until } on. Until then mail programs warn or do not connect at all.
    .cure = Check date and time of this machine first. If they are right, put the certificate that holds today, with its key, back in place of the files. They are taken up within seconds; no restart is needed.

tls-certificate-misnamed = No certificate is for the name of this server, { $host }
    .why = A certificate is a server's digital identity card, and holds for the names in it only. The one in { $path } was made out for others (names found: { $found }). Mail programs and other servers that know this one as { $host } warn or do not connect.
    .cure = Have a certificate issued for { $host }, and put it and its key in place of the files; or let one come by itself ("acme" in the configuration). If { $host } is not the name of this server, correct "hostname" in the configuration and restart.

tls-certificate-revoked = The certificate for { $host } was revoked and is still in use
    .why = A certificate is a server's digital identity card. The one in { $path } was declared void by its issuer because somebody here asked for it. Mail programs that look this up warn or do not connect.
    .cure = The server asks for another one with a new key by itself, and uses it as soon as it comes. "hikyaku certificates" shows whether it has come, and if not, why.

tls-certificate-expired = The certificate of { $host } has run out
    .why = A certificate is a server's digital identity card. This one is past its last day, so nobody can tell any more whether the server is the real one. Its last day: { $detail }.
    .cure = The mail provider has to renew it. Send this result to their support. Until then do not go past the warning; for what is urgent use webmail or another way. This protects your password.

tls-certificate-not-yet-valid = The certificate of { $host } does not hold yet
    .why = A certificate is a server's digital identity card. By the clock of your device the first day of this one has not come yet. Its first day: { $detail }.
    .cure =
        1. Check date, time and time zone of the device. With a clock that is behind, a good certificate looks like this.
        2. If they are right, the mail provider has to install the right certificate. Send this result to their support.
        3. Until then do not go past the warning.
    .heard-why = A certificate is a server's digital identity card. Its first day has not come yet. With a clock that is behind, a good one looks like that.
    .heard-cure = First check date, time and time zone of the device, and set them automatically. If they are right, show these words to your mail provider's support. Until then do not go past the warning.

tls-certificate-name = The certificate does not belong to { $host }
    .why = A certificate is a server's digital identity card. The one that was shown belongs to "{ $found }", which is not the server name that is set. Either the name in the settings is wrong, or the connection goes to another machine.
    .cure =
        1. Do not change the server name to what the certificate says on its word alone. Anybody can get a certificate for a name of their own.
        2. Look for the server name in your provider's instructions: the contract, the letter, or the help page that you open yourself.
        3. If the instructions give a name that is on the certificate, set that name in the mail program.
        4. If they do not, do not connect, and ask your provider's support.
    .heard-title = The certificate of { $host } cannot be confirmed; most often the server name is the reason
    .heard-why = A certificate is a server's digital identity card. The one shown does not fit the server name that is set, as happens with names from old instructions. Similar warnings appear when a certificate has run out or its issuer is not known.
    .heard-cure =
        1. In the warning, look at the certificate: its name (issued to), its dates, its issuer.
        2. If the name is not the server name that is set, correct the setting as your provider's instructions say. If those give another name still, stop there and ask their support.
        3. If it has run out, check the clock of the device. If the clock is right, the provider has to renew it.
        4. If the issuer has the name of your security software, update that software.

tls-certificate-incomplete = { $host } leaves out a part of its certificate
    .why = A certificate is a server's digital identity card. It is checked step by step up to its issuer, and a step in between (the intermediate certificate) was not sent. This is why some devices connect and others do not. The issuer it names: { $detail }.
    .cure = The mail provider has to make the server send the intermediate certificate as well. Send this result to their support.

tls-certificate-self-signed = { $host } shows a certificate it made itself
    .why = A certificate is a server's digital identity card. No public issuer has confirmed this one; the server made it itself. From here nobody can tell whether the server is the real one.
    .cure = For a server of a firm or school, ask the administrator for a certificate of a public issuer, or to give the issuer's certificate to your device. For a mail provider this must not happen: the connection may go to another machine. Do not type your password. Send this result to their support.

tls-certificate-unknown-authority = The issuer of the certificate of { $host } is not trusted
    .why = A certificate is a server's digital identity card. Its issuer is not on the list of issuers that this device trusts. Details: { $detail }.
    .cure = For a server of a firm or school, ask the administrator to install the issuer's certificate on your device. For a mail provider, install the updates of your device first. If it still happens, do not type your password. Send this result to their support.

tls-version-old = The encryption of { $host } is too old
    .why = TLS encrypts connections. This server speaks only old versions that are no longer safe (TLS 1.1 or older). Mail programs of today do not connect with those.
    .cure = Ask the mail provider for a server name and port (a numbered door of a machine) with TLS 1.2 or newer. For a firm's own server, the administrator updates the server's software.

tls-starttls-missing = { $host } does not switch to encryption at this port
    .why = STARTTLS switches a connection to encryption after it has begun. The mail program is set to use it, and the server does not offer it at this port.
    .cure = In the mail program, change the setting to { $expected }. There the connection is encrypted from the start.
    .heard-why = STARTTLS switches a connection to encryption after it has begun. The server does not offer it at this port. The port is wrong, or something on the way hides the offer.
    .heard-cure = Change to "SSL/TLS", which encrypts from the start: 465 for sending, 995 or 993 for receiving. Check the numbers in your provider's instructions. Always keep encryption on.

tls-starttls-failed = Switching to encryption failed at { $host }
    .why = STARTTLS switches a connection to encryption after it has begun. The server said that it can, but it did not come about. Details: { $detail }.
    .cure = The fault lies with the mail provider's server. Send this result to their support. If they also name a port with "SSL/TLS" (465 for sending, 995 or 993 for receiving), use that one.

tls-starttls-stripped = Something on the way hides the encryption of { $host }
    .why = STARTTLS switches a connection to encryption after it has begun. Parts of the server's answer were overwritten on the way, with "{ $found }" for example. A router, a firewall or equipment of the line changes the connection.
    .cure = Use the ports that are encrypted from the start ("SSL/TLS"): 465 for sending, 995 or 993 for receiving. On a firm's line, show this result to whoever looks after the network; they check the settings of its mail inspection.

tls-intercepted = Something has put itself into the encrypted connection to { $host }
    .why = The server's certificate (its digital identity card) does not come from its own issuer but was made by a program or device that inspects connections. The issuer it names: { $detail }. As a rule that is the mail scan of security software, or the inspection of a firm's network.
    .cure = With security software: update it first, then follow its instructions for scanning mail. In the network of a firm or school: show this to the administrator. If you know of nothing like that, do not type your password on this line; try another line.
