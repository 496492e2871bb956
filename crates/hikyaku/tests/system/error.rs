//! `doctor error`: what it promises to programs and to people.

use serde_json::Value;

use crate::program::say;

fn report(words: &[&str], input: &str) -> Value {
    let said = say(&[&["doctor", "error"], words].concat(), input);
    assert!(said.status.success() && said.err.is_empty(), "{}", said.all());
    said.json()
}

/// The names of `docs/doctor.schema.json`.
fn fits_the_schema(report: &Value) {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../docs/doctor.schema.json")).unwrap();
    let all = |object: &Value, schema: &Value| {
        for name in schema["required"].as_array().unwrap() {
            assert!(
                !object[name.as_str().unwrap()].is_null()
                    || name == "follows_from"
                    || name == "change",
                "{name} in {object}"
            );
        }
        for (name, of) in schema["properties"].as_object().unwrap() {
            if let Some(words) = of["enum"].as_array() {
                assert!(words.contains(&object[name]), "{name}: {}", object[name]);
            }
        }
    };
    all(report, &schema);
    for finding in report["findings"].as_array().unwrap() {
        let of = &schema["properties"]["findings"]["items"];
        all(finding, of);
        for remedy in finding["remedies"].as_array().unwrap() {
            all(remedy, &of["properties"]["remedies"]["items"]);
        }
    }
}

#[test]
fn the_verdict_stands_first() {
    let text = "サーバー: 'smtp.example.jp', プロトコル: SMTP, ポート: 25, セキュリティ (SSL): なし, \
                ソケット エラー: 10060, エラー番号: 0x800CCC0E";
    for (words, input) in [([text, "--json"], ""), (["-", "--json"], text)] {
        let report = report(&words, input);
        fits_the_schema(&report);
        assert_eq!(report["command"], "doctor error");
        assert_eq!(report["subject"], text);
        assert_eq!((&report["verdict"], &report["send"]), (&"broken".into(), &"fails".into()));
        let first = &report["findings"][0];
        assert_eq!(first["code"], "path.port25.blocked");
        assert_eq!(first["certainty"], "likely");
        assert_eq!(first["remedies"][0]["change"]["field"], "smtp.port");
        assert_eq!(first["remedies"][0]["change"]["to"], "465");
        let quoted = |it: &Value| it["kind"] == "words" && it["text"] == "ポート: 25";
        assert!(first["evidence"].as_array().unwrap().iter().any(quoted), "{first}");
    }
}

#[test]
fn what_cannot_be_told_is_asked() {
    for (lang, question) in [("ja", "いつからですか"), ("en", "Since when?")] {
        let report = report(&["メールが変です", "--json", "--lang", lang], "");
        fits_the_schema(&report);
        assert_eq!(report["verdict"], "unknown");
        assert_eq!(report["findings"].as_array().unwrap().len(), 1);
        let first = &report["findings"][0];
        assert_eq!(first["code"], "text.unclear");
        assert_eq!(first["certainty"], "unknown");
        let text = first["remedies"][0]["text"].as_str().unwrap();
        assert!(text.contains(question), "{text}");
    }
}

#[test]
fn no_report_repeats_a_password() {
    let text = "USER taro\nPASS hunter2\n-ERR authentication failed\npassword=hunter2";
    for words in [["-", "--json"], ["-", "--lang=ja"]] {
        let said = say(&[&["doctor", "error"], words.as_slice()].concat(), text);
        assert!(said.status.success() && !said.all().contains("hunter2"), "{}", said.all());
        assert!(said.out.contains("auth.failed"), "{}", said.out);
    }
}

#[test]
fn a_report_for_each_line() {
    let input = "-ERR authentication failed\nline one\\n550 5.1.1 <a@b.test>: User unknown\n\n\
                 ポート: 465, ソケット エラー: 10060, 0x800CCC0E";
    let said = say(&["doctor", "error", "-", "--lines", "--json"], input);
    assert!(said.status.success(), "{}", said.all());
    let codes: Vec<String> = said
        .out
        .lines()
        .map(|line| {
            let report: Value = serde_json::from_str(line).unwrap();
            fits_the_schema(&report);
            report["findings"][0]["code"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(codes, ["auth.failed", "smtp.rcpt.unknown", "text.unclear", "server.silent"]);
}

#[test]
fn another_table_takes_the_place_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("screens.tsv");
    std::fs::write(&file, "mailbox.full\t80\tzzz top\t\tours\n").unwrap();
    let path = file.to_str().unwrap();
    let report = report(&["ZZZ  TOP", "--json", "--patterns", path], "");
    assert_eq!(report["findings"][0]["code"], "mailbox.full");
    std::fs::write(&file, "no.such\t80\tzzz\t\tours\n").unwrap();
    let said = say(&["doctor", "error", "x", "--patterns", path], "");
    assert_eq!(said.status.code(), Some(2));
    assert!(said.err.contains("no such cause"), "{}", said.err);
}

#[test]
fn people_read_what_to_do() {
    let said = say(
        &[
            "doctor",
            "error",
            "535 5.7.8 Error: authentication failed",
            "--lang",
            "ja",
            "--client",
            "thunderbird",
        ],
        "",
    );
    assert!(said.status.success());
    for words in ["auth.failed", "Thunderbird", "文の中の言葉"] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
}
