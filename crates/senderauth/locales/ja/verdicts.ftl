# 差出人が本物かどうかを調べた結果。メールを管理する方のための言葉です。

verdict = { $method }={ $result }（{ $about }）。{ $text }
verdict-of-nobody = { $method }={ $result }。{ $text }
detail = （プログラムの言葉：{ $why }）
let-in = それでも受け取りました。転送する前に{ $servers }が本物だと確かめており、このサーバーでは信頼する相手として登録されています（[inbound] arc_trusted）。

spf-pass = このドメインは、サーバー{ $ip }から送ることを認めています（SPF：送ってよいサーバーの一覧）。
spf-fail = サーバー{ $ip }は、このドメインのメールを送ってよいサーバーの一覧（SPF）にありません。一覧にないサーバーからのメールは断るように、とされています。
spf-softfail = サーバー{ $ip }は、このドメインのメールを送ってよいサーバーの一覧（SPF）にありません。一覧にないサーバーからのメールは疑わしい、とされています。
spf-neutral = サーバー{ $ip }から送ってよいかどうかは、このドメインのメールを送ってよいサーバーの一覧（SPF）からは分かりません。
spf-by = 根拠は、{ $domain }の記録にある「{ $term }」です。
spf-none = このドメインは、メールを送ってよいサーバーの一覧（SPF）を公開していません。
spf-duplicate = 「{ $domain }」には、SPFの記録（メールを送ってよいサーバーの一覧）が二つ以上あります。そのため、どれも使えません。
spf-syntax = SPFの記録（メールを送ってよいサーバーの一覧）は、「{ $term }」のために使えません。
spf-lookups = SPFの記録（メールを送ってよいサーバーの一覧）をたどると、DNSへの問い合わせが上限の{ $most }回を超えます。
spf-voids = SPFの記録（メールを送ってよいサーバーの一覧）に書かれた名前のうち、DNSに見当たらないものが多すぎます。
spf-unanswered = 判定できませんでした。DNSで{ $name }（{ $record }）を調べられなかったためです（{ $outcome }）。

dkim-pass = 電子の署名（DKIM）は正しく、署名された部分は書き換えられていません。
dkim-body = 電子の署名（DKIM）を付けたあとで、本文が書き換えられています。
dkim-header = 電子の署名（DKIM）が合いません。メールの頭の部分が書き換えられたか、DNSにある鍵が別のものです。
dkim-expired = 電子の署名（DKIM）の期限が、{ $until }に切れています。
dkim-key-missing = 電子の署名（DKIM）を確かめる鍵が、DNSの「{ $name }」にありません。
dkim-key-revoked = 電子の署名（DKIM）を確かめる鍵は、取り消されています。DNSの「{ $name }」の鍵が空です。
dkim-key-invalid = DNSの「{ $name }」にあるものは、電子の署名（DKIM）を確かめる鍵として使えません。
dkim-key-unanswered = 判定できませんでした。DNSで「{ $name }」の鍵を調べられなかったためです（{ $outcome }）。
dkim-algorithm = 電子の署名（DKIM）の方式が、今では認められていないものか、鍵の方式と違います。
dkim-partial = 電子の署名（DKIM）が付いているのは、本文の初めの部分だけです（{ $octets }バイトのうち{ $signed }バイト）。残りは、誰かが書き足したものかもしれません。
dkim-from-unsigned = 電子の署名（DKIM）が、差出人の欄（From）に掛かっていません。そのため、差出人が本物かどうかは分かりません。
dkim-identity = 電子の署名（DKIM）に書かれた人（i=）が、署名したドメイン（d=）の人ではありません。
dkim-unreadable = 電子の署名（DKIM）を読み取れません。
dkim-too-many = 電子の署名（DKIM）が{ $seen }個あります。初めの{ $most }個だけを調べ、残りは使いませんでした。

arc-pass = 転送したサーバーはどれも、それまでの確認の結果に封（ARC）をしていて、封はすべて正しいものです：{ $sealers }。
arc-fail = 転送したサーバーの封（ARC）が正しくありません：{ $sealers }。
arc-body = 転送したサーバーの最後の封（ARC）のあとで、本文が書き換えられています。
arc-signature = 転送したサーバーの封（ARC）に、合わないものがあります。
arc-key = 転送したサーバーの封（ARC）に、確かめられないものがあります。
arc-structure = 転送したサーバーの封（ARC）が途中で欠けているか、壊れていると記されています。
arc-too-long = 転送したサーバーの封（ARC）が{ $seen }個あります。確かめるのは{ $most }個までです。
arc-algorithm = 転送したサーバーの封（ARC）に、今では認められていない方式のものがあります。

dmarc-none = このドメインは、自分の名前で届くメールの扱い方（DMARC）を公開していません。
dmarc-pass = 差出人の欄にあるドメインのメールだと確かめられました（DMARC）。決め手は{ $by }です。
dmarc-fail = SPFでもDKIMでも、差出人の欄にあるドメインのメールだと確かめられません（DMARC）。
dmarc-fail-other = SPFやDKIMで確かめられたのは「{ $others }」で、差出人の欄にあるドメインではありません（DMARC）。
dmarc-open = SPFかDKIMを調べられなかったため、差出人の欄にあるドメインのメールかどうかは分かりません（DMARC）。
dmarc-unanswered = 判定できませんでした。DNSで「{ $name }」を調べられなかったためです（{ $outcome }）。
dmarc-asks-none = ドメインの持ち主は、このようなメールについて何も求めていません（none）。
dmarc-asks-quarantine = ドメインの持ち主は、このようなメールを疑わしいものとして扱うように求めています（quarantine）。
dmarc-asks-reject = ドメインの持ち主は、このようなメールを断るように求めています（reject）。
dmarc-testing = ただし試している間なので（t=y）、扱いは一段ゆるくなります。
dmarc-record = { $domain }の記録は「{ $text }」です。

from-missing = 差出人の欄（From）がないか空なので、誰のメールか判定できません（DMARC）。
from-several = 差出人の欄（From）が二つ以上あり、読む人にどれが見えるか分かりません（DMARC）。
from-too-many = 差出人の欄（From）が長すぎるか、ドメインが多すぎて判定できません（DMARC）。
from-no-domain = 差出人の欄（From）に、判定できるドメインがありません（DMARC）。

turn-dns = 対応する人：DNSで「{ $domain }」を管理している方。
turn-spf = 対応する人：{ $ip }から送るのが正しいときは、DNSで「{ $domain }」を管理している方が、SPFの記録にこのサーバーを加えます。
turn-dmarc = 対応する人：本物のメールのときは、「{ $domain }」を管理している方が、このドメインの署名（DKIM）を付けます。
turn-sender = 対応する人：メールを送ったサーバーやソフトを管理している方。
turn-way = 対応する人：メールを送ったサーバーや、途中で転送したサーバーを管理している方。
turn-passed = 対応する人：メールを転送したサーバーを管理している方。
turn-nobody = 対応する人：いません。たいていは、時間がたてば直ります。

outcome-answer = 答えが届きました
outcome-nx-domain = その名前はありません
outcome-no-data = その記録はありません
outcome-serv-fail = DNSサーバーが調べられませんでした
outcome-refused = DNSサーバーに断られました
outcome-bogus = 答えに付いた署名が正しくありません
outcome-timed-out = 時間内に返事がありません
outcome-unreachable = どのDNSサーバーにもつながりません
