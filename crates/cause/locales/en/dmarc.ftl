# DMARC: what becomes of mail in the name of a domain that neither SPF nor DKIM vouches for.

dmarc-missing = The domain "{ $name }" has no DMARC record
    .why = DMARC is a line in the DNS that says what receivers should do with mail in the name of a domain that fails both SPF and DKIM. Large providers, such as Gmail and Outlook.com, want one from everybody who sends much.
    .cure =
        Whoever looks after the DNS of the domain publishes this line. It changes nothing for the mail yet, and has reports sent to that address, which must exist:
        { $expected }

dmarc-syntax = The DMARC record of "{ $name }" is not valid
    .why = DMARC says what receivers should do with mail that fails SPF and DKIM. There may be one record only, it begins with `v=DMARC1`, and `p=` says what to do. Receivers treat this one as absent. Published now:
        { $found }
    .cure =
        Whoever looks after the DNS of the domain replaces it by this one, which says what it was most likely to say:
        { $expected }

dmarc-unaligned = Neither SPF nor DKIM vouches for "{ $name }", the domain in the From line
    .why = For DMARC it is not enough that SPF or DKIM passes: it has to pass for the domain that people see as the sender. Here these domains vouch for the mail: { $detail }.
    .cure = The administrator of the server or service that sends has it sign (DKIM) with "{ $name }", or has bounces returned to an address of that domain, so that SPF is about it. Services that send for others have a page for that, often called domain authentication.

dmarc-found = The domain "{ $name }" has a DMARC record
    .why = It was looked up just now and is valid:
        { $found }
    .cure = Nothing has to be changed in it.
