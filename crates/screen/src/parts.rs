//! The parts of a text: codes, ports, hosts, the kind of encryption, the protocol.
//!
//! Everything is read from the folded text; a part keeps the place of its words there.

use std::ops::Range;

use crate::sign::Signs;

/// Something read from a text, and the words it was read from (in the folded text).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part<T> {
    pub(crate) value: T,
    pub(crate) words: Range<usize>,
}

/// Whether a connection is encrypted, as a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    None,
    Some,
}

/// What a text names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Codes of Windows: `0x800ccc0e`.
    pub(crate) codes: Vec<Part<String>>,
    /// The number of a socket error, in the count of Windows.
    pub(crate) socket: Option<Part<u32>>,
    pub(crate) ports: Vec<Part<u16>>,
    pub(crate) tls: Option<Part<Tls>>,
    pub(crate) protocol: Option<Part<&'static str>>,
    pub(crate) host: Option<Part<String>>,
    /// Hosts that were called at the door between servers.
    pub(crate) peers: Vec<String>,
    pub(crate) address: Option<Part<String>>,
    pub(crate) curl: Option<Part<u16>>,
    /// How large a file is, in the words of people: `25MB`.
    pub(crate) size: Option<Range<usize>>,
}

/// The most parts of one kind that are kept.
const MOST: usize = 32;

/// A run of letters and digits.
#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    start: usize,
    before: &'a str,
    after: &'a str,
}

impl Token<'_> {
    fn words(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The words with the name before them, where one stands there.
    fn named(&self, names: &[&str]) -> Range<usize> {
        let words = self.words();
        let name = names.iter().filter(|_| self.is_after(names));
        let at = name.filter_map(|name| self.before.rfind(name)).max();
        let before = at.map_or(0, |at| self.before.len() - at);
        words.start - before..words.end
    }

    fn is_number(&self) -> bool {
        self.text.bytes().all(|it| it.is_ascii_digit())
    }

    /// Whether one of these stands right before, but for what may stand between a name and its
    /// value.
    fn is_after(&self, names: &[&str]) -> bool {
        let filler = |it: char| " :=#'\"(<[".contains(it);
        let before = self.before.trim_end_matches(filler);
        let before = FILLERS.iter().fold(before, |rest, it| rest.trim_end_matches(it));
        let before = before.trim_end_matches(filler);
        names.iter().any(|name| {
            let before = before.strip_suffix(name).map(|it| it.chars().next_back());
            // `port` is not in `report`.
            let is_latin = name.is_ascii();
            before.is_some_and(|it| !it.is_some_and(|it| is_latin && it.is_ascii_alphabetic()))
        })
    }
}

/// Between `ポート` and its number.
const FILLERS: &[&str] =
    &["ハ", "ガ", "ヲ", "モ", "ノママ", "番号", "no.", "number", "is", "番号", "ノ"];

impl Parts {
    /// Reads the parts of a folded text.
    pub(crate) fn read(text: &str) -> Self {
        let mut parts = Self::default();
        for token in tokens(text) {
            parts.code(&token);
            parts.number(&token);
            parts.size(&token);
        }
        parts.tls = tls(text);
        parts.protocol = protocol(text);
        parts.names(text);
        parts
    }

    fn code(&mut self, token: &Token<'_>) {
        let bare = ["0x", "ox"].iter().find_map(|it| token.text.strip_prefix(it));
        let digits = bare.unwrap_or(token.text).replace('o', "0");
        let is_hexadecimal = digits.len() == 8 && digits.bytes().all(|it| it.is_ascii_hexdigit());
        let begins = ["800", "8de", "850", "801"].iter().any(|it| digits.starts_with(it));
        let is_named = bare.is_some() || digits.bytes().any(|it| it.is_ascii_alphabetic());
        // `CCC0E`, without what all of them begin with.
        let digits = match digits.len() {
            5 if digits.starts_with("ccc") => format!("800{digits}"),
            _ => digits,
        };
        let has_room = self.codes.len() < MOST;
        if has_room && is_hexadecimal && begins && (is_named || digits.starts_with("80042")) {
            self.codes.push(Part { value: digits, words: token.words() });
        }
    }

