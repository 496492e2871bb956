# DKIM: the signature that a domain puts on its mail.

dkim-key-unreadable = The DKIM key { $path } cannot be used
    .why = With this key the server signs what your accounts send (DKIM), so that the receiving server can tell your mail from a forgery. The file is missing, may not be read, or holds no key of a usable kind. Details: { $detail }.
    .cure = Check path and permissions, and that the file begins with "-----BEGIN PRIVATE KEY-----". If the key is lost, put a new one in its place and publish its record anew: "hikyaku domain records" prints it. Without a signature many servers treat mail as doubtful, so the server does not start without the keys that the configuration names.

dkim-key-missing = The key for the mail's signature is not published: { $name }
    .why = The mail carries an electronic signature (DKIM) that says where its key can be found. Nothing stands there in the DNS, so no receiver can check the signature.
    .cure = Whoever looks after the DNS of the domain publishes the key at that name, as the sending server or service gives it (for Hikyaku, `hikyaku domain records` prints it). If the server signs with an old name, its administrator sets the one that is published.

dkim-key-revoked = The key for the mail's signature has been withdrawn: { $name }
    .why = The record is there, but its key is empty. With that the owner of a domain says that the key is no longer good. Published now: { $found }
    .cure = The administrator of the sending server has it sign with a current key, and whoever looks after the DNS publishes that one. If the key was emptied by mistake, publish it anew.

dkim-key-invalid = The key for the mail's signature cannot be read: { $name }
    .why = What is published there is no key that receivers can use: { $detail }. Often a part was lost when it was pasted in. Published now: { $found }
    .cure = Whoever looks after the DNS of the domain enters the record once more, whole and without line breaks within the key, as the sending server or service gives it.

dkim-unsigned = The mail carries no electronic signature of "{ $name }"
    .why = With a signature (DKIM) receivers can tell that a mail is not forged, also when it was forwarded on the way. This mail had none, as far as its returned header shows.
    .cure = The administrator of the sending server has it sign outgoing mail with DKIM, and whoever looks after the DNS publishes the key. Services that send for others offer both on a page of theirs.

dkim-signature-broken = The signature of the mail does not fit: { $name }
    .why = The key was found, but the signature does not belong to the mail as it came back: { $detail }. The mail was changed after it was signed, by a program that adds a footer or by a list, or it was signed with another key. The way back can have changed it as well.
    .cure = The administrator of the sending server compares the key it signs with to the published one, and sees to it that signing is the last thing done to a mail.

dkim-key-found = The key for the mail's signature is published: { $name }
    .why = It was looked up just now and can be used. Whether the signature fits can only be told with the whole mail.
    .cure = Nothing has to be changed in it.

dkim-passes = The electronic signature of the mail is right: { $name }
    .why = The key was looked up just now, and the signature (DKIM) fits the mail that came back.
    .cure = Nothing has to be changed in it.
