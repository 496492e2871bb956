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
