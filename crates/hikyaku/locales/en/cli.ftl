# What the commands say. Causes have their own words in crates/cause/locales.

output-failed = Standard output could not be written: { $why }. Something of the answer is missing.

usage-unknown = There is no "{ $what }" here.
usage-command = There is no command "{ $what }".
usage-missing = Missing: { $what }
usage-either = { $list } or { $last }
usage-value = "{ $value }" is no value for { $what }.
usage-empty = { $what } needs a value.
usage-conflict = { $what } and { $other } do not go together.
usage-twice = { $what } stands there twice; once is enough.
usage-no-value = { $what } takes no value, and has "{ $value }".
usage-no-command = { $command } needs a command behind it.
usage-letters = Something of this is no UTF-8 text.
usage-stray = Options of the conversation stand before a command: put them behind it, or leave the command out.
usage-nearest = Nearest: { $nearest }
usage-values = Possible values: { $values }
usage-commands = Commands: { $commands }
usage-form-number = It is a whole number, 0 or more.
usage-form-most = It is a whole number, 0 to { $most }.
usage-form-address = It is IP:PORT. For example: 192.0.2.53:53 or [2001:db8::53]:53.
usage-form-host = It is HOST:PORT. For example: www.example.jp:443.
usage-form-server = It is HOST:PORT, with /tls, /starttls or /plain where the port does not say it. For example: smtp.example.jp:465/tls
usage-form-language = It is ja (Japanese) or en (English).
usage-why = ({ $why })
usage-config = A configuration file is named behind --config.
usage-form = Usage: { $usage }
usage-example = Example:
usage-more = All options: { $command } --help

serve-ready = Ready. Listening:
serve-no-certificate = No certificate is configured: nobody can sign in, and mail from other servers comes unencrypted. Name one under [tls] certificates.

try-accounts = Accounts:
try-files = Their passwords are in { $dir }/accounts.json, which only you can read. Everything is kept in { $dir }.
try-fails = Mail to unknown@fails.test, full@fails.test and others fails on cue; `hikyaku try --list-failures` lists them.
try-failures = Mail to these addresses fails on cue, by the real queue; reports come within a minute or two, and what is taken is thrown away:
try-example = Try it, for example with swaks:
    swaks --server { $server } --tls-on-connect --tls-verify --tls-ca-path { $dir }/authority.pem \
      --auth PLAIN --auth-user taro@edo.test --from taro@edo.test --to hanako@kyoto.test

check-config-good = { $file } is in order.
check-config-no-certificate = It names no certificate: nobody will be able to sign in.

alias-added = Mail for { $address } goes to { $target } now.
alias-removed = Mail for { $address } does not go to { $target } any more.
alias-here = (on this server)
alias-away = (on another server)
forwarded-from = [forwarded from { $via }]
domain-added = { $domain } is served now.
domain-removed = { $domain } is not served any more.
domain-catch-all = Mail for addresses that nobody has at { $domain } goes to { $target } now.
domain-catch-all-none = Mail for addresses that nobody has at { $domain } is refused now.
domain-list-catch-all = (addresses that nobody has: { $target })

account-added = { $address } has an account now.
account-scram-on = { $address } may sign in by SCRAM-SHA-256 as well.
account-scram-off = { $address } does not sign in by SCRAM any more.
account-scram-some = Some accounts have SCRAM and others do not (without it: { $accounts }). It is offered to all of them, and mail programs that prefer it cannot sign in to those without: turn it on for every account, or have those programs use the method PLAIN ("normal password").
account-password-set = The new password of { $address } is in force; the old one no longer works.
account-language-set = What the system writes to { $address } is in { $language } from now on.
account-language-ja = Japanese
account-language-en = English
account-language-both = Japanese and English
account-disabled = { $address } is disabled: no sign-in, no new mail. What is in the mailbox stays.
account-enabled = { $address } works again.
account-state-active = active
account-state-disabled = disabled
account-holds = { $messages ->
        [one] { $messages } message
       *[other] { $messages } messages
    }, { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }
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
record-mta-sts = Tells other servers that there is a promise of encryption, and which one (MTA-STS).
record-mta-sts-host = Lets other servers fetch that promise from this host, over HTTPS.
record-tls-report = Asks other servers to report daily how encryption with this host went (TLS-RPT).
record-submissions = Lets mail programs find where to send: port 465, with TLS.
record-pop3s = Lets mail programs find where to fetch: port 995, with TLS.
record-ptr = The name that belongs to the address. The provider of your line or server sets it. Without it many servers refuse your mail.
record-tlsa = Only where your domain's names are signed (DNSSEC): lets other servers tell this server from a false one by its key (DANE). It belongs to the key: before the certificate gets a new key, publish the record of the new one beside it and wait a day. A record that fits no more stops mail to you.

