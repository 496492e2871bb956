"""Sends mail in many names, and holds what Hikyaku wrote of it against pyspf, dkimpy and authres.

verdicts.py send       hands over every case; what became of it goes to /srv/said.json
verdicts.py silence    hands over what would be refused if the DNS answered
verdicts.py compare    reads /srv/got/*.eml and says for each case whether the verdicts agree
"""
import glob, json, smtplib, sys

import authres, dkim, spf

HERE, TO, OTHER = "203.0.113.10", "taro@edo.test", "192.0.2.91"
SENDER = "192.0.2.90"
SEED = open("/srv/keys/ed.seed", "rb").read().strip()


def key(name):
    return open(f"/srv/keys/{name}.pem", "rb").read()


def plain(name, author, body=b"hello\r\n", more=b""):
    return (b"From: <" + author.encode() + b">\r\nTo: <" + TO.encode() + b">\r\n"
            b"Subject: " + name.encode() + b"\r\nDate: Sun, 29 Nov 2026 10:00:00 +0000\r\n"
            b"Message-ID: <" + name.encode() + b"@trust.test>\r\n" + more + b"\r\n" + body)


def signed(message, domain, selector="rsa", by="rsa", **more):
    if selector == "ed":
        field = dkim.sign(message, b"ed", domain.encode(), SEED, signature_algorithm=b"ed25519-sha256", **more)
    else:
        field = dkim.sign(message, selector.encode(), domain.encode(), key(by), **more)
    return field + message


def sealed(message, found, domains):
    """Each of the domains passes it on; the first one found this of DMARC."""
    for domain in domains:
        field = f"Authentication-Results: {domain}; {found}\r\n".encode()
        message = field + message
        fields = dkim.arc_sign(message, b"rsa", domain.encode(), key("rsa"), domain.encode())
        message = b"".join(fields) + message
        found = "arc=pass"
    return message


GOOD, BAD = "a@good.test", "a@bad.test"
PASS = "dmarc=pass header.from=bad.test"
LIST = b"List-Id: <list.lists.test>\r\n"


