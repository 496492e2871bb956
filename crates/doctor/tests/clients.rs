//! Every cause and every change in every mail program, in both languages: no gap, no placeholder,
//! no term that is not explained, no door that has no encryption.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use hikyaku_cause::{Cause, Code, Evidence, Language, Side, Term};
use hikyaku_doctor::{
    Change, Client, Direction, Finding, Heard, HeardIn, View, heard, heard_terminal,
};

/// What may be changed, and a value from and to which.
const CHANGES: &[(&str, &str, &str)] = &[
    ("host", "mail.old.test", "mail.edo.test"),
    ("port", "2525", "465"),
    ("tls", "plain", "tls"),
    ("tls", "tls", "starttls"),
    ("tls", "starttls", "tls"),
    ("user", "taro", "taro@edo.test"),
];

fn view(client: &Client, language: Language) -> View {
    View { client: Some(client.clone()), ..View::plain(language) }
}

fn report(finding: Finding, view: &View) -> String {
    heard_terminal(
        &Heard { text: "x", account: "taro@edo.test", words: HeardIn::Text },
        &heard(vec![finding]),
        view,
    )
}

/// What stands below the first finding's heading, without the proof.
fn body(report: &str) -> Vec<&str> {
    let below = report.lines().skip_while(|line| !line.starts_with("1. ")).skip(1);
    below.take_while(|line| !line.is_empty()).collect()
}

/// The steps alone.
fn steps<'a>(report: &'a str, client: &Client, language: Language) -> Vec<&'a str> {
    let title = client.title(language);
    let lines = body(report).into_iter();
    lines.skip_while(|line| !line.contains(title)).skip(1).map(str::trim).collect()
}

fn whole(text: &str, what: &str) {
    for part in ["{ $", "{$", "  \n", "「」", "\"\"", "（）", "()", "［］", "[]"] {
        assert!(!text.contains(part), "{what} holds {part:?}: {text}");
    }
}

fn directions() -> [Direction; 3] {
    [Direction::Send, Direction::Receive, Direction::Both]
}

#[test]
fn every_cause_says_what_to_do_in_every_program() {
    for language in Language::ALL {
        for client in Client::all() {
            let view = view(&client, language);
            for code in Code::ALL {
                for direction in directions() {
                    let what = format!("{code} {} {} {direction:?}", client.name, language.tag());
                    let text = report(Finding::new(Cause::likely(*code), direction), &view);
                    whole(&text, &what);
                    let steps = steps(&text, &client, language);
                    assert!(!steps.is_empty(), "{what}: nothing is said: {text}");
                    assert!(
                        steps.iter().all(|step| !step.trim().ends_with(". ")),
                        "{what}: {steps:?}"
                    );
                }
            }
        }
    }
}

/// Who can put it right in the mail program is told how, and not that nothing is to be done.
#[test]
fn what_the_reader_can_do_in_the_program_is_told() {
    use hikyaku_cause::Act;
    let client = Client::named("thunderbird").unwrap();
    let view = view(&client, Language::English);
    // What is done elsewhere: on a portal's page, at the provider's desk, on a server.
    let elsewhere = [Code::PeerVirus];
    for code in Code::ALL.iter().filter(|code| code.side() == Side::User) {
        let is_here = matches!(
            code.act(),
            Act::ChangeClientSetting
                | Act::CorrectPassword
                | Act::CorrectAddress
                | Act::ReduceMessage
                | Act::RepairMessage
                | Act::RepairProgram
                | Act::MakeRoom
                | Act::SlowDown
        );
        let text = report(Finding::new(Cause::likely(*code), Direction::Both), &view);
        let has_steps =
            steps(&text, &client, Language::English).iter().any(|it| it.starts_with("1. "));
        assert!(has_steps || !is_here || elsewhere.contains(code), "{code}: {text}");
    }
}

