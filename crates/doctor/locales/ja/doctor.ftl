# 診断の報告。

verdict-healthy = { $address }：悪いところは見つかりませんでした。
verdict-degraded = { $address }：メールは使えますが、直したほうがよいところがあります。
verdict-broken = { $address }：メールが正しく使えていません。
verdict-unknown = { $address }：調べることができませんでした。
heard-broken = いただいた文から分かったこと
heard-degraded = いただいた文から分かったこと（メールは使えています）
heard-healthy = いただいた文は、故障の知らせではありません
heard-unknown = いただいた文だけでは、原因が分かりませんでした
talk-broken = お答えから分かること
talk-degraded = お答えから分かること（メールは使えています）
talk-healthy = お答えからは、不具合は見つかりません
talk-unknown = お答えだけでは、原因が分かりません
talk-unclear-title = お答えだけでは、原因が分かりません
talk-unclear-why = お答えの中に、一つの原因をはっきり示すものがありませんでした。当て推量では答えません。
talk-unclear-cure =
    1. アカウントを調べてください（下のコマンドでできます）。使えない機器と回線の上で行うのがいちばんです。
    2. または、相談窓口へ渡すファイルを、詳しい人に見せてください。お答えが入っているので、同じ説明をしなくて済みます。
    3. あとで文が出たら、番号も含めて全部写し、ここに入れてください。
seen-network-title = この機器が、インターネットにつながっていません
seen-resolver-title = DNSサーバーから答えがありません
seen-resolver-why = DNSサーバーは、名前からインターネット上の住所を調べてくれるサーバーです。どこからも答えがないため、メールに限らず、名前でサーバーを探せません。メールの設定ではなく、回線、ルーター、DNSサーバーの設定のどれかに原因があります。
seen-resolver-cure =
    1. ほかのウェブサイトが開くかどうかを確かめてください。開かなければ、ルーター、機器の順に再起動します。
    2. 機器やルーターにDNSサーバーを手で設定していたら、「自動」に戻してください。
    3. それでもだめなら、回線の会社の障害情報を確かめてください。メールの設定は変えないでください。
flow-ok = できます
flow-fails = できません
flow-unknown = 確かめられませんでした
flows = 送信：{ $send }。受信：{ $receive }。

certainty-proven = 確実
certainty-likely = おそらく
certainty-unknown = 不確か

label-why = なぜ
label-who = 誰の番
label-do = すること
label-change = 変更
label-follows = これは「{ $code }」の結果として起きています。
label-verify = 直したあと、もう一度調べてください：{ $command }

side-user = あなた
side-line = 回線や機器を管理している方
side-provider = メールの会社（契約先）
side-server-admin = メールサーバーの管理者
side-recipient = 受取人
side-recipient-server = 受取人のメールの会社
side-dns-owner = ドメインの登録内容（DNS）を管理している方
side-nobody = 誰も（待てば直ります）

field-host = サーバー名
field-port = ポート
field-tls = 暗号化
field-user = ユーザー名
field-of-smtp = 送信（SMTP）
field-of-pop3 = 受信（POP3）
field-of-imap = 受信（IMAP）

mode-plain = なし
label-proof = 証拠
connect-open = { $peer }：つながりました（{ $seconds }秒）
connect-refused = { $peer }：断られました（{ $seconds }秒）
connect-timed-out = { $peer }：返事がありません（{ $seconds }秒）
connect-unreachable = { $peer }：道がありません（{ $seconds }秒）
connect-prohibited = { $peer }：規則で禁じられています（{ $seconds }秒）
connect-other = { $peer }：つながりません（{ $seconds }秒）
said = サーバーの返事「{ $reply }」
certificate = 証明書：{ $names }（発行元：{ $issuer }、{ $from }から{ $until }まで）
dns-nx-domain = DNS：{ $name }という名前はありません
dns-no-data = DNS：{ $name }に{ $record ->
        [A] 住所
        [AAAA] IPv6の住所
       *[other] { $record }レコード
    }がありません
dns-answer = DNS：{ $name }について答えがありました
dns-refused = DNS：{ $name }について答えるのを断られました
dns-bogus = DNS：{ $name }の署名が正しくありません
dns-serv-fail = DNS：{ $name }を調べられませんでした
dns-timed-out = DNS：{ $name }の返事がありません
dns-unreachable = DNSサーバーにつながりません（{ $name }）
clock-of = { $host }の時計と比べました
outbox = 送信トレイで待っているメールの数：{ $count }。先頭のメール（日時：{ $date }、宛先：{ $to }、大きさ：{ $octets }バイト）
outbox-undated = 不明
words = 文の中の言葉「{ $text }」
answered = お答え：{ $text }

