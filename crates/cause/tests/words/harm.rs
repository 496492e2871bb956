//! Nothing we say, in any language, may make anybody less safe.
//!
//! The whole catalogue, the glossary, the words of the programs and the tables of mail programs are
//! read, templates and not renderings, so that no value hides a word. Each
//! rule is deliberately wider than bad advice: a harmless sentence that it catches is worded anew.

use std::path::Path;

use hikyaku_cause::Language;

use crate::texts::texts;

/// A sentence that holds a word of each list is harmful. Words are parted by `|`.
const PAIRS: &[(&str, &str, &str)] = &[
    ("weakens a protection", SWITCH_OFF, PROTECTIONS),
    ("goes past a certificate warning", WAVE_THROUGH, CERTIFICATES),
    ("goes round a blacklist", OTHER_WAYS, BLACKLISTS),
    ("gives a password away", DISCLOSE, PASSWORDS),
];

const SWITCH_OFF: &str = "turn off|turn it off|turned off|turning off|switch off|switched off|switching off|\
    disable|disabling|deactivate|uninstall|suspend|bypass|lower the|weaken|skip|stop |\
    stopping|pause|remove|without|uncheck|untick|set to none|無効|オフ|停止|切って|切る|\
    切り、|切れば|止め|外し|外す|解除|はずし|アンインストール|下げ|弱め|回避|なしに|せずに|\
    使わない|使用しない";

const PROTECTIONS: &str = "tls|ssl|encrypt|certificate|firewall|antivirus|anti-virus|virus|security|update|\
    defender|protection|暗号|証明書|ファイアウォール|ファイアーウォール|セキュリティ|\
    ウイルス|ウィルス|アップデート|更新";

const WAVE_THROUGH: &str = "accept|ignore|exception|anyway|trust |continue|proceed|don't check|do not check|\
    not verify|許可|例外|信頼して|信頼する|続行|承認|検証しない|確認しない|そのまま進|\
    受け入れ";

const CERTIFICATES: &str = "certificate|warning|証明書|警告";

const OTHER_WAYS: &str = "another ip|other ip|different ip|new ip|another address|relay|change the ip|\
    another server|別のip|他のip|ほかのip|ipを変|ipアドレスを変|中継|別のサーバー";

const BLACKLISTS: &str = "blacklist|blocklist|black list|block list|dnsbl|ブラックリスト|拒否リスト|\
    ブロックリスト";

const DISCLOSE: &str = "tell |send us|send me|mail us|e-mail your|share|write down|give your|give us|\
    let us know|教え|伝え|知らせ|お送り|書き留め|メモ|共有";

const PASSWORDS: &str = "password|passphrase|パスワード|暗証";

/// A sentence that holds one of these is harmful by itself.
const PHRASES: &str = "ignore|無視|without encryption|no encryption|without tls|without ssl|encryption to none|\
    encryption: none|unencrypted port|in clear text|plain text|plaintext port|暗号化なし|\
    暗号化無し|暗号化せず|暗号化しない設定|平文|chmod 777|run as root|self-signed|自己署名|\
    ssl：なし|sslなし|tlsなし";

/// The ports we may name to people: those where encryption is certain (RFC 8314 §3.3 and §7).
const PORTS: [u32; 4] = [465, 587, 993, 995];

/// Where servers hand mail to one another (RFC 5321 §4.5.4.2). It may be named only where the way to
/// another server is explained, never as a setting of a mail program.
const SERVER_PORT: (&str, u32) = ("path", 25);

/// Where an issuer of certificates looks (RFC 8555 §8.3, RFC 8737 §3); named to administrators.
const ISSUERS: (&str, [u32; 2]) = ("acme", [80, 443]);

/// What the pages about how mail works may name, to say what it is: never as a setting.
const EXPLAINED: (&str, [u32; 3]) = ("topics", [25, 110, 143]);
const ADVICE: &str =
    "use port|set |change|choose|connect to|してください|に変え|を選|にします|使います";

/// Limits below which ports need a permission; named to administrators, never to be set.
const NOT_PORTS: [u32; 1] = [1024];

/// What is harmful in a sentence of a family's texts.
fn harm(family: &str, sentence: &str) -> Option<String> {
    let sentence = sentence.to_lowercase();
    let has = |words: &'static str| words.split('|').find(|word| sentence.contains(word));
    if let Some(phrase) = has(PHRASES) {
        return Some(format!("says {phrase:?}"));
    }
    let is_explained = family == EXPLAINED.0 && has(ADVICE).is_none();
    let allowed = |port: &u32| {
        PORTS.contains(port)
            || SERVER_PORT == (family, *port)
            || family == ISSUERS.0 && ISSUERS.1.contains(port)
            || is_explained && EXPLAINED.1.contains(port)
    };
    if let Some(port) = ports(&sentence).into_iter().find(|port| !allowed(port)) {
        return Some(format!("names port {port}"));
    }
    PAIRS.iter().find_map(|(what, one, other)| {
        let (one, other) = (has(one)?, has(other)?);
        Some(format!("{what}: {one:?} with {other:?}"))
    })
}

/// The numbers of a sentence that speaks of ports; those behind a `:` after a name among them.
fn ports(sentence: &str) -> Vec<u32> {
    // Support is no port, in either language.
    let said = sentence.replace("support", "").replace("サポート", "");
    let speaks = ["port", "ポート", "番"].iter().any(|word| said.contains(word));
    if !speaks {
        return Vec::new();
    }
    // Names of ways to check a name (RFC 8555 §8) hold a number that is none either.
    let sentence = sentence.replace("-01", "");
    let numbers = sentence.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() > 1);
    let numbers = numbers.filter_map(|part| part.parse().ok());
    numbers.filter(|number| !NOT_PORTS.contains(number)).collect()
}

