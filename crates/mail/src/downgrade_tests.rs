use mail_parser::{MessageParser, MimeHeaders as _};

use super::Downgrade;

fn whole(message: &[u8]) -> Vec<u8> {
    in_pieces(message, message.len().max(1))
}

fn in_pieces(message: &[u8], size: usize) -> Vec<u8> {
    let (mut downgrade, mut out) = (Downgrade::new(), Vec::new());
    for piece in message.chunks(size) {
        downgrade.take(piece, &mut out);
    }
    downgrade.end(&mut out);
    out
}

fn text(message: &str) -> String {
    String::from_utf8(whole(message.replace('\n', "\r\n").as_bytes()))
        .unwrap()
        .replace("\r\n", "\n")
}

const LETTER: &str = "Return-Path: <花子@江戸.test>
Received: from a.test by b.test for <花子@江戸.test>; Sun, 29 Nov 2026 10:00:00 +0900
From: 江戸の花子 <花子@江戸.test>
To: taro@edo.test, \"山田 \\\"太郎\\\"\" <yamada@edo.test>, 次郎@江戸.test
Subject: 飛脚の話、長い長い題名がここにあります。さらに長く、折り返しが要るほどに続きます。
 二行目
Date: Sun, 29 Nov 2026 10:00:00 +0900
X-Note: ほ
Content-Type: multipart/mixed; boundary=\"=_a b\"; note=\"ほ\"

--=_a b
Content-Type: text/plain; charset=utf-8

花子です。
--=_a bc is no boundary
--=_a b
Content-Type: message/global

From: 次郎 <次郎@江戸.test>
Subject: 中の手紙

中身
--=_a b
Content-Type: text/plain; charset=utf-8; name=\"とても長い名前の添付ファイルです、二回折り返します.txt\"
Content-Disposition: attachment; filename=\"報告.txt\"

添付
--=_a b--
終わり: 花子
";

#[test]
fn what_can_be_said_is() {
    let seen = text(LETTER);
    let message = MessageParser::new().parse(seen.as_bytes()).unwrap();
    let headers = seen.split("\n\n").filter(|block| block.contains(": ") && !block.contains("終"));
    assert!(headers.clone().count() >= 3);
    for block in headers {
        let fields = block.rsplit("--=_a b\n").next().unwrap();
        assert!(fields.is_ascii(), "{fields}");
    }
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(from.address.as_deref(), Some("invalid@internationalized-address.invalid"));
    assert_eq!(from.name.as_deref(), Some("江戸の花子 <花子@江戸.test>"));
    let to: Vec<_> = message.to().unwrap().iter().collect();
    assert_eq!(to[0].address.as_deref(), Some("taro@edo.test"));
    assert_eq!(to[1].address.as_deref(), Some("yamada@edo.test"));
    assert_eq!(to[1].name.as_deref(), Some("山田 \"太郎\""));
    assert_eq!(to[2].address.as_deref(), Some("invalid@internationalized-address.invalid"));
    assert!(message.subject().unwrap().ends_with("続きます。 二行目"), "{:?}", message.subject());
    assert!(message.header("Received").is_none(), "no form in ASCII");
    assert!(message.header("Return-Path").is_none(), "RFC 6858 §2.4: nor has it one");
    assert!(seen.contains("\nDate: Sun, 29 Nov 2026 10:00:00 +0900\n"), "ASCII stays");
    assert_eq!(message.attachment_count(), 2);
    let file = message.attachments().find(|part| part.attachment_name() == Some("報告.txt"));
    let file = file.unwrap();
    let name = file.content_type().unwrap().attribute("name");
    assert_eq!(name, Some("とても長い名前の添付ファイルです、二回折り返します.txt"));
    assert_eq!(file.contents(), "添付".as_bytes(), "bodies stay");
    let within = message.attachments().find_map(|part| part.message()).unwrap();
    assert_eq!(within.subject(), Some("中の手紙"));
    assert!(
        within.raw_message.is_ascii() || !within.raw_message.starts_with("From: 次".as_bytes())
    );
    assert!(seen.contains("--=_a bc is no boundary\n"));
    assert!(seen.ends_with("終わり: 花子\n"));
}

#[test]
fn alike_at_any_split() {
    let letter = LETTER.replace('\n', "\r\n");
    let expected = whole(letter.as_bytes());
    for size in 1..80 {
        assert_eq!(in_pieces(letter.as_bytes(), size), expected, "{size}");
    }
    // Once more changes nothing: all of it is ASCII where it has to be.
    assert_eq!(whole(&expected), expected);
}

#[test]
fn what_needs_nothing_stays_as_it_is() {
    for letter in [
        "",
        "\n",
        "no header",
        "Return-Path: <b@edo.test>\nSubject: a\nFrom: b@edo.test\n\nbody 花子\n",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a--\n",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; \
         boundary=b\n\n--b\n\nx\n--a--\n--a\nSubject: 花\n",
        "Content-Type: multipart/mixed; boundary=\"\"\n\n--\nSubject: 花\n\n",
    ] {
        assert_eq!(text(letter), letter);
    }
}

#[test]
fn parts_that_are_not_in_order() {
    // A boundary within a header section, and an outer one that ends an inner multipart.
    let letter = "Content-Type: multipart/mixed; boundary=a\n\n--a\nSubject: 花\n--a\n\
                  Content-Type: multipart/mixed; boundary=b\n\n--b\n--a\nComments: 花\n\n花\n";
    let seen = text(letter);
    let subject = "=?utf-8?B?6Iqx?=";
    assert_eq!(
        seen,
        letter
            .replace("Subject: 花", &format!("Subject: {subject}"))
            .replace("Comments: 花", &format!("Comments: {subject}"))
    );
    // What is not UTF-8 has a form all the same.
    let raw = whole(b"Subject: \xff\xfe\r\nFrom: \xff@edo.test\r\nList-Id: \xff\r\n\r\n\xff");
    let header = raw.len() - 1;
    assert!(raw[..header].is_ascii(), "{}", raw.escape_ascii());
    assert_eq!(raw[header], 0xff);
}

#[test]
fn groups() {
    let seen = text("To: 仲間: 花子@江戸.test, taro@edo.test;\n\n");
    assert_eq!(
        seen,
        "To: =?utf-8?B?5Luy6ZaT?=: =?utf-8?B?6Iqx5a2QQOaxn+aIuC50ZXN0?= \
         <invalid@internationalized-address.invalid>,\n <taro@edo.test>;\n\n"
    );
}