#[test]
fn every_change_is_told_with_its_values_in_every_program() {
    for language in Language::ALL {
        for client in Client::all() {
            let view = view(&client, language);
            for (protocol, direction) in [
                ("smtp", Direction::Send),
                ("pop3", Direction::Receive),
                ("imap", Direction::Receive),
            ] {
                for (field, from, to) in CHANGES {
                    let what = format!("{protocol}.{field} {} {}", client.name, language.tag());
                    let mut finding =
                        Finding::new(Cause::likely(Code::SettingPortClosed), direction);
                    let field = format!("{protocol}.{field}");
                    let (from, to) = ((*from).to_owned(), (*to).to_owned());
                    finding.changes.push(Change { field: field.clone(), from, to: to.clone() });
                    let text = report(finding, &view);
                    whole(&text, &what);
                    let steps = steps(&text, &client, language).join("\n");
                    let value = match to.as_str() {
                        "tls" => "SSL/TLS",
                        "starttls" => "STARTTLS",
                        other => other,
                    };
                    let is_switch = field.contains(".tls") && !steps.contains(value);
                    let on =
                        if language == Language::Japanese { "を有効に" } else { "Switch on" };
                    assert!(
                        steps.contains(value) || is_switch && steps.contains(on),
                        "{what}: {text}"
                    );
                }
            }
        }
    }
}

/// The example of the article: port 25 without encryption. What it left out is said as well, that
/// sending needs a sign-in.
#[test]
fn a_blocked_port_is_mended_with_encryption_and_sign_in() {
    for (name, words) in [
        (
            "outlook-2007",
            [
                "「ツール」→「アカウント設定」",
                "送信サーバー (SMTP)",
                "TLS（STARTTLS）",
                "認証が必要",
                "アカウント設定のテスト",
            ],
        ),
        (
            "thunderbird",
            [
                "「送信 (SMTP) サーバー」",
                "「ポート番号」",
                "「接続の保護」",
                "「認証方式」",
                "ローカルフォルダー",
            ],
        ),
        (
            "iphone",
            [
                "「プライマリサーバ」",
                "「サーバポート」",
                "「SSLを使用」",
                "「認証」を「パスワード」",
                "「完了」",
            ],
        ),
    ] {
        let client = Client::named(name).unwrap();
        let mut finding = Finding::new(Cause::likely(Code::PathPort25Blocked), Direction::Send);
        for (field, from, to) in [("smtp.port", "25", "587"), ("smtp.tls", "plain", "starttls")] {
            let (field, from, to) = (field.to_owned(), from.to_owned(), to.to_owned());
            finding.changes.push(Change { field, from, to });
        }
        let text = report(finding, &view(&client, Language::Japanese));
        for word in words.iter().chain(&["587"]) {
            assert!(text.contains(word), "{name}: {word} is missing: {text}");
        }
    }
}

/// The article changed the number alone; a port has its kind of encryption.
#[test]
fn a_port_comes_with_its_encryption() {
    for language in Language::ALL {
        for client in Client::all() {
            for (port, word) in [("465", "SSL/TLS"), ("587", "STARTTLS")] {
                let code = Code::PathPort25Blocked;
                let mut finding = Finding::new(Cause::likely(code), Direction::Send);
                let (field, from, to) = ("smtp.port".to_owned(), "25".to_owned(), port.to_owned());
                finding.changes.push(Change { field, from, to });
                let text = report(finding, &view(&client, language));
                let steps = steps(&text, &client, language).join("\n");
                let on = if language == Language::Japanese { "を有効に" } else { "Switch on" };
                let what = format!("{} {port}: {steps}", client.name);
                assert!(steps.contains(word) || steps.contains(on), "{what}");
            }
        }
    }
}

#[test]
fn what_was_told_above_is_named_and_not_told_again() {
    let client = Client::named("thunderbird").unwrap();
    let findings = vec![
        Finding::new(Cause::likely(Code::AuthFailed), Direction::Send),
        Finding::new(Cause::likely(Code::ServerSilent), Direction::Send),
    ];
    let view = view(&client, Language::English);
    let text = heard_terminal(
        &Heard { text: "x", account: "x", words: HeardIn::Text },
        &heard(findings),
        &view,
    );
    assert_eq!(text.matches("Send a mail of a few words").count(), 1, "{text}");
    assert!(text.contains("(The steps are the same as above.)"), "{text}");
}

/// A program that is given up is told with the way out of it.
#[test]
fn programs_without_support_say_how_to_leave_them() {
    for name in ["windows-live-mail", "windows-mail", "outlook-express", "outlook-2007"] {
        let client = Client::named(name).unwrap();
        let finding = Finding::new(Cause::likely(Code::AuthFailed), Direction::Send);
        let text = report(finding, &view(&client, Language::English));
        assert!(text.contains("[Move to another mail program]"), "{name}: {text}");
        assert!(
            text.contains("Keep the old") || text.contains("carried over") || text.contains(".dbx")
        );
    }
}

