//! What must not change a verdict: digits beside plain words, the width of letters, politeness.

use hikyaku_screen::{MOST, decode, read};

fn first(text: &str) -> &'static str {
    read(text).findings.first().map(|it| it.cause.code.name()).unwrap_or_default()
}

/// All texts of the tables.
fn texts() -> Vec<String> {
    let tables = [include_str!("texts.tsv"), include_str!("more.tsv"), include_str!("lots.tsv")];
    let lines = tables.into_iter().flat_map(str::lines);
    let lines = lines.filter(|line| !line.starts_with('#') && !line.is_empty());
    let texts = lines.filter_map(|line| line.split_once('\t')?.1.rsplit_once('\t'));
    texts.map(|(text, _)| text.replace("\\n", "\n").replace("\\t", "\t")).collect()
}

/// Words that say plainly what happened.
const PLAIN: [(&str, &str); 14] = [
    ("Relay access denied", "smtp.rcpt.relay"),
    ("Recipient address rejected: User unknown", "smtp.rcpt.unknown"),
    ("Authentication required", "auth.required"),
    ("Error: authentication failed", "auth.failed"),
    ("Username and Password not accepted", "auth.failed"),
    ("Application-specific password required", "auth.app_password"),
    ("Must issue a STARTTLS command first", "smtp.tls.required"),
    ("message size exceeds fixed limit", "message.too_large"),
    ("blocked using zen.spamhaus.org", "peer.blocked"),
    ("user is over quota", "smtp.rcpt.full"),
    ("cannot find your reverse hostname", "peer.reverse_name"),
    ("too many login attempts", "auth.throttled"),
    ("Greylisted, come back later", "peer.greylisted"),
    ("basic authentication is disabled", "auth.basic.disabled"),
];
const DIGITS: [(&str, &str); 12] = [
    ("550", "5.0.0"),
    ("550", "5.1.1"),
    ("450", "4.2.2"),
    ("452", "4.7.1"),
    ("554", "5.7.1"),
    ("421", "4.3.0"),
    ("552", "5.3.4"),
    ("553", "5.1.8"),
    ("535", "5.7.8"),
    ("530", "5.7.0"),
    ("534", "5.7.9"),
    ("550", "5.7.26"),
];

#[test]
fn digits_never_overturn_plain_words() {
    for (words, code) in PLAIN {
        for (reply, status) in DIGITS {
            let forms = [
                format!("{reply} {status} {words}"),
                format!("{reply}-{status} {words}"),
                format!("smtplib.SMTPException: ({reply}, b'{status} {words}')"),
                format!("サーバーの応答: '{reply} {status} {words}', サーバー エラー: {reply}"),
                format!("msmtp: server message: {reply} {status} {words}"),
            ];
            for form in forms {
                assert_eq!(first(&form), code, "{form}");
            }
        }
    }
}

/// ASCII as full-width letters (U+FF01 and following); line ends and tabs stay.
fn wide(text: &str) -> String {
    let letter = |it: char| match it {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(it as u32 + 0xfee0).unwrap_or(it),
        other => other,
    };
    text.chars().map(letter).collect()
}

/// Katakana as half-width letters.
fn narrow(text: &str) -> String {
    const FULL: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー";
    const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰ";
    const VOICED: &str = "ガギグゲゴザジズゼゾダヂヅデドバビブベボ";
    const VOICED_HALF: &str = "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎ";
    const SEMI: &str = "パピプペポ";
    const SEMI_HALF: &str = "ﾊﾋﾌﾍﾎ";
    let find = |table: &str, half: &str, it: char| {
        table.chars().position(|other| other == it).and_then(|at| half.chars().nth(at))
    };
    let mut out = String::new();
    for it in text.chars() {
        if let Some(half) = find(FULL, HALF, it) {
            out.push(half);
        } else if let Some(half) = find(VOICED, VOICED_HALF, it) {
            out.extend([half, 'ﾞ']);
        } else if let Some(half) = find(SEMI, SEMI_HALF, it) {
            out.extend([half, 'ﾟ']);
        } else {
            out.push(it);
        }
    }
    out
}

