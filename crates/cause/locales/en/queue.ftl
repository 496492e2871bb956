# The queue: mail that waits to be sent to other servers.

queue-expired = The mail to "{ $address }" could not be delivered in time
    .why = The mail was tried again and again, for as long as the server is set to, without success. It was given up, and did not arrive at this recipient.
    .cure = Look at the cause of the last attempt: it stands in the report to the sender and in `hikyaku trace`, and names whose turn it is. When that is mended, send the mail again. If it is urgent, reach the recipient by another way.
    .reply = The message to <{ $address }> could not be delivered in the time allowed

queue-delayed = The mail to "{ $address }" is late
    .why = The mail has not been handed over to the recipient's server yet. { $waiting } If it does not succeed, the sender gets a report.
    .cure = Nothing has to be done. Do not send the mail again, or the recipient gets it twice. If it is urgent, reach the recipient by another way.
    .reply = The message to <{ $address }> has not been delivered yet; it is tried again, nothing has to be done
    .user-why = Your mail provider's server has not been able to hand the mail over to the recipient's server yet. It keeps the mail and tries again by itself, mostly for up to five days, and says so in a notice. If it does not succeed, the mail comes back with a report.
    .user-cure = Nothing has to be done. Do not send the mail again, or the recipient gets it twice. If it is urgent, reach the recipient by another way. If the notice names a reason, `hikyaku doctor bounce` explains it.

queue-held = The mail is being held in the queue
    .why = An administrator of this server has said that this mail must wait. It is stored safely and is not sent until it is released.
    .cure = The administrator of this server looks at it with `hikyaku queue list`. `hikyaku queue release` lets it go on its way; `hikyaku queue remove` takes it out for good.

queue-account-disabled = Mail waits because the account "{ $account }" is closed
    .why = An administrator of this server has closed the account that sent the mail. What it had waiting to be sent is held since then, so that nothing goes out that somebody else may have written in its name.
    .cure =
        The administrator of this server looks at the waiting mail with `hikyaku queue list`.
        1. If the mail is genuine, open the account again; the mail then leaves by itself.
        2. If it is spam, take it out with `hikyaku queue remove`, and set a new password before the account is opened again.

queue-removed = The mail to "{ $address }" was taken out of the queue
    .why = An administrator of this server removed the mail before it had been handed over. It was not delivered to this recipient and is not tried again.
    .cure = Ask the administrator of this server for the reason. If the mail is still wanted, send it again.
    .reply = The message to <{ $address }> was taken out of the queue by the administrator

queue-in-doubt = It is not certain whether the mail was taken by { $host }
    .why = The mail was just being handed over when the connection ended, or when this server was stopped, and no confirmation came. Perhaps the other server has the mail, perhaps not. So that nothing is lost, this server sends it once more; the recipient may get it twice.
    .cure = Nothing has to be done. A recipient who gets the mail twice can delete one of the two.
    .reply = No confirmation came for the message; it is sent once more and may arrive twice

queue-nothing = The queue holds nothing for "{ $key }"
    .why = The queue holds only mail that still waits to be sent to other servers. Mail that has been handed over, has failed, or is for mailboxes on this server is not in it.
    .cure = Check the spelling. `hikyaku queue list` shows all that waits; `hikyaku trace` shows what became of a mail.
