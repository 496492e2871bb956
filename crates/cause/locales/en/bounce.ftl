# Mails that came back without being refused.

bounce-complaint = The recipient reported the mail as spam
    .why = The recipient marked the mail as junk, and their provider passes that on. It did arrive.
    .cure = Take this recipient off your list. If you know nothing of the mail, somebody else may be sending with your account. Ask whoever runs your mail to look into it.

bounce-auto-reply = An automatic answer: the mail did arrive
    .why = A program answers for the recipient, who is away or has told it to. The mail did arrive.
    .cure = Nothing is to be done. If it is urgent, use the contact named in the answer.

bounce-delivered = A notice of success
    .why = It says that the mail reached the recipient's server.
    .cure = Nothing is to be done.

bounce-unclear = Why the mail came back is not clear: { $host }
    .why = The report does not say why in words that can be told. The line quoted is all there is.
    .cure = Check the address and send it once more. If it comes back again, pass this report on, as it is, to whoever runs your mail.

bounce-backscatter = You never sent this mail: somebody used your address
    .why = Anybody can write a stranger's address as the sender of a mail, like on the back of an envelope. When such a mail cannot be delivered, the report comes to you. The header of the mail shows that it did not pass through your servers: { $detail }.
    .cure =
        1. Stay calm: nobody needs your password for this, and you need not change it because of this report.
        2. Reports of this kind mostly end by themselves within days. Do not answer them.
        3. Whoever looks after the DNS of the domain publishes SPF, DKIM and DMARC, so that receivers turn such forgeries away at once.

bounce-ours = This mail went out through your own server
    .why = The mail that came back carries a mark of your server: { $detail }. So the report is about a mail that was really sent from here.
    .cure = Read the reason above. If nobody remembers having sent it, look in the log for the account that did: its password may be in other hands, and should then be changed from a clean computer.

bounce-mended = What was complained of is right now
    .why = What the refusal named was checked just now and found in order. It was mended in the meantime, or the refusing server saw an older state.
    .cure = Send the mail again. If it is refused once more with the same words, wait an hour or two, as receivers remember the old records for a while.

bounce-address-unnamed = The report does not show from which address the mail was sent
    .why = Neither the refusal nor the returned header names the IP address of the sending server. So SPF for that address, its reverse name and the lists of spam senders could not be checked.
    .cure = Run the check on a report that holds the whole header, or on another one from the same server.
