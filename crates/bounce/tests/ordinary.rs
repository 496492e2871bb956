//! Mails that are no bounces give none, however much they speak of such things.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8};

const SENDERS: [&str; 12] = [
    "Hana <hana@edo.test>",
    "=?UTF-8?B?5L2Q6Jek6Iqx5a2Q?= <sato@kobo.test>",
    "News <news@shop.test>",
    "no-reply@bank.test",
    "Support <support@provider.test>",
    "Postmaster <postmaster@kobo.test>",
    "info@matsuri.test",
    "\"Yamada, Taro\" <taro@edo.test>",
    "noreply@github.test",
    "ML <owner-list@lists.test>",
    "billing@provider.test",
    "admin@school.test",
];

const SUBJECTS: [&str; 18] = [
    "Hello",
    "お見積りの件",
    "Re: Undelivered Mail Returned to Sender",
    "Re: お見積りの件",
    "Newsletter November 2026",
    "【重要】メールボックスの容量について",
    "Minutes of the meeting",
    "Your invoice is ready",
    "ご注文ありがとうございます",
    "Fwd: photos",
    "[list] Delivery of the new server",
    "パスワードを変更しました",
    "Out for delivery: your parcel",
    "会議の日程",
    "Delivery of order 1234",
    "メールを送信できませんでした",
    "Question: Undelivered Mail Returned to Sender",
    "Warning: heavy rain tomorrow",
];

const BODIES: [&str; 12] = [
    "Hello, how are you?\n\nSee you on Friday.\n",
    "いつもお世話になっております。\n株式会社甲の佐藤です。\n\nお見積書をお送りします。\nよろしくお願いいたします。\n",
    "昨日から、jiro@kobo.test にメールを送信できませんでした。\n550 5.1.1 と出ます。どうすればよいですか。\n",
    "My mail to jiro@kobo.test could not be delivered: 550 user unknown. What shall I do?\n",
    "Dear customer,\n\nyour parcel could not be delivered today. Please call +81 3 0000 0000.\n",
    "> This is the mail system at host mx.edo.test.\n> <taro@edo.test>: host mx said: 550 5.1.1 User unknown\n\nI got this yesterday. What does it mean?\n",
    "Your mailbox is almost full: 95 % of 5 GB are used. Please delete old mail.\n",
    "メールボックスの使用量が90%を超えました。\n不要なメールを削除してください。\n",
    "Minutes:\n1. The user unknown error of last week is solved.\n2. Spam filter: nothing new.\n",
    "We are closed for the holidays and out of office until Monday.\n",
    "Buy one, get two! Unsubscribe: https://shop.test/u?a=taro@edo.test\n",
    "To taro@edo.test:\nplease send me the list of addresses: a@b.test, c@d.test.\nThanks!\n",
];

/// Whether a text speaks of a bounce.
fn speaks(body: &str) -> bool {
    body.starts_with('>') || body.contains("jiro@kobo.test")
}

fn encodings() -> [(&'static Encoding, &'static str); 4] {
    [(UTF_8, "utf-8"), (ISO_2022_JP, "iso-2022-jp"), (SHIFT_JIS, "shift_jis"), (EUC_JP, "euc-jp")]
}

#[test]
fn ordinary_mails_give_nothing() {
    let mut seen = 0;
    for (at, sender) in SENDERS.iter().enumerate() {
        for (number, subject) in SUBJECTS.iter().enumerate() {
            for (place, body) in BODIES.iter().enumerate() {
                // A report that is passed on in the text is one, and so is one from a postmaster.
                if subject.starts_with("Fwd:") && speaks(body) || sender.starts_with("Postmaster") {
                    continue;
                }
                let (encoding, name) = encodings()[(at + number + place) % 4];
                let end = if place % 2 == 0 { "\r\n" } else { "\n" };
                let head = format!(
                    "From: {sender}\nTo: taro@edo.test\nSubject: {subject}\nDate: Tue, 24 Nov 2026 \
                     10:00:00 +0900\nMessage-ID: <{at}.{number}.{place}@edo.test>\nMIME-Version: \
                     1.0\nContent-Type: text/plain; charset={name}\n\n{body}"
                );
                let text = head.replace('\n', end);
                let (octets, _, _) = encoding.encode(&text);
                let found = hikyaku_bounce::read(&octets);
                assert!(found.is_empty(), "{sender} / {subject} / {body}: {found:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 1_000, "{seen}");
}

#[test]
fn an_attached_letter_is_no_bounce() {
    let mail = "From: hana@edo.test\nSubject: Fwd: letter\nMIME-Version: 1.0\nContent-Type: \
                multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n\n--b\n\
                Content-Type: message/rfc822\n\nFrom: taro@edo.test\nSubject: Hello\n\nHello!\n\n--b--\n";
    assert!(hikyaku_bounce::read(mail.as_bytes()).is_empty());
}

#[test]
fn a_receipt_is_no_bounce() {
    let mail = "From: taro@edo.test\nSubject: Read: letter\nMIME-Version: 1.0\nContent-Type: \
                multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\
                Content-Type: text/plain\n\nYour mail was displayed.\n\n--b\nContent-Type: \
                message/disposition-notification\n\nReporting-UA: edo.test\nFinal-Recipient: \
                rfc822;taro@edo.test\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n";
    assert!(hikyaku_bounce::read(mail.as_bytes()).is_empty());
}
