# コマンドが話す言葉です。原因の説明は crates/cause/locales にあります。

output-failed = 標準出力に書き込めませんでした：{ $why }。結果の一部またはすべてが失われています。

usage-unknown = 「{ $what }」という指定はありません。
usage-command = 「{ $what }」というコマンドはありません。
usage-missing = 必要な指定が足りません：{ $what }
usage-either = { $list }, { $last }のどれか一つ
usage-value = { $what }に「{ $value }」は使えません。
usage-empty = { $what }のあとに値を書いてください。
usage-conflict = { $what }と{ $other }は、いっしょには使えません。
usage-twice = { $what }が二つ以上あります。一つにしてください。
usage-no-value = { $what }に値は付けられません（「{ $value }」が付いています）。
usage-no-command = { $command }のあとに、コマンドを書いてください。
usage-letters = UTF-8（文字の表し方の一つ）として読めない文字が入っています。
usage-stray = 質問に答えて進むときのオプションが、コマンドの前にあります。コマンドのあとに書くか、コマンドを書かずに実行してください。
usage-nearest = いちばん近いもの：{ $nearest }
usage-values = 使える値：{ $values }
usage-commands = 書けるコマンド：{ $commands }
usage-form-number = 0以上の整数を書いてください。
usage-form-most = 0から{ $most }までの整数を書いてください。
usage-form-address = 「IPアドレス:番号」の形で書いてください。例：192.0.2.53:53、[2001:db8::53]:53
usage-form-host = 「名前:番号」の形で書いてください。例：www.example.jp:443
usage-form-server = 「名前:番号」の形で書いてください。必要なら、そのあとに/tls、/starttls、/plainのどれかを付けます。例：smtp.example.jp:465/tls
usage-form-language = ja（日本語）かen（英語）を書いてください。
usage-why = （詳細：{ $why }）
usage-config = 設定ファイルの名前は、--configのあとに書いてください。
usage-form = 書き方：{ $usage }
usage-example = 例：
usage-more = すべての使い方：{ $command } --help

serve-ready = 準備ができました。次のアドレスで待ち受けています。
serve-no-certificate = 証明書（サーバーの身分証）が設定されていません。このままでは誰もログインできず、ほかのサーバーからのメールも暗号化されません。設定ファイルの[tls] certificatesに証明書を書いてください。

try-accounts = 試せるアカウント:
try-files = パスワードは「{ $dir }/accounts.json」にあります（あなただけが読めます）。データはすべて「{ $dir }」に保存されます。
try-fails = unknown@fails.testやfull@fails.testなどに送ると、決まった理由でメールが戻ってきます。一覧は`hikyaku try --list-failures`で見られます。
try-failures = 次の宛先に送ると、それぞれ決まった理由でメールが戻ってきます。送信の仕組みは本物と同じです。お知らせのメールは1、2分のうちに届きます。受け付けられたメールは保存されずに捨てられます。
try-example = swaks（メール送信を試す道具）での例:
    swaks --server { $server } --tls-on-connect --tls-verify --tls-ca-path { $dir }/authority.pem \
      --auth PLAIN --auth-user taro@edo.test --from taro@edo.test --to hanako@kyoto.test

check-config-good = 「{ $file }」に問題はありません。
check-config-no-certificate = 証明書が書かれていません。このままでは誰もログインできません。

alias-added = これから、{ $address }宛てのメールは{ $target }に届きます。
alias-removed = これから、{ $address }宛てのメールは{ $target }には届きません。
alias-here = （このサーバー）
alias-away = （ほかのサーバーへ転送）
forwarded-from = ［{ $via }からの転送］
domain-added = { $domain }宛てのメールを受け取るようになりました。
domain-removed = { $domain }宛てのメールを受け取らないようになりました。
domain-catch-all = これから、{ $domain }のうち誰も使っていないアドレスへのメールは、{ $target }に届きます。
domain-catch-all-none = これから、{ $domain }のうち誰も使っていないアドレスへのメールは、受け取りません。
domain-list-catch-all = （誰も使っていないアドレスの届け先：{ $target }）