    fn number(&mut self, token: &Token<'_>) {
        if !token.is_number() || token.text.len() > 5 {
            return self.glued(token);
        }
        let Ok(number) = token.text.parse::<u32>() else { return };
        let is_port = is_port(token, number);
        if let (true, Ok(port)) = (is_port, u16::try_from(number)) {
            if self.ports.len() < MOST && !self.ports.iter().any(|it| it.value == port) {
                self.ports
                    .push(Part { value: port, words: token.named(&["ポト", "コト", "port"]) });
            }
            return;
        }
        let words = token.named(&["ソケツトエラ", "socket error", "errno"]);
        let is_errno = token.is_after(&["errno"]);
        let socket = if is_errno { errno(number) } else { Some(number) };
        if let Some(number) = socket.filter(|it| class(*it).is_some())
            && self.socket.is_none()
        {
            self.socket = Some(Part { value: number, words: words.clone() });
        }
        if token.is_after(&["curl", "curl_error", "curle"]) && token.after.starts_with(')') {
            self.curl = u16::try_from(number).ok().map(|value| Part { value, words });
        }
    }

    /// `25MB`, `25 mb`, `30メガ`.
    fn size(&mut self, token: &Token<'_>) {
        const UNITS: [&str; 5] = ["mb", "gb", "メガ", "ギガ", "m"];
        let unit = token.text.trim_start_matches(|it: char| it.is_ascii_digit());
        if self.size.is_some() || unit.len() == token.text.len() {
            return;
        }
        let after = token.after.trim_start();
        let is_behind = unit.is_empty() && UNITS.iter().take(4).any(|it| after.starts_with(it));
        if is_behind || UNITS.contains(&unit) {
            self.size = Some(token.words());
        }
    }

    /// `port25`, `smtp587`.
    fn glued(&mut self, token: &Token<'_>) {
        let names = ["port", "smtps", "smtp", "smpt", "pop3s", "pop", "imaps", "imap", "ssl"];
        let digits = names.iter().find_map(|it| token.text.strip_prefix(it));
        let port = digits.and_then(|it| it.parse().ok()).filter(|it| USUAL.contains(it));
        if let Some(value) = port.filter(|_| self.ports.is_empty()) {
            self.ports.push(Part { value, words: token.words() });
        }
    }

    /// Hosts and addresses.
    fn names(&mut self, text: &str) {
        let is_name = |it: char| it.is_ascii_alphanumeric() || ".-_@+".contains(it);
        let mut from = 0;
        for word in text.split(|it: char| !is_name(it)) {
            let start = from;
            from += word.len();
            from += text.get(from..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8);
            let name = word.trim_matches(['.', '-', '_', '+']);
            let Some(inner) = word.find(name).filter(|_| name.len() > 3) else { continue };
            let words = start + inner..start + inner + name.len();
            match name.split_once('@') {
                Some((local, domain)) if !local.is_empty() && is_host(domain) => {
                    let part = || Part { value: name.to_owned(), words };
                    self.address.get_or_insert_with(part);
                }
                None if is_host(name) => self.name(name, words, text),
                _ => {}
            }
        }
    }

    fn name(&mut self, name: &str, words: Range<usize>, text: &str) {
        let after = text.get(words.end..).unwrap_or_default();
        let after =
            after.split_once(']').filter(|_| after.starts_with('[')).map_or(after, |it| it.1);
        let is_relay = after.starts_with(":25:") || after.starts_with(":25 ") || after == ":25";
        if is_relay && self.peers.len() < MOST && !self.peers.iter().any(|it| it == name) {
            self.peers.push(name.to_owned());
        }
        let before = text.get(..words.start).unwrap_or_default();
        let is_named = ["サバ:'", "サバ:", "server:'", "server:", "host:", "to "]
            .iter()
            .any(|it| before.ends_with(it));
        let rank = |name: &str, is_named| {
            let is_mail =
                ["smtp", "mail", "pop", "imap", "mx"].iter().any(|it| name.starts_with(it));
            u8::from(is_named) * 2 + u8::from(is_mail)
        };
        let is_better =
            self.host.as_ref().is_none_or(|it| rank(&it.value, false) < rank(name, is_named));
        if is_better {
            self.host = Some(Part { value: name.to_owned(), words });
        }
    }

