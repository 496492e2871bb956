# The mail that the doctor sent to see whether it arrives.

delivery-unseen = The test mail was accepted by { $host } and is not seen again
    .why = The server took the test mail, but it did not appear in the inbox of { $account }. It lies in the junk folder, a filter or a forward has taken it elsewhere, or it is late.
    .cure = Look into the junk folder, and at the filters and forwards on the provider's web site. If there is a forward you do not know, remove it at once and choose a new password. If the mail is nowhere, show this result to the provider's support.

delivery-slow = The test mail arrived late from { $host }
    .why = It took { $seconds ->
            [one] { $seconds } second
           *[other] { $seconds } seconds
        }. This happens when a server is busy or checks long for spam.
    .cure = Nothing has to be done. If it is always slow, show this result to the provider.