account-added = { $address }のアカウントを作りました。
account-scram-on = { $address }は、SCRAM-SHA-256（パスワードを送らずにログインする方法）でもログインできます。
account-scram-off = { $address }のSCRAMによるログインを終わりにしました。
account-scram-some = SCRAMを使えるアカウントと、使えないアカウントがあります（使えないアカウントの数：{ $accounts }）。SCRAMはすべてのアカウントに案内されるため、SCRAMを先に試すメールソフトは、使えないアカウントにログインできません。すべてのアカウントで使えるようにするか、メールソフトの認証方式を「通常のパスワード」にしてください。
account-password-set = { $address }のパスワードを変えました。前のパスワードはもう使えません。
account-language-set = これから{ $address }へのお知らせは、{ $language }でお送りします。
account-language-ja = 日本語
account-language-en = 英語
account-language-both = 日本語と英語の両方
account-disabled = { $address }を止めました。ログインも新しいメールの受け取りもできません。届いているメールは残ります。
account-enabled = { $address }をまた使えるようにしました。
account-state-active = 利用中
account-state-disabled = 停止中
account-holds = { $messages }通、{ $bytes }バイト
password-prompt = パスワードを入力してください（画面には表示されません）:

setup-written = 設定ファイルは「{ $file }」です。
    最初のアカウントは{ $address }です。パスワードは「{ $secret }」にあります（あなただけが読めます）。
    パスワード管理ソフトなどに控えたら、このファイルは消してください。
setup-records = ドメインを管理している会社の画面で、次のDNSレコード（インターネットの名簿に載せる項目）を登録してください。192.0.2.1と2001:db8::1は、このサーバーの公開アドレスに読み替えてください。
setup-next = 登録が済んだら、次のコマンドで動かします。
    hikyaku serve --config { $file }

record-a = このサーバーのIPv4アドレスです。
record-aaaa = このサーバーのIPv6アドレスです。なければ登録しなくてかまいません。
record-mx = あなたのドメイン宛てのメールの届け先が、このサーバーであることを示します。
record-spf = あなたのドメインのメールを送るのは、このサーバーだけだと示します（SPF）。なりすましに気づいてもらえます。
record-dkim = あなたのドメインのメールに付く電子の署名（DKIM）を、相手のサーバーが確かめられるようにします。ひと続きで入力する登録画面では、引用符とその間の空白を除いてください。
record-dmarc = なりすましメールを迷惑メールとして扱い、報告を送ってもらうように頼みます（DMARC）。
record-mta-sts = 「暗号化して受け取ります」という約束（MTA-STS）があることを、ほかのサーバーに知らせます。
record-mta-sts-host = ほかのサーバーが、その約束をこのホストからHTTPSで読めるようにします。
record-tls-report = このホストとの暗号化がうまくいったかどうかを、毎日報告してもらうように頼みます（TLS-RPT）。
record-submissions = メールソフトが送信先（465番ポート、暗号化あり）を自動で見つけられるようにします。
record-pop3s = メールソフトが受信先（995番ポート、暗号化あり）を自動で見つけられるようにします。
record-ptr = アドレスから名前を引くための登録です（逆引き）。回線やサーバーの会社に頼んでください。これがないと、受け取りを断るサーバーが多くあります。
record-tlsa = ドメインの登録情報に署名（DNSSEC）を付けている場合だけ登録してください。ほかのサーバーが、このサーバーが本物かどうかを鍵で確かめられるようになります（DANE）。この登録は鍵と組になっています。証明書の鍵を替えるときは、先に新しい鍵の登録を並べて加え、一日待ってから替えてください。古い登録だけが残ると、あなた宛てのメールが届かなくなります。

