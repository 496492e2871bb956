# The mail program and the device it runs on.

client-outbox-stuck = Mail that was not sent is waiting in the outbox
    .why = The outbox holds what is still to be sent. Mail in it has not reached any server yet. One mail with a very large attachment or a wrong address at its head holds up those behind it. Mail also piles up there when the settings for sending (port, sign-in) are wrong.
    .cure =
        1. Open the outbox and look at the oldest mail: is there a wrong address, or a large attachment?
        2. Move that mail to the drafts (it is kept there), then press "Send/Receive".
        3. Send yourself a mail of one line. If that stays as well, it is not one mail but the settings or the line. Put the words that appear then in here.

client-profile-broken = The mail program's own data on this device seem to be damaged
    .why = A mail program keeps its settings (the profile) and the mail it fetched (the data file) on this device. This number or sentence appears when it cannot open or read them. Server and line are not at fault.
    .cure =
        1. Close the mail program, restart the device and try again.
        2. Copy the data file (of Outlook: .pst) to another place.
        3. With Outlook, check it with the Inbox Repair Tool (scanpst). If that does not help, make a new profile under "Mail" in the Control Panel and open the old data file in it. Keep the old file.

client-interference = Another program on this device seems to stand in the way of mail
    .why = Add-ins of the mail program, and the mail scan of security software, stand between the mail program and the server. When they are old or broken, mail gets stuck half-way.
    .cure =
        1. Update the security software and the mail program, and restart.
        2. Start the mail program in its safe mode and send: Outlook with "outlook.exe /safe", Thunderbird with "Troubleshoot Mode" in the help menu. If that works, bring the add-ins back one by one to find the one at fault.
        3. Keep the security software running. Open its log and see whether it names the mail program. If so, show these words and the mail program's name to the support of its maker.
        4. See whether another device, such as a phone, can send.

client-storage-full = There is no room left on this device or in the mail data file
    .why = Mail that arrives is kept on this device. When the device is full, or the data file has reached its largest size, no new mail can be stored. Server and settings are not at fault.
    .cure =
        1. Delete mail, pictures and apps you no longer need; empty the bin as well.
        2. If Outlook's data file is at its limit, make a new one and move old mail there, or compact it.
        3. Then open the mail program anew and receive.

client-offline = The mail program is set to work offline
    .why = Offline means reading and writing without a connection to the server. Nothing is sent or received meanwhile. It is easily pressed by mistake.
    .cure = In Outlook, press "Work Offline" in "Send/Receive" once more. In Thunderbird, go online again with the sign at the lower left or in the file menu.

client-outdated = This mail program or device is too old for today's encryption
    .why = Mail providers now take only newer encryption (TLS 1.2 or later), for safety. Programs that are no longer maintained, such as Windows Live Mail or Outlook 2007, and old copiers do not know it. It looks as if something that worked yesterday had broken over night.
    .cure =
        1. If there is an update for the program or device (its firmware included), install it.
        2. If there is none, move to a mail program of today. Keep the mail of the old one.
        3. Until then you can read and write with webmail in a browser.

client-cancelled = Sending or receiving was cancelled
    .why = Somebody pressed "Cancel", or the mail program was closed. Nothing is broken.
    .cure = Press "Send/Receive" again. If nobody pressed anything, the words that appeared before this tell the real cause: put those in here.

client-password-missing = The mail program has no password
    .why = It wanted to sign in to the server, and the field for the password is empty. This happens after updates, or when settings were typed anew.
    .cure = Open the account settings of the mail program and type the password. If sending has a field of its own, fill it as well. For a program, check that it can read the file that holds the password.

client-program-missing = This machine has no program that sends mail out
    .why = A web site or another program handed its mail to "sendmail" on this machine, and that is not there. Nothing has been sent.
    .cure = The administrator does one of two things: have the program sign in to your mail provider's server (port 587 with "STARTTLS", or 465 with "SSL/TLS"); or install a program that sends (msmtp or Postfix) and set it up in the same way.

client-unknown = There are no steps for a mail program or device called "{ $key }"
    .why = Steps are kept for mail programs and devices by name. The one given is not among them.
    .cure = The nearest name: { $nearest }. The command "hikyaku doctor clients" lists all. If yours is not there, leave it out: the report then says what is true of every program.