trace-message = Message { $id }, Message-ID { $message }
trace-message-unnamed = Message { $id }, without a Message-ID
trace-message-refused = Mail that was not taken in, Message-ID { $message }
trace-message-refused-unnamed = Mail that was not taken in
trace-cut = Of { $all ->
        [one] { $all } message
       *[other] { $all } messages
    }, the newest { $shown } { $shown ->
        [one] is
       *[other] are
    } shown. --limit shows more; with the id or the Message-ID of one, that one alone is shown.
trace-came = { $time }  from { $sender }, handed in by { $peer } ({ $service }, { $tls })
trace-came-from-account = { $time }  from { $sender }, handed in by { $account } at { $peer } ({ $service }, { $tls })
trace-verdict = Sender checked: { $found }
trace-no-tls = not encrypted
trace-tls-field-heeded = Its sender puts arrival before encryption (header field "TLS-Required: No"): it goes even where what the recipient's domain has promised of its encryption is not kept. Encryption is used wherever it can be had.
trace-tls-field-overruled = Its header says "TLS-Required: No", but it was handed in as mail that must stay encrypted. That counts.
trace-tls-field-several = Its header has the field "TLS-Required" more than once. None of them counts, and promises of encryption hold.
trace-tls-field-malformed = Its header has the field "TLS-Required" with a value other than "No". It does not count, and promises of encryption hold.
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
attempt-put-off = { $time }  { $host } [{ $peer }] ({ $tls }) asked for it later: { $reply }
attempt-not-handed = { $time }  { $host } [{ $peer }] ({ $tls }) could not be handed it.
attempt-turned-away = { $time }  { $host } [{ $peer }] broke off with: { $reply }
attempt-broken = { $time }  { $host } [{ $peer }] could not be reached, or the connection broke.
attempt-not-tried = { $time }  no server could be tried.
attempt-in-doubt = { $time }  { $host } [{ $peer }]: cut off before the last answer was on record. The server may have taken it; it is sent again, so it may arrive twice.
attempt-cut-off = { $time }  this server was cut off while it was sending. The other server may have taken the mail; it is sent again, so it may arrive twice.
attempt-removed = { $time }  taken out of the queue by the administrator.
attempt-no-policy = The domain promises encryption (MTA-STS), and its policy could not be fetched; the mail went as if there were none: { $why }
attempt-plan = Servers planned for: { $plan }
queue-empty = The queue is empty.
queue-none = Nothing that waits fits that.
queue-cut = Of { $all ->
        [one] { $all } recipient
       *[other] { $all } recipients
    }, { $shown } { $shown ->
        [one] is
       *[other] are
    } shown; --limit shows more.
queue-verdict = Attention: { $title } ({ $code }; "hikyaku explain { $code }" says what to do)
queue-message = { $id }  { $time }  from { $sender }, { $octets ->
        [one] { $octets } byte
       *[other] { $octets } bytes
    }
queue-now = now
queue-rests = when its server is tried again, which rests after a failure
queue-queued = { $address }: waits, next attempt { $next }.
queue-deferred = { $address }: tried { $attempts ->
        [one] once
       *[other] { $attempts } times
    }, next attempt { $next }.
queue-held = { $address }: held.
queue-hold = Held: { $count ->
        [one] { $count } recipient
       *[other] { $count } recipients
    }.