trace-message = メール{ $id }、Message-ID { $message }
trace-message-unnamed = メール{ $id }（Message-IDはありません）
trace-message-refused = 受け取らなかったメール、Message-ID { $message }
trace-message-refused-unnamed = 受け取らなかったメール
trace-cut = 全{ $all }通のうち、新しいほうから{ $shown }通を表示しています。--limitで増やせます。Message-IDか、「メール」のあとに出ている番号を指定すると、その一通だけを表示します。
trace-came = { $time }  差出人：{ $sender }、{ $peer }から受け取りました（{ $service }、{ $tls }）
trace-came-from-account = { $time }  差出人：{ $sender }、{ $account }が{ $peer }から送りました（{ $service }、{ $tls }）
trace-verdict = 差出人の確認：{ $found }
trace-no-tls = 暗号化されていません
trace-tls-field-heeded = 差出人が「暗号化より届くことを優先する」と指定しています（メールの頭にある「TLS-Required: No」という行）。送り先のドメインが約束した暗号化ができないときでも送ります。暗号化できる相手には、いつもどおり暗号化して送ります。
trace-tls-field-overruled = メールの頭に「TLS-Required: No」という行がありますが、「必ず暗号化する」という指定で預かっています。そちらに従います。
trace-tls-field-several = メールの頭に「TLS-Required」という行が二つ以上あります。どれも使わず、送り先のドメインが約束した暗号化を守ります。
trace-tls-field-malformed = メールの頭にある「TLS-Required」という行の値が「No」ではありません。この行は使わず、送り先のドメインが約束した暗号化を守ります。
trace-stored = { $address }：{ $mailbox }のメールボックスに入りました。
trace-failed = { $address }：受け取りを断りました。
trace-given-up = { $address }：届けられませんでした。もう送り直しません。
trace-queued = { $address }：最初の送信を待っています。
trace-deferred = { $address }：まだ届けられていません。次の送信は{ $next }です。
trace-held = { $address }：保留中です。今は送りません。
trace-accepted = { $address }：相手のメールサーバーが受け取りました。（メールボックスに入ったか、読まれたかは、相手のサーバーにしか分かりません。）
trace-expired = { $address }：決められた期間が過ぎたため、送信をあきらめました。
attempt-accepted = { $time }  { $host } [{ $peer }]（{ $tls }）が受け取りました：{ $reply }
attempt-refused = { $time }  { $host } [{ $peer }]（{ $tls }）に断られました：{ $reply }
attempt-put-off = { $time }  { $host } [{ $peer }]（{ $tls }）に、あとで送り直すように言われました：{ $reply }
attempt-not-handed = { $time }  { $host } [{ $peer }]（{ $tls }）には渡せませんでした。
attempt-turned-away = { $time }  { $host } [{ $peer }]に、途中で断られました：{ $reply }
attempt-broken = { $time }  { $host } [{ $peer }]につながらなかったか、途中で切れました。
attempt-not-tried = { $time }  送り先のサーバーを試せませんでした。
attempt-in-doubt = { $time }  { $host } [{ $peer }]：最後の返事を記録する前に途切れました。相手が受け取っているかもしれません。念のため送り直すので、二通届くことがあります。
attempt-cut-off = { $time }  送信の途中で、このサーバーが止まりました。相手のサーバーが受け取っているかもしれません。念のため送り直すので、二通届くことがあります。
attempt-removed = { $time }  管理者が送信待ちから取り除きました。
attempt-no-policy = 相手のドメインは暗号化を約束していますが（MTA-STS）、その内容を受け取れなかったため、約束がないものとして扱いました：{ $why }
attempt-plan = 送り先の候補：{ $plan }
queue-empty = 送信待ちのメールはありません。
queue-none = 送信待ちのメールに、当てはまるものはありません。
queue-cut = 全{ $all }件のうち{ $shown }件を表示しています。--limitで増やせます。
queue-verdict = ご注意：{ $title }（{ $code }。対処は「hikyaku explain { $code }」で表示します）
queue-message = { $id }  { $time }  差出人：{ $sender }、{ $octets }バイト
queue-now = すぐ
queue-rests = 失敗のあとで間を置いている相手のサーバーを、次に試すとき
queue-queued = { $address }：送信待ちです。次の送信：{ $next }。
queue-deferred = { $address }：{ $attempts }回試しました。次の送信：{ $next }。
queue-held = { $address }：保留中です。
queue-hold = 保留にしました：{ $count }件
queue-release = 保留を解除しました：{ $count }件
queue-retry = すぐに送り直します：{ $count }件
queue-remove = 取り除きました：{ $count }件
queue-hold-already = { $count }件すべて、すでに保留中です。変更はありません。
queue-release-already = { $count }件のうち、管理者が保留にしたものはありません。変更はありません。アカウントが閉じられているために止まっているメールは、アカウントを開くと送られます。
queue-retry-already = { $count }件すべてが保留中のため、送りません。送るときは「hikyaku queue release」で保留を解いてください。
queue-remove-ask = 送信待ちの{ $count }件を、すべての差出人の分について取り除きます。誰にも知らされず、元に戻せません。取り除きますか？（はい：y、いいえ：Enter）
queue-remove-unasked = 確認の返事をもらえないため、取り除いていません。端末で実行するか、--yesを付けてください。
queue-remove-declined = 取り除きませんでした。
trace-fetched = { $time }  { $peer }から取り出されました
trace-deleted = { $time }  { $peer }から削除されました

