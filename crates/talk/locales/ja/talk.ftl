# 質問に答えていく診断。

answer-unknown = 分からない
answer-none = 文は出ない、または手元にない
answer-without = 入れずに進む

ask-what = 何ができませんか？
    .why = 送信と受信では、使うサーバーも設定も別です。これだけで、原因の候補が半分に減ります。
answer-what-send = 送信だけができない（受信はできる）
answer-what-receive = 受信だけができない（送信はできる）
answer-what-both = 送信も受信もできない
answer-what-returned = 送ったメールが戻ってきた
answer-what-spam = 送ったメールが迷惑メールにされる、見てもらえない
answer-what-strange = 自分の名前で、覚えのないメールが出ている
answer-what-warning = 使えるが、証明書の警告が出る
answer-what-slow = メールソフトが遅い、起動しない
answer-what-device = 複合機、NAS、ウェブのフォームから送れない
answer-what-late = 届くのが、何時間も遅れる

ask-late = どのメールが遅れますか？
    .why = メールは、いくつものサーバーを順に通って届きます。どの場合に遅れるかで、どこで待たされているかが絞れます。
answer-late-notice = 「まだ届けられていない、続けて試す」というお知らせが来た
answer-late-first = 初めての相手とのメールだけが遅れる
answer-late-received = 自分に届くメールが遅れる
answer-late-sent = 自分が送ったメールが、相手に遅れて届く

ask-message = 画面に、どんな文が出ますか？ 番号も含めて、全部貼り付けてください（戻ってきたメールなら、その全文）。
    .why = 文と番号だけで、原因が分かることがよくあります。パスワードが混じっていても、伏せて扱います。
answer-message-given = （文）

ask-machine = 送れないのは、どれですか？
    .why = 機器には、機器だけの設定の画面があります。メールソフトより、できることが少ないこともあります。
answer-machine-copier = 複合機、スキャナー
answer-machine-nas = NAS（ネットワークにつなぐ保存装置）
answer-machine-form = ホームページの問い合わせフォーム
answer-machine-other = ほかの機器

ask-web = 同じ機器で、ホームページは開きますか？
    .why = 開かないなら、メールではなく、回線やネットワークの問題です。
answer-web-yes = はい、開く
answer-web-no = いいえ、開かない
answer-web-portal = ログインや同意を求める画面が出る

ask-where = パソコンですか、スマートフォンですか？
    .why = スマートフォンには、機内モードやモバイル通信など、先に見る場所があります。
answer-where-pc = パソコン
answer-where-phone = スマートフォン、タブレット
answer-where-both = 両方

ask-signal = 画面のいちばん上に、何が出ていますか？
    .why = 小さな印で、電波が来ているかどうかが分かります。
answer-signal-plane = 飛行機の印
answer-signal-none = 圏外、または棒が立っていない
answer-signal-bars = いつもどおり棒が立っている
answer-signal-wifi = Wi-Fiの印だけ

ask-changed = その少し前に、何か変わりましたか？
    .why = 昨日まで使えたものが使えなくなるのには、きっかけがあります。多いのは、回線や契約先、パスワード、更新、買い替えです。
answer-changed-line = 回線、プロバイダー（回線の会社）、ルーターを変えた
answer-changed-password = パスワードを変えた
answer-changed-update = システムやメールソフトが更新された
answer-changed-machine = 買い替えた、または設定を入れ直した
answer-changed-security = セキュリティソフトを入れた、または更新された
answer-changed-nothing = 何も変えていない（と思う）

ask-recipients = どの相手でも同じですか？
    .why = 一人だけなら、その宛先か相手の側に原因があることがほとんどです。全員なら、こちら側です。
answer-recipients-all = 全員
answer-recipients-one = 一人だけ
answer-recipients-some = 一部の人（同じ会社の人など）

ask-short = 添付を付けずに、短いメールを自分あてに送ってみてください。出ていきますか？
    .why = 短いメールが出ていくなら、設定と回線は正常です。送れないメールが大きすぎるか、中身が断られています。
answer-short-yes = はい、出ていく
answer-short-no = いいえ、出ていかない