queue-release = Released: { $count ->
        [one] { $count } recipient
       *[other] { $count } recipients
    }.
queue-retry = Tried again now: { $count ->
        [one] { $count } recipient
       *[other] { $count } recipients
    }.
queue-remove = Removed: { $count ->
        [one] { $count } recipient
       *[other] { $count } recipients
    }.
queue-hold-already = Nothing to do: { $count ->
        [one] the recipient is
       *[other] all { $count } recipients are
    } held already.
queue-release-already = Nothing to do: { $count ->
        [one] the recipient is not held by the administrator.
       *[other] of { $count } recipients, none is held by the administrator.
    } What is held because its account is closed goes when the account is opened.
queue-retry-already = Nothing is tried: { $count ->
        [one] the recipient is held. "hikyaku queue release" lets it go.
       *[other] all { $count } recipients are held. "hikyaku queue release" lets them go.
    }
queue-remove-ask = Everything that waits, from all senders, will be removed: { $count ->
        [one] { $count } recipient
       *[other] { $count } recipients
    }. Nobody is told, and it cannot be undone. Remove it? (y/N)
queue-remove-unasked = Nothing was removed: nobody could be asked. Run it at a terminal, or add --yes.
queue-remove-declined = Nothing was removed.
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
bounce-progress = { $count ->
        [one] { $count } mail
       *[other] { $count } mails
    } read …
bounce-summary = { $seen ->
        [one] { $seen } mail
       *[other] { $seen } mails
    } read; { $bounces ->
        [one] { $bounces } recipient
       *[other] { $bounces } recipients
    } whose mail came back.
bounce-times = * { $count ->
        [one] once
       *[other] { $count } times
    }
bounce-said = { "  " }answer ({ $count }): { $said }
bounce-example = { "  " }for example: { $who }
bounce-looking = { $count ->
        [one] { $count } thing is
       *[other] { $count } things are
    } looked up …
bounce-looked = { "  " }found out besides:
bounce-sound = { "  " }right: { $title } ({ $code })
bounce-origins = Of these, { $ours } went out through your servers, { $forged } only bear your address, and of { $unknown } it cannot be told.

error-paste = Paste the text, then press Ctrl-D.
error-account = YOUR-ADDRESS

# The conversation.
talk-begin = I ask at most { $most ->
        [one] { $most } short question
       *[other] { $most } short questions
    }. Nothing is looked up or sent anywhere before you say yes.
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
backup-done = { $messages ->
        [one] { $messages } message
       *[other] { $messages } messages
    } and { $accounts ->
        [one] { $accounts } account
       *[other] { $accounts } accounts
    } are in { $dir }, { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }. { $waiting ->
        [one] { $waiting } recipient
       *[other] { $waiting } recipients
    } waited for other servers.
backup-restored = { $messages ->
        [one] { $messages } message
       *[other] { $messages } messages
    } and { $accounts ->
        [one] { $accounts } account
       *[other] { $accounts } accounts
    } are in { $dir } again, as they were on { $time }.
backup-waiting = { $count ->
        [one] { $count } recipient
       *[other] { $count } recipients
    } waited for other servers at that time; their mail will be sent again. "hikyaku queue list" shows it, "hikyaku queue remove" takes out what has been sent since.
verify-sound = Sound: { $messages ->
        [one] { $messages } message
       *[other] { $messages } messages
    }, { $bytes ->
        [one] { $bytes } byte
       *[other] { $bytes } bytes
    }, { $files ->
        [one] { $files } message in a file of its own.
       *[other] { $files } messages in files of their own.
    }
verify-no-checksums = Looked at: the database, whether it fits together, and each mail in its length. There are no checksums of the content of mails: a change within it would not be found. Backups have them from the moment they are made.