doctor-password = { $address }のパスワードを入れると、ログインも試します。画面には出ません。試さないときは、何も入れずにEnterキーを押してください。
doctor-settings = 正しいサーバーを探しています…
doctor-servers = サーバーに聞いています…
doctor-sign-in = ログインを試しています…
doctor-sending = 試しのメールを送り、届くかどうかを見ています…
doctor-no-settings = { $address }について、すべてが正しいサーバーは見つかりませんでした。--exportを付けずに実行すると、理由が分かります。
doctor-set = { $address }（{ $label }）に設定されているもの：
doctor-set-password = { "  " }{ $protocol }：{ $server }、ユーザー名：{ $user }、パスワードでログイン
doctor-set-encrypted-password = { "  " }{ $protocol }：{ $server }、ユーザー名：{ $user }、暗号化したパスワードでログイン
doctor-set-oauth2 = { "  " }{ $protocol }：{ $server }、ユーザー名：{ $user }、ブラウザーでログイン（OAuth2という方式）。パスワードは聞きません
doctor-set-none = { "  " }{ $protocol }：{ $server }、ログインの設定がありません
doctor-set-other = { "  " }{ $protocol }：{ $server }、ユーザー名：{ $user }、ほかの方法でログイン
doctor-fix = 直すThunderbirdの設定：
doctor-fix-edit = { "  " }{ $name }：{ $from } -> { $to }
doctor-fix-ask = いま直しますか。元のファイルの写しを残します。（直すときはy、やめるときはそのままEnterキー）
doctor-fix-nothing = Thunderbirdの設定に、直すところはありません。
doctor-fix-unasked = 直してよいかを聞けなかったため、何も変更していません。画面の前で実行するか、--yesを付けてください。
doctor-fix-declined = 何も変更していません。
doctor-fix-left = 次の項目は、メールのフォルダーと結び付いているため、Thunderbirdの画面で直してください。{ $field }：{ $from } -> { $to }
doctor-fix-done = 設定を直しました。Thunderbirdを起動し、自分あてに一通送ってみてください。
doctor-fix-undo = 元に戻すときは、Thunderbirdを閉じてから、次を実行します：cp -p '{ $copy }' '{ $file }'
bounce-progress = { $count }通を読みました…
bounce-summary = { $seen }通を読みました。戻ってきたメールの知らせは{ $bounces }件です。
bounce-times = ■ { $count }件
bounce-said = 　返事（{ $count }件）：{ $said }
bounce-example = 　例：{ $who }
bounce-looking = { $count }件を調べています…
bounce-looked = 　ほかに分かったこと：
bounce-sound = 　問題なし：{ $title } ({ $code })
bounce-origins = そのうち、あなたのサーバーから送られたものが{ $ours }件、アドレスを勝手に使われたものが{ $forged }件、どちらとも分からないものが{ $unknown }件です。

error-paste = 画面の文を貼り付けて、Ctrl-Dを押してください。
error-account = あなたのメールアドレス

