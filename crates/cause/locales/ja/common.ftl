# すべてのコードに共通の言葉。

severity-info = お知らせ
severity-warning = 注意
severity-error = エラー
severity-critical = 重大

side-user = メールを書く人・読む人ご本人
side-user-line = お使いの回線や機器を管理している方
side-provider = メールを送ってきた側のプロバイダー、またはソフトの管理者
side-administrator = このメールサーバーの管理者
side-recipient = メールの受取人
side-recipient-server = 受取人のメールサーバーの管理者
side-dns-owner = ドメインの登録情報（DNS）を管理している人
side-nobody = どなたの対応も要りません（時間がたてば解消するか、自動でやり直します）

verify-send-again = もう一度メールを送ってみてください。
verify-sign-in-again = もう一度ログインしてみてください。
verify-fetch-again = もう一度メールを受信してみてください。
verify-run-again = 同じコマンドをもう一度実行してください。
verify-check-config = `hikyaku check-config`に--configと設定ファイルの名前を付けて実行し、問題が出ないことを確かめてください。
verify-health = 動作記録（ログ）と稼働確認用のアドレスを見て、どちらにも同じ異常が出ていないことを確かめてください。
verify-trace = 送り直す必要はありません。送信の記録は、管理者が`hikyaku trace`で確かめられます。
verify-nothing = 確かめることはありません。

retry-now = すぐに（新しく接続し直してください。送信待ちのメールは自動で送り直します）
retry-later = しばらくあとに（何も変えなくて構いません）
retry-after-change = 上に書いた対処をしたあとに
retry-never = そのままではやり直せません（同じ内容は、また断られます）

label-severity = 重要度
label-reply = サーバーの応答
label-why = 原因
label-side = 対応する人
label-cure = 対処
label-verify = 確かめ方
label-retry = やり直す時期
label-more = 詳しい説明: { $command }

# 実際の値が分からないときに、代わりに入る言葉。
topic-address = 指定のアドレス
topic-command = コマンド名
topic-limit = 決められた数
topic-seen = 数
topic-account = 指定のアカウント
topic-peer = 該当のネットワークアドレス
topic-offset = その位置
topic-expected = 正しい値
topic-found = 見つかった値
topic-path = 該当のファイルやフォルダー
topic-system = OSのエラー
topic-key = 指定の名前
topic-nearest = 別の名前
topic-line = 該当の
topic-seconds = 数
topic-until = 記された日時
topic-message = 指定のメール
topic-name = 指定の名前
topic-host = 相手のメールサーバー
topic-reply = 相手の返事
topic-detail = 詳しい内容

# 送った方への報告。
letter-recipient = 宛先
letter-what = 起きたこと
letter-why = なぜ
letter-standing = メールのゆくえ
letter-turn = 次は誰の番か
letter-do = すること
letter-said = 相手のサーバーの言葉
letter-pass-on = 対応する方へは、次の文をそのまま渡してください。
letter-failed-subject = メールを届けられませんでした
letter-failed = メールシステムからのお知らせです。お送りになったメールを、次の宛先に届けられませんでした。
letter-delayed-subject = メールの配達に時間がかかっています
letter-delayed = メールシステムからのお知らせです。お送りになったメールは、まだ次の宛先に届いていません。自動で送り直しますので、今は何もしなくてかまいません。
letter-delivered-subject = メールを届けました
letter-delivered = メールシステムからのお知らせです。ご希望のとおりお知らせします。お送りになったメールを、次の宛先のメールボックス（メールの受け箱）に入れました。読まれたかどうかは分かりません。
letter-relayed-subject = メールを相手のサーバーに渡しました
letter-relayed = メールシステムからのお知らせです。ご希望のとおりお知らせします。お送りになったメールを、次の宛先のメールサーバーに渡しました。相手のサーバーは受け取ったと答えていますが、届いたことを知らせる機能がないため、これより先のことは分かりません。
letter-forwarded = 転送
letter-forwarded-from = このメールの宛先は{ $via }でした。このサーバーは、そのアドレスのメールを{ $to }へ転送しています。下に書いたのは、ここからそこまでの間で起きたことです。
letter-owner-subject = 転送したメールを届けられませんでした
letter-owner = メールシステムからのお知らせです。あなたのアドレスから転送したメールを、次の宛先に渡せませんでした。差出人のアドレスが本物と確かめられないか、書かれていないため、差出人には知らせていません。
letter-unread = 元のメールは、サーバーのディスクから読み出せなかったため、このお知らせには付いていません。読み出せなかった原因は、サーバーの管理者がログ（動作の記録）で確かめられます。
letter-caution-subject = メールサーバーからのお知らせ：確認が必要です
letter-caution = メールシステムから、管理をしている方へのお知らせです。
letter-nobody-yet = 今はどなたの対応も要りません（自動で送り直します）
letter-until = いつまで送り直すか
letter-may-do = お急ぎの場合

