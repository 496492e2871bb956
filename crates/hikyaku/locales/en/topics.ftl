# The short pages of `hikyaku explain`, and the words they use. A mark like <port> is explained where it stands first on a page.

topic-smtp = How mail gets there
    .page =
        Think of letters: the mail program writes, the <server> is the post office.
        1. The mail program hands a mail to your provider's <server>. The rules for that are called <smtp>.
        2. That <server> looks up what stands after the @ (the <domain>) in the <dns>, and finds the <server> to deliver to.
        3. The two hand the mail over, by <smtp> again.
        4. The mail is laid into a <mailbox>. The other person reads it by <pop> or <imap>.
        Sending and receiving go to different places by different rules. This is why receiving can work while sending fails.

topic-ports = Ports: the building and its rooms
    .page =
        An <ip> is like the address of a building, a <port> like the number of a room in it. The rooms are at the mail <server>, not in your computer; the mail program goes there.
        An address need not mean one computer: at home or at work many usually share one.
        - 465: the room for handing in mail, encrypted from the start.
        - 587: the room for handing in mail, encrypted by <starttls>.
        - 995: the room for fetching by <pop>, encrypted from the start.
        - 993: the room for reading by <imap>, encrypted from the start.
        - 25: the room where one <server> meets another. It is not meant for mail programs.
        - 110 and 143: the old rooms for fetching. By themselves they are not protected.
        Number and kind of encryption belong together: the right number with the wrong kind does not open.

topic-submission = Submission: handing in mail
    .page =
        Submission is the entrance for mail that people write, at your provider's <server>. Its <port> is 465 or 587.
        You show who you are with user name and password. So nobody else can misuse it, and it works from any line.
        Three settings of the mail program have to fit:
        1. The <port>: 465 with "SSL/TLS", or 587 with "<starttls>".
        2. "The outgoing server requires authentication" is on.
        3. The user name is as your provider says; mostly the whole mail address.
        If sign-in is forgotten, the answer is "530" or "Relay access denied".

topic-op25b = OP25B: port 25 is blocked
    .page =
        Many a <line> stops connections from homes to <port> 25 of other servers. This is called OP25B (outbound port 25 blocking). It keeps infected computers from spreading spam directly.
        What counts is the number of the room, not the kind of address. Your address stays; 465 or 587 sends it.
        - Receiving uses other numbers and goes on. Web pages open as well.
        - This is why sending stops all at once after a change of line, with a phone's hotspot, or in a hotel.
        - Among servers 25 is still in use. It has not been abolished.
        The cure: set the outgoing <port> to 465 (SSL/TLS) or 587 (<starttls>), and turn on sign-in for sending.

topic-pop = POP: fetching mail
    .page =
        <pop> is the way a mail program fetches what has arrived in the <mailbox>, like picking up parcels at a post office.
        1. It connects to <port> 995, encrypted from the start.
        2. It shows user name and password.
        3. It takes the mail and, if set so, deletes it from the <server>.
        The other <server> laid the mail there; <pop> only hands it out.
        With two devices, have the mail program leave a copy on the server. Leaving too much fills the <mailbox>.

topic-imap = IMAP: reading mail where it is
    .page =
        <imap> leaves mail on the <server>; computer and phone look into the same box.
        It uses <port> 993, encrypted from the start.
        - What is deleted on one device is gone on all.
        - Mail piles up in the <mailbox>: mind its size.
        - Some providers want <imap> to be switched on at their web site first, or a password of its own.
        It is for receiving. Sending uses the entrance of <smtp> (465 or 587) beside it.

topic-dns = DNS: names and addresses
    .page =
        The <dns> is the Internet's directory. From a name like mail.example.jp it finds the <ip>.
        For mail it tells more:
        - MX: which <server> takes mail for a <domain>.
        - SPF, DKIM, DMARC: who may send in the name of a <domain>.
        "Server not found" means that the name in the mail program is misspelt, or that the <dns> cannot be reached.
        "Host unknown" and "Domain not found" mean what stands after the @ of the recipient. Compare it letter by letter.

topic-tls = TLS: so that nobody reads along
    .page =
        <tls> wraps a connection in encryption and checks that the other side is the real one. "SSL" nowadays means <tls> as well.
        There are two ways to begin:
        - "SSL/TLS": encrypted from the start, at <port> 465, 995 and 993.
        - "<starttls>": connected first, then switched to encryption, at 587.
        Whether the other side is real is told by its <certificate>. When a warning appears, do not go past it: look at the reason.
        Old mail programs and copiers cannot speak the newer versions (1.2 and later). When they no longer connect, it is time for an update or a new one.

topic-certificate = Certificates: a server's identity card
    .page =
        A <certificate> holds the name of a <server>, its dates and its issuer. A mail program checks all three at every connection.
        - The name differs: the server name in the settings is old, or another machine answers. Correct it as your provider says.
        - It has run out: check the clock of the device. If it is right, the provider has to renew.
        - The issuer is not known: the device lacks updates, or security software looks into the connection. Bring that software up to date.
        If it is none of these, somebody may have stepped in between. Do not type your password, and ask your provider.

topic-bounce = Bounces: when mail comes back
    .page =
        When mail cannot be delivered, a <server> sends word to whoever wrote it. The sender is "Mailer-Daemon" or "Mail Delivery System".
        This is not the same as an error on the screen. That happens before your provider's <server> has taken the mail; a bounce happens afterwards.
        Usual reasons
        - User unknown: what stands before the @ is wrong. Japanese carriers say the same when the recipient refuses.
        - Host unknown: what stands after the @ (the <domain>) is wrong.
        - Mailbox full: the other <mailbox> is full.
        - Message size: the attachment is too large.
        "Delayed" and "Warning" mean that it is still being tried. Do not send it again.
        Give it to `hikyaku doctor bounce`: it says why, and what to do.

topic-blacklist = Blacklists: where spam came from
    .page =
        A <blacklist> names the <ip> of each <server> that sent spam. A receiving <server> may look there and refuse.
        What is listed is the address of the machine that sent. It is neither what stands after your @ nor the address of your web site.
        When you are on one
        1. Stop the cause first: a stolen password, an infected device, a forwarding nobody knows of.
        2. When it has stopped, ask on the page of that list to be removed.
        3. It mostly takes hours to days. If the cause is still there, the entry comes back.
        Addresses of home lines are listed from the beginning as ones that do not send directly. That is as it should be: mail handed in at 465 or 587 is not concerned.

topic-hijack = Hijacked: when somebody uses your password
    .page =
        Mail you never wrote, a flood of bounces, sending stopped all at once: somebody may be sending with your password.
        It may also be that only your name was borrowed. The sent folder, and where the returned mails began, tell which.
        If it was used, do this in order:
        1. Set a new, long password from another, clean device.
        2. Look for forwarding, automatic answers and contact addresses that are not yours.
        3. Scan the device with security software.
        4. Change it at other services where it was the same.
        5. Call your provider, and warn those who got the mail.
