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

backup-begun = The copy begins; mail that comes from now on is not in it.
backup-step = { $percent } % …
backup-done = { $messages } messages and { $accounts } accounts are in { $dir }, { $bytes } bytes. { $waiting } recipients waited for other servers.
backup-restored = { $messages } messages and { $accounts } accounts are in { $dir } again, as they were on { $time }.
backup-waiting = { $count } recipients waited for other servers at that time; their mail will be sent again. "hikyaku queue list" shows it, "hikyaku queue remove" takes out what has been sent since.
verify-sound = Sound: { $messages } messages, { $bytes } bytes, { $files } of them in files of their own.