# 断られた理由を、リンクを開いた方に説明するページ。
page-why = 原因
page-seen = 確かめた値
page-turn = 次は誰の番か
page-do = すること
page-check = 確かめ方
page-retry = やり直す時期
page-when = お断りした日時: { $when }
page-from = 接続元: { $from }
page-none = このアドレスの説明はありません
page-none-why = 説明を残しておく期間には限りがあります。もう一度メールを送るか、ログインし直してみてください。また断られたときは、その応答に新しいリンクが付きます。

value-address = メールアドレス
value-command = コマンド（通信の命令）
value-limit = 上限
value-seen = 実際の数
value-account = ユーザー名
value-peer = ネットワークアドレス
value-offset = 問題の場所（先頭からの文字数）
value-expected = そこにあるはずのもの
value-found = そこにあったもの
value-nearest = いちばん近いもの
value-line = 行
value-seconds = 待つ秒数
value-until = また送れる時刻
value-message = メール
value-name = 調べた名前
value-host = メールサーバー
value-reply = そのサーバーの応答

# メールを預かっている間だけ、原因の説明に入る言葉。
mail-waiting = メールはこのサーバーで預かり、決められた期間（管理者が変えていなければ5日間）、自動で送り直します。
mail-idle = 送った方は、何もしなくて構いません。
mail-leaves = 直ると、待っているメールは自動で出ていきます。

# メールがどうなったか。
standing-delayed = メールはまだ届いていません。いまも自動で送り直しています。
standing-delayed-cure = いまは何もしなくて構いません。もう一度送ると、相手に二通届くことがあるので、送らないでください。お急ぎのときは、電話など別の方法で相手に連絡してください。
standing-given-up = メールは届いていません。サーバーは送るのをあきらめ、もう送り直しません。
standing-given-up-after = メールは届いていません。このサーバーは、{ $span }のあいだ送り直しましたが、あきらめました。もう送り直しません。
standing-given-up-cure = まだ必要なメールなら、送った方が、時間をおいてもう一度送るか、電話など別の方法で相手に連絡してください。不具合そのものを直すには、次のようにします。
standing-doubtful = メールは、届いているかもしれません。渡し終えたあと、相手の返事が来る前に接続が切れました。サーバーは送るのをあきらめ、もう送り直しません。
standing-doubtful-after = メールは、届いているかもしれません。渡し終えたあと、相手の返事が来る前に接続が切れました。このサーバーは、{ $span }のあいだ送り直しましたが、あきらめました。もう送り直しません。
standing-doubtful-cure = メールが届いているかを、電話など別の方法で相手に聞いてください。届いていないときだけ、もう一度送ります。不具合そのものを直すには、次のようにします。

# 名前の分からない、相手のサーバー。
host-of-domain = 相手のサーバー（{ $domain }宛てのメールを受け取るもの）
