# The mail program and the device it runs on.

client-outbox-stuck = Mail that was not sent is waiting in the outbox
    .why = The outbox holds what is still to be sent. Mail in it has not reached any server yet. One mail with a very large attachment or a wrong address at its head holds up those behind it. Mail also piles up there when the settings for sending (port, sign-in) are wrong.
    .cure =
        1. Open the outbox and look at the oldest mail: is there a wrong address, or a large attachment?
        2. Move that mail to the drafts (it is kept there), then press "Send/Receive".
        3. Send yourself a mail of one line. If that stays as well, it is not one mail but the settings or the line. Put the words that appear then in here.
    .user-why = The outbox holds what is still to be sent; none of it has reached a server. Mail piles up there while sending fails, or behind a mail at its head that can never go.
    .user-cure =
        1. If other findings are shown, do what they say first: then this mail can go as well.
        2. In the mail program, choose "Send Unsent Messages" (in Thunderbird in the file menu) or "Send/Receive".
        3. If a mail stays, open the outbox and look at the oldest one: is there a wrong address, or a large attachment? Move it to the drafts, where it is kept, and send the rest.
    .heard-why = The outbox holds what is still to be sent. Mail in it has not reached any server yet. One mail with a very large attachment or a wrong address at its head holds up those behind it. Mail also piles up there when the settings for sending (port, sign-in) are wrong.
    .heard-cure =
        1. Open the outbox and look at the oldest mail: is there a wrong address, or a large attachment?
        2. Move that mail to the drafts (it is kept there), then press "Send/Receive".
        3. Send yourself a mail of one line. If that stays as well, it is not one mail but the settings or the line. Put the words that appear then in here.

client-profile-broken = The mail program's own data on this device seem to be damaged
    .why = A mail program keeps its settings (the profile) and the mail it fetched (the data file) on this device. This number or sentence appears when it cannot open or read them. Server and line are not at fault.
    .cure =
        1. Close the mail program, restart the device and try again.
        2. Copy the data file (of Outlook: .pst) to another place.
        3. With Outlook, check it with the Inbox Repair Tool (scanpst). If that does not help, make a new profile under "Mail" in the Control Panel and open the old data file in it. Keep the old file.

client-profile-missing = There is no Thunderbird profile in { $path }
    .why = A profile is the folder in which Thunderbird keeps the settings. It holds a file "prefs.js"; the folder above it holds a file "profiles.ini". Neither is there.
    .cure = In Thunderbird, open "Help" > "Troubleshooting Information" and look for "Profile Folder". Give that folder to --thunderbird. Often it lies in ~/.thunderbird, in ~/snap/thunderbird/common/.thunderbird or, with Flatpak, below ~/.var/app/org.mozilla.Thunderbird.

client-profile-several = { $path } holds several Thunderbird profiles
    .why = A profile is the folder in which Thunderbird keeps the settings. There is more than one, and none is marked as the one that is used: { $found }.
    .cure = Give the folder of one profile to --thunderbird. Which one you use stands in Thunderbird under "Help" > "Troubleshooting Information", "Profile Folder".

client-profile-in-use = Thunderbird is running with the profile { $path }
    .why = While it runs, Thunderbird holds its settings in memory and writes them over the file when it ends. A change made now would be lost, or would damage the file. Nothing was changed.
    .cure = Close all windows of Thunderbird, wait a few seconds, and run the command again.

client-profile-changed = The settings in { $path } are no longer those that were examined
    .why = Between the examination and the change, something else changed the setting "{ $key }". Nothing was changed here.
    .cure = Run the command again, so that the settings of now are examined.

client-account-missing = { $account } is not set up in { $path }
    .why = These addresses are set up there: { $found }.
    .cure = Check the spelling of the address, or leave the address out to examine all of them. If the account is missing in the mail program, set it up there first.

client-account-several = { $path } holds several accounts
    .why = What was asked for works with one account at a time. These are set up there: { $found }.
    .cure = Give the address of one of them in front of the options.

client-settings-unreadable = The settings in { $path } cannot be read
    .why = It should be a file of Windows Live Mail (.oeaccount), a domain's file for mail programs (autoconfig) or a profile of Apple's devices (.mobileconfig). What is wrong: { $detail }.
    .cure = Check that it is the right file and that it is whole. A binary profile of Apple becomes readable with: plutil -convert xml1 profile.mobileconfig. An encrypted one only the device itself can read; ask whoever made it for the one that is not encrypted.

client-settings-address = { $path } does not say for which address it is
    .why = Such a file holds for every address of a domain, or leaves the address out. The user name and the servers depend on it.
    .cure = Give the mail address in front of the options.

client-fix-unsafe = The settings of { $host } are not changed by themselves
    .why = TLS, the encryption of the connection, is not part of the change. Password and mail could still be read on the way, so it is not made. Nothing was changed.
    .cure = Follow the findings above: first the encryption, then the rest. If the server does not offer it, ask the mail provider for its present settings.

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
