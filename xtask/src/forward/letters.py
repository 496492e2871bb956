"""Writes mail to addresses that send it on, and judges what came of it.

letters.py send NAME SENDER TO FORM [NOTIFY]   hands a mail over to the Postfix here; FORM: signed, plain
letters.py say SENDER TO...                    says RCPT to Hikyaku for each, prints the replies
letters.py judge FILE                          what dkimpy finds of seals and signatures, as JSON
"""
import json, smtplib, sys

import dkim

HERE, HOST = "203.0.113.10", "mx.kyoto.test"


def send(name, sender, to, form, *notify):
    message = (f"From: <{sender}>\r\nTo: <{to}>\r\nSubject: {name}\r\n"
               f"Date: Sun, 29 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{name}@forward.test>\r\n"
               "\r\n  a body  with   spaces \r\n\r\n.one dot\r\n\r\n").encode()
    if form == "signed":
        key = open("/srv/rsa.pem", "rb").read()
        domain = sender.split("@")[1].encode()
        message = dkim.sign(message, b"rsa", domain, key) + message
    with smtplib.SMTP("127.0.0.1", 25, local_hostname=HOST) as client:
        options = ["NOTIFY=" + notify[0]] if notify else []
        client.sendmail(sender, [to], message, rcpt_options=options)


def say(sender, *recipients):
    with smtplib.SMTP(HERE, 25, local_hostname=HOST) as client:
        client.ehlo()
        client.docmd("MAIL", f"FROM:<{sender}>")
        for to in recipients:
            code, text = client.docmd("RCPT", f"TO:<{to}>")
            print(code, text.decode().replace("\n", " "))


def judge(file):
    message = open(file, "rb").read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    chain, sets, why = dkim.arc_verify(message)
    print(json.dumps({"arc": (chain or b"none").decode(), "why": str(why), "sets": len(sets),
                      "dkim": bool(dkim.verify(message))}))


{"send": send, "say": say, "judge": judge}[sys.argv[1]](*sys.argv[2:])
