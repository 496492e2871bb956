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

tls-key-mismatch = Certificate and private key { $path } do not belong together
    .why = The private key is not the one the certificate was made for. As a rule one of the two was renewed and the other is old. Details: { $detail }.
    .cure = Put certificate and key from the same renewal in place. If the key is lost, make a new key and have a new certificate issued for it.
