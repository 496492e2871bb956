"""Python's own mail clients, as a script would use them: smtplib and poplib."""

import os
import poplib
import smtplib
import ssl
import sys

SERVER = "mx.edo.test"
HERE = os.path.dirname(os.path.abspath(__file__))


def trust():
    return ssl.create_default_context(cafile=os.path.join(HERE, "ca.pem"))


def password(user):
    with open(os.path.join(HERE, user.split("@")[0] + ".password"), encoding="ascii") as file:
        return file.read()


def send(mode, port, sender, recipient, *files):
    if mode == "implicit":
        session = smtplib.SMTP_SSL(SERVER, int(port), context=trust(), timeout=60)
    else:
        session = smtplib.SMTP(SERVER, int(port), timeout=60)
        session.starttls(context=trust())
    session.set_debuglevel(0)
    with session:
        session.login(sender, password(sender))
        for name in files:
            with open(name, "rb") as file:
                refused = session.sendmail(sender, [recipient], file.read(), ["BODY=8BITMIME"])
            assert not refused, refused
            print("sent", name)


def fetch(mode, port, user, folder):
    if mode == "implicit":
        session = poplib.POP3_SSL(SERVER, int(port), context=trust(), timeout=60)
    else:
        session = poplib.POP3(SERVER, int(port), timeout=60)
        print(session.capa())
        session.stls(context=trust())
    assert b"<" not in session.getwelcome(), "APOP is offered: " + repr(session.getwelcome())
    session.user(user)
    session.pass_(password(user))
    print(session.stat(), session.capa())
    uids = [line.split()[1] for line in session.uidl()[1]]
    assert len(set(uids)) == len(uids), "unique-ids are not unique"
    for number in range(1, len(uids) + 1):
        body = b"\r\n".join(session.retr(number)[1]) + b"\r\n"
        head = session.top(number, 0)[1]
        assert body.startswith(b"\r\n".join(head)), "TOP and RETR differ"
        with open(os.path.join(folder, str(number)), "wb") as file:
            file.write(body)
    session.quit()


def refuse(smtp_port, pop3_port, user):
    """Nobody signs in before TLS, and a wrong password is refused as such."""
    session = poplib.POP3(SERVER, int(pop3_port), timeout=60)
    assert "SASL" not in session.capa(), session.capa()
    try:
        session.user(user)
        session.pass_(password(user))
    except poplib.error_proto as refusal:
        print("pop3 in clear:", refusal)
    else:
        raise AssertionError("POP3 let us sign in without TLS")
    session = smtplib.SMTP(SERVER, int(smtp_port), timeout=60)
    session.ehlo()
    assert not session.has_extn("auth"), "AUTH is offered before TLS"
    session.starttls(context=trust())
    try:
        session.login(user, "not the password at all")
    except smtplib.SMTPAuthenticationError as refusal:
        print("wrong password:", refusal)
        assert refusal.smtp_code == 535, refusal
    else:
        raise AssertionError("a wrong password was accepted")
    session.close()


{"send": send, "fetch": fetch, "refuse": refuse}[sys.argv[1]](*sys.argv[2:])