    /// What the parts show, as signs.
    pub(crate) fn signs(&self, signs: &mut Signs) {
        for code in &self.codes {
            signs.add(&format!("code:{}", code.value), code.words.clone());
            signs.add("code:any", code.words.clone());
            if code.value.starts_with("800ccc4") {
                signs.add("code:800ccc4x", code.words.clone());
            }
        }
        for port in &self.ports {
            signs.add(&format!("port:{}", port.value), port.words.clone());
            signs.add("port:any", port.words.clone());
            if !USUAL.contains(&port.value) {
                signs.add("port:odd", port.words.clone());
            }
        }
        if let Some(socket) = &self.socket {
            signs.add(&format!("sock:{}", socket.value), socket.words.clone());
            if let Some(class) = class(socket.value) {
                signs.add(class, socket.words.clone());
            }
        }
        if let Some(curl) = &self.curl {
            signs.add(&format!("curl:{}", curl.value), curl.words.clone());
        }
        if let Some(tls) = &self.tls {
            let name = if tls.value == Tls::None { "tls:none" } else { "tls:some" };
            signs.add(name, tls.words.clone());
        }
        if let Some(protocol) = &self.protocol {
            signs.add(&format!("proto:{}", protocol.value), protocol.words.clone());
        }
        if self.peers.len() > 1 {
            signs.add("is:many_peers", 0..0);
        }
        if let Some(host) = &self.host {
            signs.add("is:hosted", host.words.clone());
        }
        if self.address.is_some() {
            signs.add("is:addressed", 0..0);
        }
        if let Some(size) = &self.size {
            signs.add("is:sized", size.clone());
        }
    }
}

/// Ports at which mail is spoken (RFC 8314 §7, and those that providers add).
const USUAL: [u16; 9] = [25, 110, 143, 465, 587, 993, 995, 2525, 4190];

fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let is_letter = |it: u8| it.is_ascii_alphanumeric();
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + bytes.get(from..)?.iter().position(|it| is_letter(*it))?;
        let rest = bytes.get(start..)?;
        let length = rest.iter().position(|it| !is_letter(*it)).unwrap_or(rest.len());
        let length = digits_before_tls(rest.get(..length)?).unwrap_or(length);
        let end = start + length;
        from = end;
        let near = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        Some(Token {
            text: text.get(start..end)?,
            start,
            before: text.get(near(start.saturating_sub(48))..start)?,
            after: text.get(end..near(text.len().min(end + 24)))?,
        })
    })
}

/// How many digits stand before `ssl`, where somebody left out the space: `ポート25SSLなし`.
fn digits_before_tls(token: &[u8]) -> Option<usize> {
    let digits = token.iter().take_while(|it| it.is_ascii_digit()).count();
    let rest = token.get(digits..)?;
    (digits > 0 && (rest.starts_with(b"ssl") || rest.starts_with(b"tls"))).then_some(digits)
}

