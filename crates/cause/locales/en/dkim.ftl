# DKIM: the signature that a domain puts on its mail.

dkim-key-unreadable = The DKIM key { $path } cannot be used
    .why = With this key the server signs what your accounts send (DKIM), so that the receiving server can tell your mail from a forgery. The file is missing, may not be read, or holds no key of a usable kind. Details: { $detail }.
    .cure = Check path and permissions, and that the file begins with "-----BEGIN PRIVATE KEY-----". If the key is lost, put a new one in its place and publish its record anew: "hikyaku domain records" prints it. Without a signature many servers treat mail as doubtful, so the server does not start without the keys that the configuration names.