# 質問に答えていく診断。
talk-begin = 短い質問を、多くて{ $most }個します。「はい」と答えるまで、どこにも問い合わせず、何も送りません。
talk-keys = 番号か言葉で答えてください。画面の文は、どの質問にでも貼り付けられます。?は質問の理由、bは一つ戻る、qは終了です。
talk-understood = 分かりました：{ $asked } { $said }
talk-kept = この文から原因は読み取れませんでした。相談窓口のために残し、質問を続けます。
talk-unread = 答えを読み取れませんでした。文は相談窓口のために残します。番号で答えてください（分からなければ0）。
talk-first = これが最初の質問です。
talk-not-an-address = メールアドレスではないようです。taro@example.jpのように、@が一つ入ります。入れずに進むときは0です。
talk-check = いま、アカウントを調べますか？ { $domain }をDNS（名前から住所を調べる仕組み）で調べ、ここからメールサーバーにつないでみます。メールは送りません。使えない機器と回線の上で調べると、いちばんよく分かります。（はい：y、いいえ：Enter）
talk-server = 送信（SMTP）サーバーの名前は、何になっていますか？ 例：smtp.example.jp（分からなければ、何も入れずにEnter）
talk-bundle = 相談窓口へ渡せるように、ここまでの内容を「{ $file }」に残しますか？ パスワードは入りません。アドレスの@より前は伏せます。どこにも送りません。（はい：y、いいえ：Enter）
talk-left = 終了しました。何も変更していません。

bundle-title = 相談窓口へ渡す記録（hikyaku）
bundle-addresses-masked = パスワードは入っていません。アドレスの@より前は伏せてあります。渡す前に、ご自分で読んでください。
bundle-addresses-full = パスワードは入っていません。アドレスはそのままです。渡す前に、ご自分で読んでください。
bundle-answers = 質問とお答え
bundle-report = 考えられる原因
bundle-data = すべての内容（詳しい人向け）
bundle-written = 相談窓口のために残しました：{ $file }（ほかの人には読めません）

# バックアップ。
backup-begun = 写し始めました。これから届くメールは、このバックアップには入りません。
backup-step = { $percent } %…
backup-done = メール{ $messages }通とアカウント{ $accounts }件を「{ $dir }」に写しました（{ $bytes }バイト）。送信待ちの宛先は{ $waiting }件です。
backup-restored = メール{ $messages }通とアカウント{ $accounts }件を、{ $time }の状態で「{ $dir }」に戻しました。
backup-waiting = その時点で送信待ちだった宛先が{ $count }件あり、もう一度送られます。「hikyaku queue list」で確かめて、すでに送ったものは「hikyaku queue remove」で取り除いてください。
verify-sound = 異常はありません。メール{ $messages }通、{ $bytes }バイト（うち別ファイルのもの{ $files }通）を調べました。
verify-no-checksums = 調べたのは、データベースの異常と食い違い、それぞれのメールの長さです。メールの中身には検査用の値（チェックサム）がないため、中身だけが変わっていても分かりません。バックアップには、作ったときの検査用の値があります。