fn is_port(token: &Token<'_>, number: u32) -> bool {
    if number == 0 || number > 65_535 {
        return false;
    }
    let known = u16::try_from(number).is_ok_and(|it| USUAL.contains(&it));
    // コート is what people make of ポート.
    let is_named = token.is_after(&["ポト", "コト", "port"]) && (known || number > 9)
        || known
            && (token.is_after(&["サバ", "smtp", "server"])
                || token.before.contains("ポト番号")
                || token.before.contains("コト番号"));
    let is_counted = known && (token.after.starts_with("番") || token.after.starts_with("/tcp"));
    let is_after_port = known && token.after.trim_start_matches(' ').starts_with("ポト");
    let before = token.before;
    let behind_host = before.strip_suffix(':').is_some_and(|host| {
        let name = host.rsplit(|it: char| !(it.is_ascii_alphanumeric() || ".-]".contains(it)));
        let name = name.into_iter().next().unwrap_or_default();
        name.ends_with(']') || is_host(name) || name == "localhost" || is_ip(name)
    });
    // `SMTP('smtp.example.jp', 25)`
    let is_argument = known
        && token.after.starts_with(')')
        && before.strip_suffix(',').is_some_and(|it| it.ends_with(['\'', '"']));
    // `host, port: smtp.example.jp, 25`
    let is_listed = known
        && before.strip_suffix(',').is_some_and(|it| {
            let is_end = |it: char| !(it.is_ascii_alphanumeric() || ".-".contains(it));
            it.rsplit(is_end).next().is_some_and(is_host)
        });
    // Numbers that are little used for anything else, standing alone.
    let follows = token.after.chars().next();
    let is_alone = matches!(number, 465 | 587 | 993 | 995)
        && !token.after.starts_with(" 5.")
        && !token.after.starts_with(" 4.")
        && !before.ends_with(['.', '-', '+', '$', '¥'])
        && !follows.is_some_and(|it| "円通件人個年月日時分秒号キメ台枚.-%".contains(it));
    // `telnet smtp.example.jp 25`
    let is_second = known
        && before.strip_suffix(' ').is_some_and(|it| {
            let mut words = it.rsplit(' ');
            let name = words.next().unwrap_or_default();
            (is_host(name) || is_ip(name))
                && words
                    .next()
                    .map(|it| it.rsplit(|it: char| !it.is_ascii_alphanumeric()).next())
                    .is_some_and(|it| it.is_some_and(|it| ["telnet", "nc", "ncat"].contains(&it)))
        });
    is_named
        || is_counted
        || is_after_port
        || behind_host
        || is_listed
        || is_argument
        || is_alone
        || is_second
}

fn is_ip(name: &str) -> bool {
    name.parse::<std::net::IpAddr>().is_ok()
}

/// Whether a word is the name of a host: letters at its end, a dot before.
fn is_host(name: &str) -> bool {
    let Some((rest, last)) = name.rsplit_once('.') else { return false };
    let is_top = last.len() > 1 && last.bytes().all(|it| it.is_ascii_alphabetic());
    let is_file =
        ["php", "py", "pst", "exe", "dll", "ini", "c", "js", "eml", "java", "conf", "log"];
    is_top
        && !rest.is_empty()
        && !is_file.contains(&last)
        && !rest.contains("..")
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || b".-_".contains(&it))
}

/// Numbers of Linux and macOS in the count of Windows.
fn errno(number: u32) -> Option<u32> {
    Some(match number {
        110 | 60 => 10_060,
        111 | 61 => 10_061,
        101 | 51 => 10_051,
        113 | 65 => 10_065,
        104 | 54 => 10_054,
        103 | 53 => 10_053,
        100 | 50 => 10_050,
        13 | 1 => 10_013,
        number if number > 9_999 => number,
        _ => return None,
    })
}

/// What the number of a socket error says, as a sign.
fn class(number: u32) -> Option<&'static str> {
    Some(match number {
        10_013 => "denied",
        10_050 => "netdown",
        10_051 | 10_065 | 10_064 | 10_049 => "unreachable",
        10_053 => "aborted",
        10_054 | 10_052 => "reset",
        10_060 | 10_035 => "timeout",
        10_061 => "refused",
        11_001 | 11_003 | 11_004 => "nohost",
        11_002 => "nodns",
        _ => return None,
    })
}

/// `セキュリティ (SSL): なし`, `Secure(SSL): No`, `SSLなし`.
fn tls(text: &str) -> Option<Part<Tls>> {
    const NONE: &[&str] = &[
        "ナシ",
        "無シ",
        "無効",
        "イイエ",
        "no,",
        "no ",
        "off",
        "オフ",
        "使ワナ",
        "使用シナイ",
        "none",
    ];
    const SOME: &[&str] = &["ハイ", "アリ", "有効", "yes", "on", "オン", "使用スル", "使用ス"];
    for name in ["ssl/tls", "ssl", "tls", "暗号化"] {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|it| it.find(name)).map(|at| at + from) {
            from = at + name.len();
            let rest = text.get(from..).unwrap_or_default();
            let value = rest.trim_start_matches(|it: char| " ):='\",ヲガハニ".contains(it));
            let found = |words: &[&str]| words.iter().any(|it| value.starts_with(it));
            let at_end = value == "no";
            let tls = match (found(NONE) || at_end, found(SOME)) {
                (true, _) => Tls::None,
                (_, true) => Tls::Some,
                _ => continue,
            };
            let end = from + rest.len() - value.len()
                + value.chars().take(2).map(char::len_utf8).sum::<usize>();
            return Some(Part { value: tls, words: at..end });
        }
    }
    // `no SSL`, `without SSL`
    ["no ssl", "no tls", "without ssl", "without tls", "ssl off"].iter().find_map(|it| {
        let at = text.find(it)?;
        Some(Part { value: Tls::None, words: at..at + it.len() })
    })
}