#[test]
fn width_does_not_matter() {
    for text in texts() {
        let code = first(&text);
        assert_eq!(first(&wide(&text)), code, "full width: {text}");
        assert_eq!(first(&narrow(&text)), code, "half-width kana: {text}");
        assert_eq!(first(&wide(&narrow(&text))), code, "both: {text}");
    }
}

#[test]
fn capitals_and_line_breaks_between_words_do_not_matter() {
    for text in texts().iter().filter(|text| !text.contains('\n')) {
        let code = first(text);
        assert_eq!(first(&text.to_uppercase()), code, "{text}");
        assert_eq!(first(&format!("\n\n  {text}  \n")), code, "{text}");
    }
}

#[test]
fn politeness_does_not_matter() {
    const BEFORE: &str = "お世話になっております。田中と申します。\n";
    const AFTER: [&str; 4] = [
        "\nお忙しいところ恐れ入りますが、どうぞよろしくお願いいたします。",
        "\nお手数をおかけしますが、教えていただけると助かります。ありがとうございます。",
        "\n初心者なのでよく分かりません。よろしくお願いします。",
        "\nThank you very much for your kind help. Best regards, Taro",
    ];
    let texts = texts();
    for (number, after) in AFTER.iter().enumerate() {
        let share = || texts.iter().skip(number).step_by(AFTER.len());
        let changed: Vec<&String> = share()
            .filter(|text| {
                let code = first(text);
                first(&format!("{text}{after}")) != code
                    || first(&format!("{BEFORE}{text}{after}")) != code
            })
            .collect();
        assert!(changed.len() * MOST_CHANGED <= share().count(), "{after}: {changed:#?}");
    }
}

