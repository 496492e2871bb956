# What the commands say. Causes have their own words in crates/cause/locales.

serve-ready = Ready. Listening:
serve-no-certificate = No certificate is configured: nobody can sign in, and mail from other servers comes unencrypted. Name one under [tls] certificates.

try-accounts = Accounts:
try-files = Their passwords are in { $dir }/accounts.json, which only you can read. Everything is kept in { $dir }.
try-fails = Mail to unknown@fails.test, full@fails.test and others fails on cue; `hikyaku try --list-failures` lists them.
try-failures = Mail to these addresses fails on cue, by the real queue; reports come within a minute or two, and what is taken is thrown away:
try-example = Try it, for example with swaks:
    swaks --server 127.0.0.1:2465 --tls-on-connect --tls-verify --tls-ca-path { $dir }/authority.pem \
      --auth PLAIN --auth-user taro@edo.test --from taro@edo.test --to hanako@kyoto.test

check-config-good = { $file } is in order.
check-config-no-certificate = It names no certificate: nobody will be able to sign in.

domain-added = { $domain } is served now.

account-added = { $address } has an account now.
account-password-set = The new password of { $address } is in force; the old one no longer works.
account-language-set = What the system writes to { $address } is in { $language } from now on.
account-language-ja = Japanese
account-language-en = English
account-language-both = Japanese and English
account-disabled = { $address } is disabled: no sign-in, no new mail. What is in the mailbox stays.
account-enabled = { $address } works again.
account-state-active = active
account-state-disabled = disabled
account-holds = { $messages } messages, { $bytes } bytes
password-prompt = Password (it is not shown):

setup-written = The configuration is { $file }.
    The first account is { $address }; its password is in { $secret }, which only you can read.
    Put it into your password keeper, then delete the file.
setup-records = Publish these DNS records where your domain is managed. 192.0.2.1 and 2001:db8::1 stand for the public addresses of this server.
setup-next = Then start it:
    hikyaku serve --config { $file }

record-a = The IPv4 address of this server.
record-aaaa = The IPv6 address of this server. Leave it out if it has none.
record-mx = Tells other servers that mail for your domain goes to this server.
record-spf = Says that only this server sends mail for your domain (SPF), so that forgeries are noticed.
record-dkim = Lets other servers check the signature (DKIM) on your domain's mail. Some DNS forms want the text in one piece: then leave out the quotation marks and the space between them.
record-dmarc = Asks other servers to treat forgeries as spam and to send reports (DMARC).
record-submissions = Lets mail programs find where to send: port 465, with TLS.
record-pop3s = Lets mail programs find where to fetch: port 995, with TLS.
record-ptr = The name that belongs to the address. The provider of your line or server sets it. Without it many servers refuse your mail.

trace-message = Message { $id }
trace-came = { $time }  from { $sender }, handed in by { $peer } ({ $service }, { $tls })
trace-came-from-account = { $time }  from { $sender }, handed in by { $account } at { $peer } ({ $service }, { $tls })
trace-verdict = Sender checked: { $found }
trace-no-tls = not encrypted
trace-stored = { $address }: in the mailbox of { $mailbox }.
trace-failed = { $address }: refused.
trace-given-up = { $address }: not delivered, and no longer tried.
trace-queued = { $address }: waits for its first attempt.
trace-deferred = { $address }: not delivered yet; next attempt { $next }.
trace-held = { $address }: held; it is not tried for now.
trace-accepted = { $address }: the recipient's mail server has accepted it. (That it has been read, or stands in the mailbox, nobody but that server can tell.)
trace-expired = { $address }: given up after the time allowed.
attempt-accepted = { $time }  { $host } [{ $peer }] ({ $tls }) accepted it: { $reply }
attempt-refused = { $time }  { $host } [{ $peer }] ({ $tls }) refused it: { $reply }
attempt-broken = { $time }  { $host } [{ $peer }] could not be reached, or the connection broke.
attempt-not-tried = { $time }  no server could be tried.
attempt-in-doubt = { $time }  { $host } [{ $peer }]: cut off before the last answer was on record. The server may have taken it; it is sent again, so it may arrive twice.
attempt-cut-off = { $time }  this server was cut off while it was sending. The other server may have taken the mail; it is sent again, so it may arrive twice.
attempt-removed = { $time }  taken out of the queue by the administrator.
attempt-plan = Servers planned for: { $plan }
queue-empty = The queue is empty.
queue-cut = { $shown } of { $all } recipients are shown; --limit shows more.
queue-verdict = Attention: { $title } ({ $code }; "hikyaku explain { $code }" says what to do)
queue-message = { $id }  { $time }  from { $sender }, { $octets } bytes
queue-now = now
queue-queued = { $address }: waits, next attempt { $next }.
queue-deferred = { $address }: tried { $attempts } times, next attempt { $next }.
queue-held = { $address }: held.
queue-hold = Held: { $count } recipients.
queue-release = Released: { $count } recipients.
queue-retry = Tried again now: { $count } recipients.
queue-remove = Removed: { $count } recipients.
trace-fetched = { $time }  fetched from { $peer }
trace-deleted = { $time }  deleted from { $peer }

