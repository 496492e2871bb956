//! Whether a number is a port, by what stands around it.

use super::token::Token;

/// Ports at which mail is spoken (RFC 8314 §7, and those that providers add).
pub(super) const USUAL: [u16; 9] = [25, 110, 143, 465, 587, 993, 995, 2525, 4190];

/// Whether a number is meant as a port.
pub(super) fn is_port(token: &Token<'_>, number: u32) -> bool {
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
pub(super) fn is_host(name: &str) -> bool {
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
