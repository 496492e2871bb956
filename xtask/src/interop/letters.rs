//! The messages that real programs carry: each has something that careless software spoils.

/// A message body and what its header says of it.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Part of its Message-ID.
    pub(crate) name: &'static str,
    /// For Content-Type and Content-Transfer-Encoding.
    charset: &'static str,
    encoding: &'static str,
    /// In CRLF lines.
    pub(crate) body: Vec<u8>,
}

/// 表, ソ, 能, 十 and 予 end in a backslash here, which programs like to take for an escape.
const SHIFT_JIS: &[u8] = b"\x95\x5c\x8e\xa6\x82\xc6\x83\x5c\x81[\x83X\x82\xcc\x94\x5c\x97\xcd\x81A\
\x8f\x5c\x89\xf1\x96\xda\x82\xcc\x97\x5c\x96\xf1\x81B\r\n\x94\xf2\x8br\x82\xaa\x8d]\x8c\xcb\x82\xa9\
\x82\xe7\x8b\x9e\x93s\x82\xd6\x8e\xe8\x8e\x86\x82\xf0\x89^\x82\xd1\x82\xdc\x82\xb7\x81B\r\n";

const EUC_JP: &[u8] = b"\xc9\xbd\xbc\xa8\xa4\xc8\xa5\xbd\xa1\xbc\xa5\xb9\xa4\xce\xc7\xbd\xce\xcf\xa1\
\xa2\xbd\xbd\xb2\xf3\xcc\xdc\xa4\xce\xcd\xbd\xcc\xf3\xa1\xa3\r\n\xc8\xf4\xb5\xd3\xa4\xac\xb9\xbe\xb8\
\xcd\xa4\xab\xa4\xe9\xb5\xfe\xc5\xd4\xa4\xd8\xbc\xea\xbb\xe6\xa4\xf2\xb1\xbf\xa4\xd3\xa4\xde\xa4\xb9\
\xa1\xa3\r\n";

/// Escape sequences switch the alphabet; a byte lost or added turns the rest into noise.
const ISO_2022_JP: &[u8] = b"\x1b$BI=<($H%=!<%9$NG=NO!\x22==2sL\x5c$NM=Ls!#\x1b(B\r\n\
\x1b$BHt5S$,9>8M$+$i5~ET$X<j;f$r1?$S$^$9!#\x1b(B\r\n";

const UTF_8: &str = "飛脚が江戸から京都へ手紙を運びます。\r\nåäö €\r\n";

/// RFC 5321 §4.5.2: transparency. The last line is the one that must not end the message.
const DOTS: &[u8] = b".\r\n..\r\n...\r\n.leading\r\n..two\r\n. \r\n\r\n.\r\n\r\nFrom the start\r\n\
>From quoted\r\n  spaces at the end  \r\n\ttab\t\r\n.\r\n";

impl Letter {
    fn new(name: &'static str, charset: &'static str, body: &[u8]) -> Self {
        let encoding = if body.is_ascii() { "7bit" } else { "8bit" };
        Self { name, charset, encoding, body: body.to_vec() }
    }

    /// The small letters, which every program carries.
    pub(crate) fn small() -> Vec<Self> {
        vec![
            Self::new("dots", "us-ascii", DOTS),
            Self::new("lines", "us-ascii", &long_lines()),
            Self::new("iso-2022-jp", "iso-2022-jp", ISO_2022_JP),
            Self::new("shift-jis", "shift_jis", SHIFT_JIS),
            Self::new("euc-jp", "euc-jp", EUC_JP),
            Self::new("utf-8", "utf-8", UTF_8.as_bytes()),
        ]
    }

    /// Ten million octets and a bit, as an attachment makes them; Postfix takes 10,240,000 at most
    /// (`message_size_limit`) unless it is told otherwise.
    pub(crate) fn large() -> Self {
        Self::of("10mb", 10_000_000)
    }

    /// 25 million octets and a bit, the most that many servers take.
    pub(crate) fn huge() -> Self {
        Self::of("25mb", 25_000_000)
    }

    fn of(name: &'static str, octets: usize) -> Self {
        let mut body = Vec::with_capacity(octets + 100);
        let mut count = 0_u64;
        while body.len() < octets {
            // Every hundredth line begins with a dot, all over the message.
            let start = if count.is_multiple_of(100) { "." } else { "A" };
            let number = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            body.extend_from_slice(format!("{start}{number:020}{number:055b}\r\n").as_bytes());
            count += 1;
        }
        Self::new(name, "us-ascii", &body)
    }

    /// The Message-ID it has when `carrier` sends it; unique in a run.
    pub(crate) fn message_id(&self, carrier: &str) -> String {
        format!("<{}.{carrier}@edo.test>", self.name)
    }

    /// The whole message in CRLF lines.
    pub(crate) fn message(&self, carrier: &str, from: &str, to: &str) -> Vec<u8> {
        let header = format!(
            "From: Taro <{from}>\r\nTo: Hanako <{to}>\r\n\
             Subject: {} by {carrier}\r\nDate: Mon, 13 Apr 2026 09:00:00 +0900\r\n\
             Message-ID: {}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset={}\r\nContent-Transfer-Encoding: {}\r\n\r\n",
            self.name,
            self.message_id(carrier),
            self.charset,
            self.encoding,
        );
        [header.as_bytes(), &self.body].concat()
    }
}

/// RFC 5322 §2.1.1: a line may have 998 octets.
fn long_lines() -> Vec<u8> {
    let mut body = Vec::new();
    for length in [78, 79, 510, 512, 997, 998] {
        body.extend(std::iter::repeat_n(b'x', length));
        body.extend_from_slice(b"\r\n");
    }
    body
}

/// Header and body of a fetched message, whatever its line ends; the body in LF lines.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Its Message-ID, or nothing.
    pub(crate) message_id: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Fetched {
    /// Reads a message as a program left it on the disk.
    pub(crate) fn parse(message: &[u8]) -> Self {
        let message = with_lf(message);
        let end = message.windows(2).position(|pair| pair == b"\n\n").map(|at| at + 1);
        let (header, body) = message.split_at(end.unwrap_or(message.len()));
        let header = String::from_utf8_lossy(header);
        let id = header.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("message-id").then(|| value.trim().to_owned())
        });
        let body = body.get(1..).unwrap_or_default().to_vec();
        Self { message_id: id.unwrap_or_default(), body }
    }
}

/// Programs that store mail on Unix use LF; that is no damage.
pub(crate) fn with_lf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_comes_back_from_its_message() {
        for letter in Letter::small() {
            let fetched = Fetched::parse(&letter.message("swaks", "a@b.test", "c@d.test"));
            assert_eq!(fetched.message_id, letter.message_id("swaks"));
            assert_eq!(fetched.body, with_lf(&letter.body), "{}", letter.name);
        }
    }

    #[test]
    fn the_large_one_is_large_and_in_short_lines() {
        let large = Letter::large();
        assert!((10_000_000..10_100_000).contains(&large.body.len()));
        assert!(large.body.split(|byte| *byte == b'\n').all(|line| line.len() < 90));
        assert!(large.body.windows(2).any(|two| two == b"\n."));
    }
}