/// Where nothing is certain of the menus, that is said.
#[test]
fn unsure_words_are_marked() {
    let finding = || Finding::new(Cause::likely(Code::SettingPortRelay), Direction::Send);
    let text =
        |name: &str| report(finding(), &view(&Client::named(name).unwrap(), Language::English));
    assert!(text("becky").contains("are not certain here"));
    assert!(text("becky").contains("the field for the port"));
    assert!(!text("thunderbird").contains("are not certain here"));
}

/// Capitals that everybody knows, names of products and of keys, and what others' programs print.
const KNOWN: &[&str] = &[
    "OK",
    "MB",
    "GB",
    "KB",
    "PC",
    "OS",
    "ID",
    "TV",
    "URL",
    "Wi-Fi",
    "SCANPST",
    "EXE",
    "UPS",
    "AT",
    "PHP",
    "PHPMailer",
    "WordPress",
    "OpenSSL",
    "SERVER",
    "XP",
    "QNAP",
    "Import/Export",
    "Send/Receive",
    "Reply-To",
    "Message-ID",
    // Lines of files and of units, as administrators write them.
    "BEGIN",
    "CERTIFICATE",
    "PRIVATE",
    "KEY",
    "AmbientCapabilities",
    "CAP",
    "NET",
    "BIND",
    "SERVICE",
    "IPAddressDeny",
    "DMARC1",
    "CR",
    "LF",
];

/// Words of two capitals and more, as abbreviations are.
fn capitals(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-/".contains(c)));
    let is_one = |word: &&str| {
        word.chars().filter(char::is_ascii_uppercase).count() >= 2
            && word.chars().next().is_some_and(|it| it.is_ascii_uppercase())
    };
    words.map(|it| it.trim_matches(['-', '/'])).filter(is_one).collect()
}

fn said(text: &str, language: Language) -> Vec<&'static str> {
    Term::said_in(text, language).into_iter().map(|(_, term)| term.name).collect()
}

/// What is read in one go: the text behind a label, with its numbered lines, or a step.
fn blocks(lines: &[&str]) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut is_guide = false;
    for line in lines {
        let is_label = line.starts_with("   ") && !line.starts_with("     ");
        is_guide |= line.starts_with("     「") || line.starts_with("     Steps in");
        match blocks.last_mut() {
            Some(last) if !is_label && !is_guide => *last = format!("{last}\n{line}"),
            _ => blocks.push((*line).to_owned()),
        }
    }
    blocks
}

#[test]
fn every_term_is_explained_where_it_is_said_first() {
    let mut unknown = std::collections::BTreeMap::new();
    for language in Language::ALL {
        for client in Client::all() {
            let view = view(&client, language);
            for code in Code::ALL {
                let what = format!("{code} {} {}", client.name, language.tag());
                let text = report(Finding::new(Cause::likely(*code), Direction::Both), &view);
                let lines = body(&text);
                let all = lines.join("\n");
                let blocks = blocks(&lines);
                // The heading of a part, and the name of the program, are no sentences.
                let is_heading = |block: &str| {
                    block.trim_start().starts_with(['[', '［'])
                        || block.contains(client.title(language))
                };
                let of_block = |block: &String| {
                    if is_heading(block) { Vec::new() } else { said(block, language) }
                };
                let said_in: Vec<Vec<&str>> = blocks.iter().map(of_block).collect();
                for term in Term::all(language) {
                    let first = said_in.iter().position(|said| said.contains(&term.name));
                    let Some(first) = first else { continue };
                    let so_far = blocks[..=first].join("\n");
                    assert!(term.is_explained(&so_far), "{what}: {}: {so_far}", term.name);
                }
                for word in capitals(&all) {
                    let is_term = !said(word, language).is_empty();
                    if !is_term && !KNOWN.contains(&word) {
                        unknown.entry(word.to_owned()).or_insert(what.clone());
                    }
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{} terms: {unknown:#?}", unknown.len());
}

#[test]
fn what_others_said_is_quoted_as_it_was() {
    let reply = hikyaku_cause::Reply {
        code: 535,
        status: None,
        lines: vec![b"SMTP port IMAP TLS".to_vec()],
    };
    let evidence = Evidence::Reply { reply, phase: hikyaku_cause::Phase::Auth };
    let finding =
        Finding::new(Cause::proven(Code::AuthAppPassword).with(evidence), Direction::Send);
    for language in Language::ALL {
        let text = report(finding.clone(), &View::plain(language));
        assert!(text.contains("SMTP port IMAP TLS"), "{text}");
    }
}
