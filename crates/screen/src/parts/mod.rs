//! The parts of a text: codes, ports, hosts, the kind of encryption, the protocol.
//!
//! Everything is read from the folded text; a part keeps the place of its words there.

mod named;
mod port;
mod token;

use std::ops::Range;

use crate::sign::Signs;
use named::{class, errno, protocol, tls};
use port::{USUAL, is_host, is_port};
use token::{Token, tokens};

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