ask-port = 送信（SMTP）サーバーのポート番号は、いくつになっていますか？
    .why = ポートは、通信の受け口の番号です。番号によっては、回線の側で通れなくなっています。アカウントの設定で、送信サーバーの名前の近くに書いてあります。
answer-port-25 = 25
answer-port-465 = 465
answer-port-587 = 587
answer-port-other = ほかの番号

ask-sent = ウェブメールの「送信済み」に、覚えのないメールがありますか？
    .why = パスワードが使われているのか、名前を騙られただけなのかが、これで分かります。
answer-sent-yes = ある、またはログインできなくなった
answer-sent-no = ない

ask-quantity = 短い間に、たくさん送りましたか（一斉のお知らせなど）？
    .why = メールの会社は、一時間や一日に送れる数を決めています。
answer-quantity-yes = はい
answer-quantity-no = いいえ

ask-date = その機器の日付と時刻は、合っていますか？
    .why = 証明書（サーバーの身分証）には、有効な期間があります。時計がずれていると、正しい証明書でも警告が出ます。
answer-date-right = 合っている
answer-date-wrong = ずれている

ask-place = どこで、つないでいますか？
    .why = 通れるものは、ネットワークごとに違います。ホテルやテザリングは、自宅の回線とは別です。
answer-place-home = 自宅の回線
answer-place-out = 外出先（ホテル、店、テザリング、よそのWi-Fi）
answer-place-office = 会社、学校

ask-other = 同じアドレスは、別の機器やウェブメールでは使えますか？
    .why = そちらで使えるなら、メールの会社もパスワードも正常です。原因は、この機器かこの回線にあります。
answer-other-works = そちらでは使える
answer-other-fails = そちらでも使えない

ask-space = 「容量がいっぱい」という表示が、どこかに出ていますか？
    .why = メールボックスか機器がいっぱいだと、新しいメールを受け取れません。
answer-space-no = 出ていない
answer-space-mailbox = メールボックス（ウェブメールや、メールの会社のお知らせ）
answer-space-device = この機器

ask-since = いつからですか？
    .why = 始まったばかりなら、一時的な障害かもしれません。一度も使えたことがないなら、たいてい設定です。
answer-since-today = 今日から
answer-since-days = 数日前から
answer-since-weeks = 何週間も前から
answer-since-new = 一度も使えたことがない

ask-client = どのメールソフトを使っていますか？
    .why = そのソフトの画面に合わせて、手順を書きます。とても古いソフトは、それ自体が原因のことがあります。

ask-address = メールアドレスを入れてください（パスワードは入れないでください）。
    .why = アドレスがあれば、そのサーバーの様子を、ここから調べられます。@の後ろからは、正しい設定も分かります。「はい」と答えるまで、どこにも問い合わせません。

end-check = お答えだけでは、いくつかの原因が残ります。ここからアカウントを調べると、見分けられます。
end-desk = お答えだけでは、原因が分かりません。詳しい人に見てもらうのがよさそうです。

checklist-network = まず、ネットワークを順に見てください。
    .steps =
        ケーブルは差さっていますか。Wi-Fiなら、入っていて、つながっていますか。
        ルーターの電源は入っていますか。電源を抜き、一分待って、入れ直します。
        同じ回線で、別の機器はつながりますか。つながるなら、この機器を再起動します。
        どの機器もつながらなければ、スマートフォンなどで回線の会社の障害情報を見るか、電話で聞きます。
        メールの設定は変えないでください。原因はメールではありません。
checklist-phone = まず、スマートフォンを順に見てください。
    .steps =
        機内モードになっていませんか。なっていたら、戻します。
        モバイル通信（モバイルデータ通信）は入っていますか。
        圏外なら、場所を変えます。携帯電話会社の障害情報も見ます。
        空き容量は残っていますか。古い写真など、要らないものを消します。
        再起動します。SIMカードが抜けるものなら、一度抜いて差し直します。
        メールの設定は変えないでください。原因はメールではありません。
checklist-phone-mail = スマートフォンでは、次のことも見てください。
    .steps =
        Wi-Fiをいったん切り、モバイル通信で試します。それで使えるなら、原因はWi-Fiの回線です。
        空き容量は残っていますか。
        メールのアプリを最新版にして、再起動します。
