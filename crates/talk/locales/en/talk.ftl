# The guided conversation.

answer-unknown = I don't know
answer-none = No message, or I don't have it
answer-without = Go on without it

ask-what = What does not work?
    .why = Sending and receiving use different servers and settings. So this tells half of the possible causes apart.
answer-what-send = Sending only; receiving works
answer-what-receive = Receiving only; sending works
answer-what-both = Neither sending nor receiving
answer-what-returned = A mail I sent came back
answer-what-spam = My mail is filed as spam, or is not seen there
answer-what-strange = Strange mails go out in my name
answer-what-warning = Mail works, but a warning about a certificate appears
answer-what-slow = The mail program is slow or does not start
answer-what-device = A copier, a NAS or a web form does not send
answer-what-late = Mail arrives, but hours late

ask-late = Which mails are late?
    .why = A mail passes several servers, one after the other. Which mails are late tells where they had to wait.
answer-late-notice = I got a notice that it is not delivered yet and is tried on
answer-late-first = Only the first mail to or from somebody new
answer-late-received = Mails that I receive
answer-late-sent = Mails that I send reach others late

ask-message = Which message do you see? Paste it with all its numbers (or the whole mail that came back).
    .why = The words and numbers often name the cause by themselves. Passwords in them are covered.
answer-message-given = (a text)

ask-machine = What is it that does not send?
    .why = Devices have settings of their own and often know less than a mail program.
answer-machine-copier = A copier or scanner
answer-machine-nas = A NAS (network storage)
answer-machine-form = A form on a web site
answer-machine-other = Another device

ask-web = Do web pages open on the same device?
    .why = If they do not, it is the line or the network and not mail.
answer-web-yes = Yes
answer-web-no = No
answer-web-portal = A page that wants me to sign in or agree appears

ask-where = Is it on a computer or on a phone?
    .why = A phone has places of its own to look at, such as flight mode and mobile data.
answer-where-pc = A computer
answer-where-phone = A phone or tablet
answer-where-both = Both

ask-signal = What does the top of the phone's screen show?
    .why = The small signs tell whether the phone has a connection at all.
answer-signal-plane = An aeroplane
answer-signal-none = No service, or no bars
answer-signal-bars = Bars, as always
answer-signal-wifi = Only the sign of Wi-Fi

ask-changed = What changed shortly before it began?
    .why = What worked yesterday and fails today fails for a reason. A new line or provider, a new password, an update or a new computer are the commonest.
answer-changed-line = The Internet line, its provider, or the router
answer-changed-password = A password
answer-changed-update = An update of the system or the mail program
answer-changed-machine = A new computer or phone, or settings entered anew
answer-changed-security = Security software was installed or updated
answer-changed-nothing = Nothing, as far as I know

ask-recipients = Is it with all recipients?
    .why = With one recipient only, the cause is mostly the address or the other side. With all of them it lies on your side.
answer-recipients-all = With all
answer-recipients-one = With one only
answer-recipients-some = With some, for example all at one company

ask-short = Send yourself a short mail without an attachment. Does it go out?
    .why = If the short one goes out, settings and line are in order, and the other mail is too large or has something in it that is refused.
answer-short-yes = Yes
answer-short-no = No

ask-port = Which port number is set for the outgoing server (SMTP)?
    .why = A port is a numbered door of a machine. Some of these doors are closed on many lines. The number stands beside the name of the outgoing server in the account settings.
answer-port-25 = 25
answer-port-465 = 465
answer-port-587 = 587
answer-port-other = Another number

ask-sent = In webmail, does "Sent" hold mails that you did not write?
    .why = This tells whether somebody uses your password, or only your name on the envelope.
answer-sent-yes = Yes, or I can no longer sign in
answer-sent-no = No

ask-quantity = Did you send a lot in a short time, such as a newsletter?
    .why = Providers limit how much may be sent in an hour or a day.
answer-quantity-yes = Yes
answer-quantity-no = No

ask-date = Are date and time of the device right?
    .why = Certificates (the digital identity cards of servers) hold between two dates. With a wrong clock good ones look bad.
answer-date-right = Right
answer-date-wrong = Wrong

ask-place = Where are you connected?
    .why = Other networks let other things through: a hotel or a phone's hotspot is not your line at home.
answer-place-home = At home, on my own line
answer-place-out = Away: hotel, café, hotspot, somebody else's Wi-Fi
answer-place-office = In an office or school

ask-other = Does the same address work on another device, or in webmail?
    .why = If it works there, the provider and the password are in order, and the cause is on this device or line.
answer-other-works = It works there
answer-other-fails = It fails there too

ask-space = Does anything say that there is no room left?
    .why = A full mailbox or a full device takes no new mail.
answer-space-no = No
answer-space-mailbox = Yes, the mailbox (webmail or the provider says so)
answer-space-device = Yes, the device

ask-since = Since when?
    .why = What has just begun is often a disturbance that passes; what never worked is mostly a setting.
answer-since-today = Today
answer-since-days = A few days
answer-since-weeks = Weeks or longer
answer-since-new = It never worked

ask-client = Which mail program do you use?
    .why = So that the steps name the right menus. Very old programs are a cause by themselves.

ask-address = Which is the mail address? (never type a password here)
    .why = With the address this program can look at the account's servers, if you want that. The part after the @ also tells which settings are right. Nothing is looked up before you say yes.

end-check = Your answers leave several causes open. A look at the account from here tells them apart.
end-desk = Your answers do not tell the cause. Somebody who knows more should look at it.

checklist-network = First the network, one thing after the other:
    .steps =
        Is the cable in, or is Wi-Fi on and connected?
        Is the router on? Switch its power off, wait a minute, switch it on again.
        Does another device have a connection on the same line? If so, restart this one.
        Does nothing work on this line? Look at the provider's status page over another line (a phone), or call them.
        Leave the mail settings as they are. They are not the cause.
checklist-phone = First the phone, one thing after the other:
    .steps =
        Is flight mode on? Switch it off.
        Is mobile data (the mobile network) on?
        No service? Go to another place, and look at the carrier's status page.
        Is there room left on the phone? Delete what you do not need, such as old pictures.
        Restart the phone. If the SIM card can be taken out, take it out once and put it back.
        Leave the mail settings as they are. They are not the cause.
checklist-phone-mail = On a phone, look at these as well:
    .steps =
        Switch Wi-Fi off for a moment and try over the mobile network. If mail works then, the Wi-Fi's line is the cause.
        Is there room left on the phone?
        Bring the mail app up to date and restart the phone.
