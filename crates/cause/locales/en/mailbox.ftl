# One's own mailbox.

mailbox-full = Your own mailbox is full
    .why = The mailbox is your place on the mail provider's server. When it has reached its limit, new mail goes back to whoever sent it. With some providers sending stops as well.
    .cure =
        1. Open webmail in a browser and delete mail you do not need, and mail with large attachments. Empty the bin and the junk folder as well.
        2. Fetch what you want to keep to your computer first.
        3. If the mail program leaves a copy of messages on the server, shorten the number of days.