doctor-password = With the password of { $address }, signing in is tried as well. It is not shown. Press Enter to leave it out.
doctor-settings = Looking for the right servers …
doctor-servers = Asking the servers …
doctor-sign-in = Signing in …
doctor-sending = Sending a mail to you, and looking for it …
doctor-no-settings = For { $address } no server was found at which everything is sound. Run it without --export to see why.
doctor-set = Set up for { $address } ({ $label }):
doctor-set-password = { "  " }{ $protocol }: { $server }, user name { $user }, with a password
doctor-set-encrypted-password = { "  " }{ $protocol }: { $server }, user name { $user }, with an encrypted password
doctor-set-oauth2 = { "  " }{ $protocol }: { $server }, user name { $user }, signed in through the browser (OAuth2); no password is asked for
doctor-set-none = { "  " }{ $protocol }: { $server }, no sign-in
doctor-set-other = { "  " }{ $protocol }: { $server }, user name { $user }, another way of signing in
doctor-fix = Settings of Thunderbird to change:
doctor-fix-edit = { "  " }{ $name }: { $from } -> { $to }
doctor-fix-ask = Change them now? A copy of the old file is kept. (y/N)
doctor-fix-nothing = There is nothing to change in Thunderbird's settings.
doctor-fix-unasked = Nothing was changed: nobody could be asked. Run it at a terminal, or add --yes.
doctor-fix-declined = Nothing was changed.
doctor-fix-left = Please change this in Thunderbird itself, since its mail folders hang on it: { $field }: { $from } -> { $to }
doctor-fix-done = The settings are changed. Start Thunderbird and send a mail to yourself.
doctor-fix-undo = To undo it, close Thunderbird and run: cp -p '{ $copy }' '{ $file }'
bounce-progress = { $count } mails read …
bounce-summary = { $seen } mails read; { $bounces } recipients whose mail came back.
bounce-times = * { $count } times
bounce-said = { "  " }answer ({ $count }): { $said }
bounce-example = { "  " }for example: { $who }
bounce-looking = { $count } things are looked up …
bounce-looked = { "  " }found out besides:
bounce-sound = { "  " }right: { $title } ({ $code })
bounce-origins = Of these, { $ours } went out through your servers, { $forged } only bear your address, and of { $unknown } it cannot be told.

error-paste = Paste the text, then press Ctrl-D.
error-account = YOUR-ADDRESS

# The conversation.
talk-begin = I ask at most { $most } short questions. Nothing is looked up or sent anywhere before you say yes.
talk-keys = A number or words. You can paste what the screen says at any question. ? why I ask, b back, q leave.
talk-understood = Understood: { $asked } { $said }
talk-kept = I cannot read a cause from that. It is kept for the help desk, and I ask on.
talk-unread = I cannot read an answer from that. It is kept for the help desk. Please choose a number; 0 if you don't know.
talk-first = This is the first question.
talk-not-an-address = This is not a mail address. It has one @, like taro@example.jp; 0 to go on without it.
talk-check = Shall I look at the account now? I ask the DNS for { $domain } and connect to its mail servers from here; no mail is sent. It tells most on the device and line where it fails. (y/N)
talk-server = Which name is set as the outgoing server (SMTP)? For example smtp.example.jp. Press Enter if you don't know.
talk-bundle = Shall I keep everything for a help desk in { $file }? There is no password in it, and what stands before the @ of addresses is masked. Nothing is sent. (y/N)
talk-left = You have left the conversation; nothing was changed.

bundle-title = A report for the help desk, by hikyaku
bundle-addresses-masked = There is no password in it. What stands before the @ of addresses is masked. Please read it before you hand it on.
bundle-addresses-full = There is no password in it. Addresses are as they are. Please read it before you hand it on.
bundle-answers = What was asked and said
bundle-report = What it points to
bundle-data = Everything, for specialists
bundle-written = Kept for the help desk: { $file } (only you can read it)

# Copies.
backup-begun = The copy begins; mail that comes from now on is not in it.
backup-step = { $percent } % …
backup-done = { $messages } messages and { $accounts } accounts are in { $dir }, { $bytes } bytes. { $waiting } recipients waited for other servers.
backup-restored = { $messages } messages and { $accounts } accounts are in { $dir } again, as they were on { $time }.
backup-waiting = { $count } recipients waited for other servers at that time; their mail will be sent again. "hikyaku queue list" shows it, "hikyaku queue remove" takes out what has been sent since.
verify-sound = Sound: { $messages } messages, { $bytes } bytes, { $files } of them in files of their own.