# 暗号化についての報告
tls-reports-none = 報告はまだ届いていません。_smtp._tlsの記録で頼んでおくと、ほかのサーバーから毎日届きます。
tls-reports-no-outgoing = ほかのドメインに報告することは、今のところありません。
tls-reports-waiting = ちょうど今、サーバーか別のコマンドが報告を送っています。終わるのを待って、続けます。
tls-reports-sent-meanwhile = 報告は、たった今送り終わりました。ほかに送るものはありません。
tls-report-received = { $domain }：{ $from }からの報告、{ $start }から{ $end }まで（{ $signed }）
tls-report-signed = { $domain }の署名つき
tls-report-unsigned = 確かな署名がなく、誰が書いたのか分かりません
tls-report-outgoing = { $domain }：{ $start }から{ $end }まで
tls-report-sessions = 正しく暗号化できた接続は{ $successful }回、できなかった接続は{ $failed }回です。
tls-report-failure = { $host }で{ $count }回：
tls-report-failure-nowhere = サーバーにつなぐ前に{ $count }回：
tls-report-queued = { $domain }：報告を{ $to }に送ります。
tls-report-posted = { $domain }：報告を{ $to }に届けました。
tls-report-unwanted = { $domain }：報告はもう求められていません。
tls-report-failed = { $domain }：報告を{ $to }に送れませんでした。あとで送り直します。{ $why }
tls-result-starttls-not-supported = メールサーバーが暗号化に対応していませんでした。
tls-result-certificate-host-mismatch = 証明書（サーバーの身元を示す電子の証明）の名前が違います。
tls-result-certificate-expired = 証明書（サーバーの身元を示す電子の証明）の期限が切れています。
tls-result-certificate-not-trusted = 証明書（サーバーの身元を示す電子の証明）の発行元が分かりません。
tls-result-validation-failure = 約束どおりの暗号化した接続ができませんでした。
tls-result-tlsa-invalid = DNS（インターネットの名簿）に書かれた証明書の記録（TLSA）と、実物が合いません。
tls-result-dnssec-invalid = DNS（インターネットの名簿）の署名（DNSSEC）が正しくありません。
tls-result-dane-required = 必要な証明書の記録（DANE）が、DNS（インターネットの名簿）にありません。
tls-result-sts-policy-fetch-error = 暗号化の約束（MTA-STS）を読みに行けませんでした。
tls-result-sts-policy-invalid = 暗号化の約束（MTA-STS）の書き方に誤りがあります。
tls-result-sts-webpki-invalid = 暗号化の約束（MTA-STS）を配るサーバーの証明書が、正しくありません。
tls-result-other = そのほかの理由です。

certificates-none = 証明書（サーバーの身元を示す電子の証明）がなく、取得する設定もありません。[tls]のcertificatesに書くか、[acme]で自動取得にしてください。
certificates-issuer = 発行元：{ $value }
certificates-until = 期限：{ $value }
certificates-absent = まだありません
certificates-hand-made = 手で置いたもの：{ $value }
certificates-acme = 自動で取得し、更新するもの：{ $value }
certificates-next = 次の更新：{ $value }ごろ
certificates-window = 発行元が希望する更新の期間：{ $start }から{ $end }まで
certificates-explanation = その理由（発行元のページ）：{ $value }
certificates-again = 次に試す時刻：{ $value }
certificates-revoke-ask = { $name }の証明書を失効（期限の前に取り消すこと）させます。この証明書は通用しなくなり、元には戻せません。動いているサーバーは、すぐに新しい鍵で別の証明書を取得します。失効させますか。（y/N）
certificates-revoke-unasked = 失効させていません。確かめる相手がいないためです。端末（文字で操作する画面）で実行するか、--yesを付けてください。
certificates-revoke-declined = 失効させていません。
certificates-revoke-done = { $name }の証明書は失効しました。代わりの証明書を待っています。
certificates-revoke-served = 代わりの証明書が届くまで、失効した証明書が使われます。サーバーが止まっているときは、動き始めたときに取得します。
certificates-revoke-ask-superseded = 動いているサーバーが、{ $name }の別の証明書を、同じ鍵で取得します。そのあとで、いまの証明書を失効させます。失効させた証明書は効力を失い、元には戻せません。続けますか？（y/N）
certificates-revoke-replacing = いまの証明書に代わる、{ $name }の証明書を待っています。
certificates-revoke-not-replaced = 何も失効させていません。{ $name }の別の証明書が届かなかったためです。いまの証明書を使い続けます。
certificates-revoke-former = { $name }の前の証明書を失効させました。その前に、同じ鍵の別の証明書に切り替えてあります。
certificates-revoke-new-key = 新しい証明書は、鍵も新しくなりました。{ $name }のTLSAレコード（鍵をDNSで知らせる記録。DANEで使います）を公開しているときは、書き換えが必要です。「hikyaku domain records」で表示できます。
certificates-account-key = { $value }とのアカウントの鍵を新しくしました。古い鍵はもう使えません。
certificates-account-none = { $value }とのアカウントは、まだありません。最初の証明書を取得するときに作られます。
certificates-not-running = 10秒待ちましたが、動いているサーバーがありません。サーバーが動き始めたときに更新します。