guide-head = 「{ $client }」での手順（{ $date }の画面をもとにしています。版によって言葉が少し違うことがあります）
guide-part = ［{ $title }］
guide-unsure = （画面の言葉は確かめられていないため、欄の意味で書いています）
guide-above = （手順は、上と同じです）
guide-out = 送信サーバーの設定
guide-in = 受信サーバーの設定
guide-nothing = 「{ $client }」の設定は、変えなくて構いません。次に動くのは{ $who }です。
guide-nothing-here = 「{ $client }」の設定は、変えなくて構いません。上の「すること」だけをしてください。
guide-nothing-wait = 「{ $client }」の設定は、変えなくて構いません。待てば直ります。

task-test = 自分あてに送って確かめる
task-outbox = 送信トレイから一通を取り出す
task-online = オフライン（つながない状態）でないかを見る
task-error-text = エラーの文を全部写し取る
task-oauth = ブラウザーの画面でサインインし直す
task-certificate = 証明書の内容を見る
task-clock = 時計を合わせる
task-room = メールの会社の容量を空ける
task-leave = サーバーに残す日数を短くする
task-access = メールソフトでの受信を有効にする
task-autocomplete = 宛先の候補と登録を直す
task-junk = 迷惑メールの中を探す
task-rules = 振り分けと転送に、覚えのないものがないかを見る
task-attachment = 添付ファイルを小さくする
task-update = 最新の版にする
task-addons = 足した機能なしで試す
task-sender = 差出人のアドレスを直す
task-storage = この機器の空きを増やす
task-data = メールのデータを直す
task-few = 宛先を分けて送る
task-interval = 自動で受信する間隔を長くする
task-plain = 文字だけの形式で書き直す
task-readd = アカウントを入れ直す
task-move = ほかのメールソフトへ移る

label-host-out = 送信（SMTP）サーバー名にあたる欄
label-host-in = 受信サーバー名にあたる欄
label-port = ポートにあたる欄
label-tls = 暗号化の種類にあたる欄
label-user = ユーザー名にあたる欄
label-password = パスワードの欄

step-change = { $label }を「{ $to }」にします（いまの設定は「{ $from }」）。
step-switch = { $label }を有効にします。
step-host = { $label }を、メールの会社の案内と一文字ずつ見比べ、違っていれば直します。
step-port-out = { $label }を見ます。465か587でなければ、メールの会社の案内にあるほうにします。
step-port-in = { $label }を見ます。995（POP）か993（IMAP）でなければ、メールの会社の案内にあるほうにします。
step-tls-out = { $label }を、ポートが465なら「{ $tls }」、587なら「{ $starttls }」にします。
step-tls = { $label }を「{ $tls }」にします。
step-auth = 送信のときのログイン（SMTP認証）にあたる欄を有効にし、受信と同じユーザー名とパスワードを使うようにします。
step-method = 認証方式にあたる欄を、通常のパスワード認証にします。
step-user = { $label }を、メールの会社の案内のとおりにします。多くは、メールアドレス全体です。
step-password = { $label }に、パスワードを打ち直します。大文字と小文字、半角と全角、前後の空白に気をつけます。
step-password-app = { $label }に、作ったアプリパスワードを入れます。
step-password-new = { $label }に、新しいパスワードを入れます。

device-port = 機器の管理画面で、送信サーバーのポートと暗号化を変え、「SMTP認証」を有効にします。差出人（送信元）のアドレスは、ログインに使うアドレスと同じにしてください。
device-tls = 古い機器は、新しい暗号化（TLS 1.2以上）を使えないことがあります。まず、機器の日付と時刻を合わせ、ファームウェア（機器の中のソフト）を最新にしてください。それでも使えないときは、社内のメールサーバーに預けて、そこから暗号化して送らせます。
device-auth = 機器には、人のアカウントではなく、機器専用のメールアカウントを作って入れるのが安全です。二段階認証のあるアカウントでは、アプリパスワードを使います。
device-sender = 機器の「差出人（送信元）アドレス」を、ログインに使うアドレスと同じにしてください。
device-modern = OAuth2に対応していない機器は、このサーバーにはログインできません。ファームウェアの更新で対応するかを、機器の会社に聞いてください。対応しないときは、社内のメールサーバーに預けて、そこから送らせます。