def cases():
    """Name, message, envelope sender, source, what DMARC must come to, the reply."""
    for name, domain in [(it, it + ".spf.test") for it in (
            "include redirect macro mx a ptr soft neutral open many many10 void loop twice typo missing").split()]:
        for source in (SENDER, OTHER):
            full = f"spf-{name}-{source[-2:]}"
            yield full, plain(full, f"user@{domain}"), f"user@{domain}", source, "none", 250
    for name, sender in [("literal", "x@[192.0.2.90]"), ("bare", "")]:
        yield "spf-" + name, plain("spf-" + name, "a@other.test"), sender, SENDER, "none", 250
    def of(name, message, dmarc="pass", code=250, sender="b@other.test", source=SENDER):
        return name, message, sender, source, dmarc, code
    m = plain("dkim-rsa", GOOD)
    yield of("dkim-rsa", signed(m, "good.test"))
    m = plain("dkim-simple", GOOD, b"two  spaces \r\n\r\n\r\n")
    yield of("dkim-simple", signed(m, "good.test", canonicalize=(b"simple", b"simple")))
    m = plain("dkim-ed", GOOD)
    yield of("dkim-ed", signed(m, "good.test", "ed"))
    m = plain("dkim-both", GOOD)
    yield of("dkim-both", signed(signed(m, "good.test"), "good.test", "ed"))
    m = signed(plain("dkim-body", GOOD), "good.test")
    yield of("dkim-body", m.replace(b"hello", b"hullo"), "fail", 550)
    m = signed(plain("dkim-header", GOOD), "good.test")
    yield of("dkim-header", m.replace(b"Subject: dkim-header", b"Subject: dkim-Xeader"), "fail", 550)
    for selector in ("wrong", "gone", "revoked"):
        name = "dkim-" + selector
        yield of(name, signed(plain(name, GOOD), "good.test", selector), "fail", 550)
    yield of("dkim-weak", signed(plain("dkim-weak", GOOD), "good.test", "weak", "weak"), "fail", 550)
    m = signed(plain("dkim-length", GOOD), "good.test", length=True)
    yield of("dkim-length", m)
    m = signed(plain("dkim-large", GOOD, b"0123456789abcdef\r\n" * 30000), "good.test")
    yield of("dkim-large", m)
    yield of("dkim-unaligned", signed(plain("dkim-unaligned", GOOD), "other.test"), "fail", 550)
    m = plain("forged", GOOD, more=b"Authentication-Results: mx.edo.test; spf=pass\r\n"
              b"Authentication-Results: else.test; spf=fail\r\n")
    yield of("forged", m, sender=GOOD)
    yield of("dmarc-spf", plain("dmarc-spf", GOOD), sender=GOOD)
    yield of("dmarc-spf-other", plain("dmarc-spf-other", GOOD), "fail", 550, GOOD, OTHER)
    yield of("dmarc-none", plain("dmarc-none", "a@other.test"), "none")
    yield of("dmarc-quarantine", plain("dmarc-quarantine", "a@quar.test"), "fail")
    yield of("dmarc-quarantine-signed", signed(plain("dmarc-quarantine-signed", "a@quar.test"), "quar.test"))
    yield of("dmarc-org", plain("dmarc-org", "a@org.test"), "fail")
    yield of("dmarc-sub", plain("dmarc-sub", "a@sub.org.test"), "fail", 550)
    yield of("dmarc-sub-relaxed", plain("dmarc-sub-relaxed", "a@sub.org.test"), sender="x@strict.org.test")
    yield of("dmarc-np", plain("dmarc-np", "a@nowhere.org.test"), "fail")
    yield of("dmarc-strict", plain("dmarc-strict", "a@strict.org.test"), "fail", 550, "x@mail.strict.org.test")
    yield of("dmarc-strict-same", plain("dmarc-strict-same", "a@strict.org.test"), sender="x@strict.org.test")
    yield of("dmarc-trying", plain("dmarc-trying", "a@trying.test"), "fail")
    yield of("dmarc-psd", plain("dmarc-psd", "a@shop.registry.test"), sender="x@shop.registry.test")
    yield of("dmarc-psd-rival", plain("dmarc-psd-rival", "a@shop.registry.test"), "fail", 550, "x@rival.registry.test")
    m = plain("dmarc-two", "a@good.test>, <b@bad.test")
    yield of("dmarc-two", m, "fail", 550, GOOD)
    for number, author in enumerate((b"a@good .test", b"<a@good. test>", b"a@good(c).test", b"a@good\r\n .test",
                                     b'"Bank" <a@good.test> <b@other.test>', b"<a@good.test>b@other.test",
                                     b"a@good.test <b@other.test>", b"=?utf-8?q?a=40good.test?=")):
        name = f"from-{number}"
        m = plain(name, GOOD).replace(b"From: <a@good.test>", b"From: " + author)
        yield of(name, m, "fail", 550)
    for hops in (1, 2, 3):
        name = f"arc-{hops}"
        m = signed(plain(name, BAD), "bad.test").replace(b"hello", b"hello\r\n-- \r\nlist")
        m = m.replace(b"\r\n\r\n", b"\r\n" + LIST + b"\r\n", 1)
        domains = ["lists.test", "one.lists.test", "two.lists.test"][:hops]
        yield of(name, sealed(m, PASS, domains), "fail")
    m = sealed(plain("arc-body", BAD), PASS, ["lists.test"])
    yield of("arc-body", m.replace(b"hello", b"hullo"), "fail", 550)
    m = sealed(plain("arc-stranger", BAD), PASS, ["other.test"])
    yield of("arc-stranger", m, "fail", 550)
    m = sealed(plain("arc-mixed", BAD), PASS, ["lists.test", "other.test"])
    yield of("arc-mixed", m, "fail", 550)
    m = sealed(plain("arc-lied", BAD), "dmarc=fail header.from=bad.test", ["lists.test"])
    yield of("arc-lied", m, "fail", 550)
    m = sealed(plain("arc-seal", BAD), PASS, ["lists.test", "one.lists.test"])
    yield of("arc-seal", m.replace(b"dmarc=pass", b"dmarc=PASS"), "fail", 550)


