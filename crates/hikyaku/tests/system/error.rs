//! `doctor error`: what it promises to programs and to people.

use serde_json::Value;

use crate::program::say;

fn report(words: &[&str], input: &str) -> Value {
    let said = say(&[&["doctor", "error"], words].concat(), input);
    assert!(said.status.success() && said.err.is_empty(), "{}", said.all());
    said.json()
}

/// The names of `docs/doctor.schema.json`.
pub(crate) fn fits_the_schema(report: &Value) {
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

#[test]
fn steps_are_those_of_the_program() {
    let text =
        "ポート: 25, セキュリティ (SSL): なし, ソケット エラー: 10060, エラー番号: 0x800CCC0E";
    let report = report(&[text, "--json", "--lang", "ja", "--client", "Outlook 2007"], "");
    fits_the_schema(&report);
    assert_eq!(report["client"]["name"], "outlook-2007");
    let guide = &report["findings"][0]["guide"];
    let steps = guide["parts"][0]["steps"].as_array().unwrap();
    let has = |word: &str| steps.iter().any(|step| step.as_str().unwrap().contains(word));
    for word in ["「ツール」→「アカウント設定」", "「465」", "認証が必要"] {
        assert!(has(word), "{word}: {guide}");
    }
    let tasks: Vec<&str> = guide["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["task"].as_str().unwrap())
        .collect();
    assert_eq!(tasks, ["out", "test", "move"]);
}

#[test]
fn an_unknown_program_is_told_with_the_nearest() {
    let said = say(&["doctor", "error", "x", "--client", "thunderbrid", "--lang", "en"], "");
    assert_eq!(said.status.code(), Some(2));
    for word in ["client.unknown", "thunderbrid", "thunderbird"] {
        assert!(said.err.contains(word), "{word}: {}", said.err);
    }
}

#[test]
fn programs_are_listed_and_a_table_of_ones_own_is_read() {
    let said = say(&["doctor", "clients", "--json"], "");
    let all = said.json();
    let names: Vec<&str> =
        all.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    for name in ["outlook", "outlook-new", "thunderbird", "iphone", "becky", "copier"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let help = say(&["doctor", "error", "--help"], "").out;
    let missing: Vec<_> = names.iter().filter(|name| !help.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?} are not in: {help}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clients.toml");
    std::fs::write(
        &file,
        "as-of = \"2030-01\"\n[[client]]\nname = \"mono\"\ntitle = { ja = \"モノ\", en = \"Mono\" }\n\
         kind = \"program\"\nsource = \"maker\"\nlike = \"any\"\n[client.out.open]\n\
         ja = [\"「月」を開きます。\"]\nen = [\"Open the moon.\"]\n",
    )
    .unwrap();
    let path = file.to_str().unwrap();
    let said = say(&["doctor", "clients", "mono", "--lang", "en", "--clients", path], "");
    for word in ["Mono", "2030-01", "1. Open the moon."] {
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }
    let with = ["530 5.7.0 Authentication required", "--client", "mono", "--clients", path];
    let said = say(&[&["doctor", "error", "--lang", "en"], &with[..]].concat(), "");
    assert!(said.out.contains("Open the moon."), "{}", said.all());
    std::fs::write(&file, "as-of = \"2030-01\"\n[[client]]\nname = \"mono\"\n").unwrap();
    let said = say(&["doctor", "clients", "--clients", path, "--lang", "en"], "");
    assert_eq!(said.status.code(), Some(2));
    assert!(said.err.contains("does not say"), "{}", said.err);
}

#[test]
fn a_bounce_has_its_steps() {
    let mail = "From: mailer-daemon@edo.test\nSubject: Undelivered Mail\n\
                Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
                --b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\n\
                Reporting-MTA: dns; edo.test\n\nFinal-Recipient: rfc822; tora@osaka.test\n\
                Action: failed\nStatus: 5.1.1\n\
                Diagnostic-Code: smtp; 550 5.1.1 <tora@osaka.test>: User unknown\n\n--b--\n";
    let asked = ["doctor", "bounce", "-", "--client", "iphone", "--lang", "en"];
    let said = say(&asked, mail);
    for word in ["smtp.rcpt.unknown", "Steps in iPhone", "Remove from Recents"] {
        assert!(said.out.contains(word), "{word}: {}", said.all());
    }
    let said = say(&[&asked[..], &["--json"]].concat(), mail);
    assert_eq!(said.json()["results"][0]["guide"]["parts"][0]["task"], "autocomplete");
}
