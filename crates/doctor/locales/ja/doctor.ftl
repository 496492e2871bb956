# 診断の報告。

verdict-healthy = { $address }：悪いところは見つかりませんでした。
verdict-degraded = { $address }：メールは使えますが、直したほうがよいところがあります。
verdict-broken = { $address }：メールが正しく使えていません。
verdict-unknown = { $address }：調べることができませんでした。
heard-broken = いただいた文から分かったこと
heard-degraded = いただいた文から分かったこと（メールは使えています）
heard-healthy = いただいた文は、故障の知らせではありません
heard-unknown = いただいた文だけでは、原因が分かりませんでした
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
certificate = 証明書：{ $names }（発行元 { $issuer }、{ $from } から { $until } まで）
dns-nx-domain = DNS：{ $name } という名前はありません
dns-no-data = DNS：{ $name } に住所がありません
dns-serv-fail = DNS：{ $name } を調べられませんでした
dns-timed-out = DNS：{ $name } の返事がありません
dns-unreachable = DNSサーバーにつながりません（{ $name }）
clock-of = { $host } の時計と比べました
outbox = 送信トレイで待っているメールの数：{ $count }。先頭のメール：日時 { $date }、宛先 { $to }、大きさ { $octets }バイト
outbox-undated = 不明
words = 文の中の言葉「{ $text }」

client-way = { $client } での場所：{ $way }
device-port = 機器の管理画面で、送信サーバーのポートと暗号化を変え、「SMTP認証」を有効にします。差出人（送信元）のアドレスは、ログインに使うアドレスと同じにしてください。
device-tls = 古い機器は、新しい暗号化（TLS 1.2以上）を使えないことがあります。まず、機器の日付と時刻を合わせ、ファームウェア（機器の中のソフト）を最新にしてください。それでも使えないときは、社内のメールサーバーに預けて、そこから暗号化して送らせます。
device-auth = 機器には、人のアカウントではなく、機器専用のメールアカウントを作って入れるのが安全です。二段階認証のあるアカウントでは、アプリパスワードを使います。
device-sender = 機器の「差出人（送信元）アドレス」を、ログインに使うアドレスと同じにしてください。
device-modern = OAuth2に対応していない機器は、このサーバーにはログインできません。ファームウェアの更新で対応するかを、機器の会社に聞いてください。対応しないときは、社内のメールサーバーに預けて、そこから送らせます。