def handed_over(message, sender, source):
    client = smtplib.SMTP(HERE, 25, local_hostname="judge.lab.test", source_address=(source, 0), timeout=60)
    client.ehlo()
    try:
        client.mail(sender) if sender else client.docmd("MAIL", "FROM:<>")
        client.rcpt(TO)
        code, text = client.data(message)
    except smtplib.SMTPResponseException as error:
        code, text = error.smtp_code, error.smtp_error
    client.close()
    return code, text.decode()


def judged(message, sender, source):
    """What pyspf and dkimpy say."""
    found = spf.check2(i=source, s=sender, h="judge.lab.test", timeout=20, querytime=20)
    signatures = []
    number = message.split(b"\r\n\r\n")[0].lower().count(b"dkim-signature: ")
    for index in range(number):
        try:
            signatures.append(bool(dkim.DKIM(message).verify(idx=index)))
        except dkim.DKIMException:
            signatures.append(False)
    try:
        chain, _, why = dkim.arc_verify(message)
        chain = (chain or b"none").decode()
    except dkim.DKIMException:
        chain = "fail"
    return {"spf": found[0], "dkim": signatures, "arc": chain.lower()}


def send():
    said = []
    for name, message, sender, source, dmarc, code in cases():
        got, text = handed_over(message, sender, source)
        said.append({"name": name, "dmarc": dmarc, "code": code, "got": got, "text": text,
                     **judged(message, sender, source)})
    json.dump(said, open("/srv/said.json", "w"))


def read(path):
    """The results in our name, by authres."""
    import email
    message = email.message_from_bytes(open(path, "rb").read())
    fields = [authres.AuthenticationResultsHeader.parse("Authentication-Results: " + " ".join(it.split()))
              for it in message.get_all("Authentication-Results", [])]
    ours = [it for it in fields if it.authserv_id == "mx.edo.test"]
    name = (message["Message-ID"] or "").strip("<>").split("@")[0]
    return name, ours, message


def compare():
    got = {name: (ours, message) for name, ours, message in map(read, glob.glob("/srv/got/*.eml"))}
    faults, count = [], 0
    for case in json.load(open("/srv/said.json")):
        name = case["name"]
        if case["got"] != case["code"]:
            faults.append(f"{name}: {case['got']} {case['text']!r}, {case['code']} was wanted")
            continue
        if case["code"] != 250:
            if not case["text"].startswith("5.7.26 "):
                faults.append(f"{name}: {case['text']!r}")
            # What was refused must be refused by the judges too.
            if case["dkim"] == [True] and name not in ("dkim-unaligned",):
                faults.append(f"{name}: dkimpy holds the signature for good")
            if name in ("arc-body", "arc-seal") and case["arc"] == "pass":
                faults.append(f"{name}: dkimpy holds the chain for good")
            count += 1
            continue
        ours, message = got.get(name, ([], None))
        if len(ours) != 1:
            faults.append(f"{name}: {len(ours)} fields in our name")
            continue
        results = ours[0].results
        one = lambda method: next((it.result for it in results if it.method == method), "none")
        ours_dkim = [it.result == "pass" for it in results if it.method == "dkim" and it.result != "none"]
        for what, mine, theirs in [("spf", one("spf"), case["spf"]), ("arc", one("arc"), case["arc"]),
                                   ("dmarc", one("dmarc"), case["dmarc"]), ("dkim", ours_dkim, case["dkim"])]:
            if mine != theirs:
                faults.append(f"{name}: {what} {mine}, the judge says {theirs}")
        if ("dmarc-quarantine", "dmarc-np", "dmarc-trying").count(name) != (message["X-Quarantine"] is not None):
            faults.append(f"{name}: X-Quarantine is {message['X-Quarantine']}")
        if name == "forged" and len(message.get_all("Authentication-Results")) != 2:
            faults.append("forged: another server's field is gone")
        count += 1
    if faults:
        sys.exit("; ".join(faults))
    print(count)


def silence():
    import time
    begun = time.monotonic()
    message = signed(plain("silence", BAD), "bad.test").replace(b"hello", b"hullo")
    code, text = handed_over(message, "a@bad.test", OTHER)
    if code != 250:
        sys.exit(f"{code} {text}")
    print(round(time.monotonic() - begun, 1))


{"send": send, "compare": compare, "silence": silence}[sys.argv[1]]()