/// A kind of change, by name.
type Varied = (&'static str, fn(&str) -> String);

/// What copying, reading machines and fingers do to a text.
const VARIED: [Varied; 20] = [
    ("quoted", |it| format!("> {}", it.replace('\n', "\n> "))),
    ("quoted twice, with broken lines", |it| format!(">> {}", broken(it).replace('\n', "\n>> "))),
    ("broken lines", broken),
    ("lines broken in Japanese", broken_anywhere),
    ("joined lines", |it| it.replace('\n', " ")),
    ("ends of lines as escapes", |it| it.replace('\n', "\\n")),
    ("marks left out", |it| it.replace(['。', '「', '」', '！', '？', '!', '?'], "")),
    ("spaces doubled", |it| it.replace(' ', "  ")),
    ("no-break spaces", |it| it.replace(' ', "\u{a0}")),
    ("a page", |it| format!("<p>{}</p>", escaped(it).replace('\n', "<br/>"))),
    ("a page with <b>", |it| {
        format!("<div><b>{}</b></div>", escaped(it).replace('\n', "</b></div>\n<div><b>"))
    }),
    ("サーバ", |it| it.replace("サーバー", "サーバ")),
    ("ウィルス", |it| it.replace("ウイルス", "ウィルス")),
    ("SMPT", |it| it.replace("SMTP", "SMPT").replace("smtp", "smpt")),
    ("STMP", |it| it.replace("SMTP", "STMP")),
    ("コート", |it| {
        it.replace("サポート", "\u{1}").replace("ポート", "コート").replace('\u{1}', "サポート")
    }),
    ("kanji for kana", |it| {
        it.replace('ー', "一").replace("エラ", "工ラ").replace("タイム", "夕イム")
    }),
    ("letters for digits", |it| it.replace("0x800", "Ox8OO")),
    ("other spelling", |it| it.replace("できません", "出来ません").replace("つながら", "繋がら")),
    ("three dots", |it| format!("{it}...")),
];
/// Sentences around a text that say no more than that it was shown.
const AROUND: [(&str, &str); 3] = [
    ("お世話になります。下記のように表示されます。\n", "\n宜しくお願い致します。"),
    ("すみません、「", "」と表示されるのですが、どうしたらよいでしょうか。"),
    ("Hi, can somebody tell me what this means?\n\n", "\n\nThanks in advance"),
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A line end instead of a space, as mail programs break lines.
fn broken(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split(' ') {
        if length > 40 {
            out.push('\n');
            length = 0;
        } else if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        length += word.len() + 1;
    }
    out
}

/// A line end after each tenth letter of Japanese, wherever that is.
fn broken_anywhere(text: &str) -> String {
    let mut out = String::new();
    for (at, letter) in text.chars().enumerate() {
        out.push(letter);
        if at % 10 == 9 && !letter.is_ascii() {
            out.push('\n');
        }
    }
    out
}

/// Each text meets each kind of change once in [`SHARE`] lines, so that the test stays quick.
const SHARE: usize = 8;
/// Of so many texts the verdict of one may change: likeness is near its limit in some.
const MOST_CHANGED: usize = 100;

#[test]
fn copying_reading_and_typing_do_not_change_a_verdict() {
    let texts = texts();
    for (number, (name, change)) in VARIED.iter().enumerate() {
        let share = || texts.iter().skip(number % SHARE).step_by(SHARE);
        let changed: Vec<&String> =
            share().filter(|text| first(&change(text)) != first(text)).collect();
        assert!(changed.len() * MOST_CHANGED <= share().count(), "{name}: {changed:#?}");
    }
}

#[test]
fn sentences_around_do_not_change_a_verdict() {
    let texts = texts();
    for (number, (before, after)) in AROUND.iter().enumerate() {
        // What is shown as an error may be one, where the bare words say nothing.
        let share = || texts.iter().skip(number).step_by(SHARE);
        let changed: Vec<&String> = share()
            .filter(|text| first(text) != "text.unclear")
            .filter(|text| first(&format!("{before}{text}{after}")) != first(text))
            .collect();
        assert!(changed.len() * MOST_CHANGED <= 2 * share().count(), "{before}: {changed:#?}");
    }
}

/// Of two messages in one paste the report names one first, and the first stays what it was.
#[test]
fn the_same_message_twice_is_one() {
    let texts = texts();
    let share = || texts.iter().step_by(SHARE);
    let changed: Vec<&String> =
        share().filter(|text| first(&format!("{text}\n{text}")) != first(text)).collect();
    assert!(changed.len() * MOST_CHANGED <= 2 * share().count(), "{changed:#?}");
}

/// The quoted words stand in the text where they are said to.
#[test]
fn evidence_stands_where_it_says() {
    use hikyaku_cause::Evidence;
    let texts = texts();
    let wrapped = |number: usize| VARIED.get(number).map(|it| it.1);
    let varied = texts
        .iter()
        .enumerate()
        .step_by(SHARE)
        .filter_map(|(at, text)| wrapped(at / SHARE % VARIED.len()).map(|change| change(text)));
    for text in texts.iter().cloned().chain(varied) {
        for finding in read(&text).findings {
            for evidence in &finding.cause.evidence {
                let Evidence::Words { text: words, offset, .. } = evidence else { continue };
                let words = words.trim_end_matches('…');
                assert!(
                    text.get(*offset..).is_some_and(|it| it.trim_start().starts_with(words)),
                    "{words:?} at {offset} of {text:?}"
                );
            }
        }
    }
}

#[test]
fn only_the_beginning_of_a_long_text_is_read() {
    let long = format!("{}0x800CCC0D", "あ".repeat(MOST / 3 + 1));
    assert_eq!(first(&long), "text.unclear");
    for piece in ["550 ", "送信 ", "smtp\n", "ポート: 25 ", "a@b.c ", "[1.2.3.4]:25: "] {
        first(&piece.repeat(MOST / 4 / piece.len()));
    }
    assert_eq!(decode(&vec![b'a'; 3 * MOST]).len(), MOST);
}