/// Sentences end with a stop and a gap, a Japanese stop, or a line.
fn sentences(text: &str) -> Vec<String> {
    let marked = text.replace(". ", ".\n").replace("; ", ";\n").replace(['。', '！', '？'], "\n");
    marked.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A sentence and where it stands.
struct Found {
    family: String,
    message: String,
    sentence: String,
}

/// Every sentence of a language's text files, its placeholders left in place.
fn catalogue(language: Language) -> Vec<Found> {
    let mut found = Vec::new();
    for text in texts(language, |_, _| "X".to_owned()) {
        for sentence in text.forms.iter().flat_map(|form| sentences(form)) {
            let (family, message) = (text.family.clone(), text.message.clone());
            found.push(Found { family, message, sentence });
        }
    }
    found
}

/// Every sentence of the tables of mail programs.
fn tables(language: Language) -> Vec<Found> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(crates.join("doctor/data/clients")).unwrap() {
        let path = entry.unwrap().path();
        let table: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        for client in table["client"].as_array().unwrap() {
            let message = client["name"].as_str().unwrap();
            for text in strings(client, language, false) {
                for sentence in sentences(&text) {
                    let (family, message) = ("clients".to_owned(), message.to_owned());
                    found.push(Found { family, message, sentence });
                }
            }
        }
    }
    found
}

/// What stands below a key that names the language.
fn strings(value: &toml::Value, language: Language, is_below: bool) -> Vec<String> {
    match value {
        toml::Value::String(text) if is_below => vec![text.clone()],
        toml::Value::Array(all) => {
            all.iter().flat_map(|value| strings(value, language, is_below)).collect()
        }
        toml::Value::Table(table) => table
            .iter()
            .flat_map(|(key, value)| strings(value, language, is_below || key == language.tag()))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn no_text_does_harm() {
    for language in Language::ALL {
        let (texts, tables) = (catalogue(language), tables(language));
        for (kind, count) in [("texts", texts.len()), ("tables", tables.len())] {
            assert!(count > 400, "{count} sentences of {kind} in {}", language.tag());
        }
        let sentences: Vec<Found> = texts.into_iter().chain(tables).collect();
        let harmful: Vec<_> = sentences
            .iter()
            .filter_map(|found| {
                let harm = harm(&found.family, &found.sentence)?;
                Some((&found.message, &found.sentence, harm))
            })
            .collect();
        assert!(harmful.is_empty(), "{}: {harmful:#?}", language.tag());
    }
}

/// Advice of the kind that is found in print (register A.7 of the requirements).
#[test]
fn harmful_advice_is_caught() {
    for advice in [
        "Turn off SSL in the account settings.",
        "Set encryption to none and use port 110.",
        "Use port 25 if port 587 does not work.",
        "Disable the firewall for a moment and try again.",
        "Uninstall your antivirus program.",
        "Lower the level of the virus check until the mail passes.",
        "Accept the certificate anyway.",
        "You can ignore the warning.",
        "Stop automatic updates.",
        "Send through a relay with another IP to get past the blacklist.",
        "Tell the help desk your password.",
        "Send the password in clear text.",
        "SSLをオフにしてください",
        "ポートを110、SSLなしに変更します",
        "24番ポートを使ってください",
        "25番ポートに戻してください",
        "セキュリティソフトとファイアウォールを一時的に停止してください",
        "ウイルスチェックのレベルを下げてください",
        "証明書の警告は無視して構いません",
        "証明書の例外を追加してください",
        "Windowsの自動更新を無効にします",
        "中継サーバーを入れると、ブラックリストを避けられます",
        "暗号化なしを選んでください",
        "担当者にパスワードを教えてください",
    ] {
        assert!(harm("smtp", advice).is_some(), "not caught: {advice}");
    }
}

#[test]
fn good_advice_is_not() {
    for advice in [
        "Use port 465 with \"SSL/TLS\".",
        "Install the updates for the mail program.",
        "At most 100 recipients at once.",
        "ポートを995にして、暗号化を「SSL/TLS」にしてください",
        "メールソフトを最新版に更新してください",
        "証明書を新しいものに取り替えてください",
    ] {
        assert_eq!(harm("smtp", advice), None, "{advice}");
    }
}

/// The door between servers is named where the way to other servers is explained, nowhere else,
/// and no other door with it.
#[test]
fn port_25_is_named_between_servers_only() {
    for text in ["Many providers close port 25.", "25番ポートが規制されています"] {
        assert_eq!(harm("path", text), None, "{text}");
        for family in ["smtp", "auth", "peer", "queue", "dns", "net", "tls", "common"] {
            assert!(harm(family, text).is_some(), "{family}: {text}");
        }
    }
    assert_eq!(harm("topics", "- 110 and 143: the old rooms for fetching (ports)."), None);
    for text in ["Use port 110.", "ポートを143に変えます", "ポートは25にしてください"]
    {
        assert!(harm("topics", text).is_some(), "topics: {text}");
    }
    for text in
        ["Use port 110.", "Use port 25 or 24.", "ポートを143にします", "Use port 25 without TLS."]
    {
        assert!(harm("path", text).is_some(), "{text}");
    }
}