# Reports on encryption
tls-reports-none = No reports have come. Others send one a day where the record at _smtp._tls asks for it.
tls-reports-no-outgoing = Nothing was counted for reports to other domains.
tls-reports-waiting = Reports are being sent just now by the server or by another command. This command goes on once they have left.
tls-reports-sent-meanwhile = The reports have just been sent. Nothing else is left to send.
tls-report-received = { $domain }: reported by { $from }, { $start } to { $end } ({ $signed })
tls-report-signed = signed by { $domain }
tls-report-unsigned = without a signature that holds: anybody may have written it
tls-report-outgoing = { $domain }: { $start } to { $end }
tls-report-sessions = { $successful ->
        [one] { $successful } connection was encrypted as it should be
       *[other] { $successful } connections were encrypted as they should be
    }, { $failed ->
        [one] { $failed } was not.
       *[other] { $failed } were not.
    }
tls-report-failure = { $count ->
        [one] { $count } connection
       *[other] { $count } connections
    } to { $host }:
tls-report-failure-nowhere = { $count ->
        [one] { $count } connection
       *[other] { $count } connections
    } before any server was reached:
tls-report-queued = { $domain }: the report is on its way to { $to }.
tls-report-posted = { $domain }: the report was taken by { $to }.
tls-report-unwanted = { $domain }: wants no reports any more.
tls-report-failed = { $domain }: the report could not be sent to { $to }; it is tried again. { $why }
tls-result-starttls-not-supported = The mail server did not offer encryption.
tls-result-certificate-host-mismatch = The certificate is made out for another name.
tls-result-certificate-expired = The certificate has expired.
tls-result-certificate-not-trusted = The certificate comes from an issuer that is not known.
tls-result-validation-failure = The encrypted connection did not come about as promised.
tls-result-tlsa-invalid = The record in the DNS that names the certificate (TLSA) does not fit it.
tls-result-dnssec-invalid = The signatures of the DNS (DNSSEC) do not hold.
tls-result-dane-required = A certificate named in the DNS (DANE) was required, and none is there.
tls-result-sts-policy-fetch-error = The promise of encryption (MTA-STS) could not be fetched.
tls-result-sts-policy-invalid = The promise of encryption (MTA-STS) is not written as it must be.
tls-result-sts-webpki-invalid = The certificate of the host that gives out the promise of encryption (MTA-STS) does not hold.
tls-result-other = Another reason.

certificates-none = There is no certificate, and none is asked for. Name one under [tls] certificates, or let them come by themselves with [acme].
certificates-issuer = issued by { $value }
certificates-until = holds until { $value }
certificates-absent = not there yet
certificates-hand-made = put there by hand: { $value }
certificates-acme = comes and renews by itself: { $value }
certificates-next = renewed on { $value } or soon after
certificates-window = the authority would like it renewed between { $start } and { $end }
certificates-explanation = its reason: { $value }
certificates-again = tried again on { $value }
certificates-revoke-ask = The certificate of { $name } will be revoked: from then on it counts for nothing, and that cannot be undone. The running server gets another one with a new key at once. Revoke it? (y/N)
certificates-revoke-unasked = Nothing was revoked: nobody could be asked. Run it at a terminal, or add --yes.
certificates-revoke-declined = Nothing was revoked.
certificates-revoke-done = The certificate of { $name } is revoked. Waiting for the one that takes its place.
certificates-revoke-served = The revoked certificate stays in use until another one has come. A server that is not running gets it as soon as it starts.
certificates-revoke-ask-superseded = The running server gets another certificate for { $name } with the same key. Then the one of now will be revoked: it counts for nothing from then on, and that cannot be undone. Go on? (y/N)
certificates-revoke-replacing = Waiting for the certificate of { $name } that takes the place of the one of now.
certificates-revoke-not-replaced = Nothing was revoked: no other certificate of { $name } has come. The one of now stays in use.
certificates-revoke-former = The former certificate of { $name } is revoked. Another one with the same key was in use before that.
certificates-revoke-new-key = The new certificate has a new key. Where a TLSA record (DANE) is published for { $name }, it must change: "hikyaku domain records" prints it.
certificates-account-key = The account with { $value } has a new key. The old one is of no use any more.
certificates-account-none = There is no account with { $value } yet. The first certificate makes one.
certificates-not-running = No server has seen the wish within ten seconds. It is renewed when the server starts.