/// `プロトコル: SMTP`, `Protocol: POP3`.
fn protocol(text: &str) -> Option<Part<&'static str>> {
    for name in ["プロトコル", "protocol"] {
        let Some(at) = text.find(name) else { continue };
        let from = at + name.len();
        let rest = text.get(from..)?;
        let value = rest.trim_start_matches([' ', ':', '=', '\'', '"']);
        let end = from + rest.len() - value.len();
        for (word, protocol) in
            [("smtp", "smtp"), ("smpt", "smtp"), ("pop", "pop3"), ("imap", "imap")]
        {
            if value.starts_with(word) {
                return Some(Part { value: protocol, words: at..end + word.len() });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::words;

    fn read(text: &str) -> Parts {
        Parts::read(&words(text))
    }

    fn ports(text: &str) -> Vec<u16> {
        read(text).ports.iter().map(|it| it.value).collect()
    }

    #[test]
    fn a_line_of_outlook_express() {
        let text = "アカウント : 'x', サーバー : 'smtp.example.jp', プロトコル : SMTP, ポート : ２５, セキュリティ (SSL) : なし, ソケット エラー : 10051, エラー番号 : ０ｘ８００ＣＣＣ０Ｅ";
        let parts = read(text);
        assert_eq!(parts.ports[0].value, 25);
        assert_eq!(parts.tls.unwrap().value, Tls::None);
        assert_eq!(parts.protocol.unwrap().value, "smtp");
        assert_eq!(parts.socket.unwrap().value, 10_051);
        assert_eq!(parts.codes[0].value, "800ccc0e");
        assert_eq!(parts.host.unwrap().value, "smtp.example.jp");
        let text = "Server: 'smtp.example.com', Protocol: POP3, Port: 995, Secure(SSL): Yes, Socket Error: 10060, Error Number: 0x800CCC0E";
        let parts = read(text);
        assert_eq!(parts.ports[0].value, 995);
        assert_eq!(parts.tls.unwrap().value, Tls::Some);
        assert_eq!(parts.protocol.unwrap().value, "pop3");
    }

    #[test]
    fn ports_as_people_write_them() {
        for text in [
            "ポート25",
            "ポート番号は25です",
            "25番ポート",
            "port 25",
            "smtp のコート：25",
            "smtp.example.jp:25",
            "mx.example.jp[203.0.113.5]:25: Connection timed out",
            "送信ポートが25のまま",
            "今は２５番です",
            "127.0.0.1:25",
        ] {
            assert_eq!(ports(text), [25], "{text}");
        }
        for text in ["550 5.1.1 no", "25MBの写真", "10:25に送った", "2025年", "report 25"] {
            assert_eq!(ports(text), [] as [u16; 0], "{text}");
        }
    }

    #[test]
    fn codes_as_people_write_them() {
        for text in ["0x800CCC0D", "Ox800CCCOD", "800ccc0d", "0x 800CCC0D", "エラー0x800CCC0Dです"]
        {
            let codes = read(text).codes;
            assert_eq!(codes.first().map(|it| it.value.as_str()), Some("800ccc0d"), "{text}");
        }
        assert!(read("80012345").codes.is_empty());
        assert_eq!(read("[Errno 111]").socket.unwrap().value, 10_061);
        assert_eq!(read("curl: (7) Failed").curl.unwrap().value, 7);
    }
}
