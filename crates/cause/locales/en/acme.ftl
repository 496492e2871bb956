# Certificates that come and renew by themselves (ACME).

acme-directory-unreachable = The issuer of certificates, { $host }, cannot be reached
    .why = A certificate is a server's digital identity card; this server fetches and renews its own. The issuer's server did not answer, not as itself, or with a fault of its own: { $detail }
    .cure = Check that this machine reaches the Internet and that the DNS (the directory of names) works here. It must be allowed to connect to port 443 of { $host }. For an issuer of your own, set "ca" in [acme] to the file with the certificate of its authority. It is tried again by itself; only a command has to be run again. "hikyaku certificates revoke" may have come through all the same: running it again makes sure.

acme-directory-invalid = { $host } does not answer as an issuer of certificates does
    .why = The address "directory" in [acme] must be that of an ACME directory (the list of an issuer's services). What came was something else: { $detail }
    .cure = Compare the address with the issuer's own instructions, and correct "directory" in [acme]. It is taken up without a restart.

acme-account-refused = { $host } does not accept this server's account
    .why = An issuer of certificates keeps an account for each server. It refused this one: { $detail }
    .cure = Check "contact" in [acme]: it must be "mailto:" and an address that exists. Some issuers give out a key for the account beforehand: set "binding_id" and "binding_key_file" as they say. If the account was closed, remove the file "acme/account.json" in the data folder; a new one is made.

acme-account-unreadable = The key of this server's account with the issuer cannot be read: { $path }
    .why = An issuer of certificates keeps an account for each server, and knows it by a key. The key is in this file, or the one that was to follow it, and the file is not as it was written ({ $detail }). It may be the only one that the issuer knows, so nothing was written over it and no new account was made. Certificates that are there stay in use, but none is renewed until this is mended.
    .cure =
        1. Put the file of the same name from the folder "acme" of the last good backup in its place.
        2. Where there is none, move the file to another folder and keep it. With the next try the server takes the key that is left, or makes a new account; certificates lose nothing by it.
        3. Check disk and memory: files do not change by themselves.

acme-rate-limited = The issuer gives out no more certificates for { $host } for now
    .why = An issuer limits how many certificates it gives out, and how often it lets one be tried for: { $detail }
    .cure = Nothing has to be done: it is tried again on { $until }. Do not ask for it by hand before; that only makes the wait longer. If this comes often, see why the tries before failed.

acme-name-refused = The issuer gives no certificate for { $host }
    .why = The issuer's rules do not allow a certificate for this name: { $detail }
    .cure = Check the spelling of the name in "names", "hostname" and "public_url". Only names that exist in the public DNS (the directory of names) get a public certificate. Take out a name that needs none.

acme-challenge-unreachable = The issuer could not connect to { $host } to check that the name is yours
    .why = Before a certificate is given out, the issuer looks at { $found }. It could not get there: { $detail }
    .cure =
        1. The name { $host } must lead to this machine in the DNS (the directory of names), with every address it has there, IPv6 too.
        2. Port 80 (for http-01) or port 443 (for tls-alpn-01) must be open from the Internet, in the router, with the provider and in the firewall of this machine.
        3. The server must listen there: see "http" or "https" in [listen].
        4. Where neither port can be opened, use challenge = "dns-01" with "dns_hook".

acme-challenge-dns = The DNS does not say what the issuer needs to know of { $host }
    .why = Before a certificate is given out, the issuer looks up { $found } in the DNS (the directory of names). This failed: { $detail }
    .cure = Publish an A or AAAA record (a name's address) for { $host } with the address of this machine. With challenge = "dns-01", check that the program of "dns_hook" really publishes the TXT record, and waits until all name servers have it.

acme-challenge-answer = Somebody else answered for { $host } when the issuer checked the name
    .why = Before a certificate is given out, the issuer looks at { $found }. Something answered there, but not this server: { $detail }
    .cure = Check that { $host } leads to this machine in the DNS (the directory of names), with every address it has there. A web server or proxy in front must pass "/.well-known/acme-challenge/" on to the "http" address of this server. With challenge = "dns-01", the TXT record must be the one that "dns_hook" was given.

acme-challenge-caa = The DNS forbids this issuer to give out a certificate for { $host }
    .why = A CAA record in the DNS (the directory of names) says who may issue certificates for the domain. This issuer is not among them, or the record could not be read: { $detail }
    .cure = Add a CAA record that names the issuer, as the issuer's own instructions say, or have the certificate issued by one that is named already.

acme-challenge-missing = The issuer does not check { $host } in the way that is set
    .why = The issuer offers other ways of checking that a name is yours. The one set is { $expected }.
    .cure = Set "challenge" in [acme] to one that the issuer offers. It is taken up without a restart.

acme-hook-failed = The program that publishes DNS records failed for { $host }
    .why = With challenge = "dns-01" the program { $path } has to publish a record in the DNS (the directory of names). It did not: { $detail }
    .cure = Run the program by hand as the account of this service, with the three words: add _acme-challenge.{ $host } test. It must end with status 0 within two minutes, once the record can be looked up. Then "hikyaku certificates renew".

acme-revocation-refused = The issuer did not revoke the certificate for { $host }
    .why = Only the account that a certificate was issued to can have it revoked (declared void). The issuer said no: { $detail }
    .cure = If the account has changed since (another "directory" in [acme], or a new "acme/account.json"), write to the issuer's support and name the certificate. If somebody else may have its key, say so: public issuers must then revoke it within a day.

acme-certificate-absent = There is no certificate from an issuer for { $host }
    .why = Only certificates that this server gets by itself, for the names of [acme], can be revoked here.
    .cure = "hikyaku certificates" lists all names; take one of those that renew themselves. A certificate that was put there by hand is revoked where it was bought.

acme-order-failed = The issuer did not give out a certificate for { $host }
    .why = The name was checked, but the certificate did not come: { $detail }
    .cure = As a rule this passes by itself; it is tried again. If it stays, look at the issuer's own page about the state of its service.
