//! Whether a term of an SPF record is written as the grammar wants (RFC 7208 §12). The library reads
//! past much of what is not; a receiver must not (§4.6).

/// Whether a term is a modifier or a mechanism that can be read.
pub(crate) fn is_term(term: &str) -> bool {
    match term.find(['=', ':', '/']) {
        Some(at) if term.as_bytes().get(at) == Some(&b'=') => {
            let (name, value) = term.split_at(at);
            is_modifier(name, value.get(1..).unwrap_or_default())
        }
        _ => is_mechanism(term.strip_prefix(['+', '-', '~', '?']).unwrap_or(term)),
    }
}

/// `name "=" macro-string`; the names that are known want a domain (RFC 7208 §6).
fn is_modifier(name: &str, value: &str) -> bool {
    let mut letters = name.chars();
    let is_name = letters.next().is_some_and(|it| it.is_ascii_alphabetic())
        && letters.all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it));
    let wants_domain = ["redirect", "exp"].iter().any(|it| name.eq_ignore_ascii_case(it));
    is_name && if wants_domain { is_domain(value) } else { macros(value).is_some() }
}

fn is_mechanism(term: &str) -> bool {
    let end = term.find([':', '/']).unwrap_or(term.len());
    let (name, rest) = term.split_at(end);
    let argument = rest.strip_prefix(':');
    match name.to_ascii_lowercase().as_str() {
        "all" => rest.is_empty(),
        "include" | "exists" => argument.is_some_and(is_domain),
        "ptr" => rest.is_empty() || argument.is_some_and(is_domain),
        "a" | "mx" => is_host(rest),
        "ip4" => argument.is_some_and(|text| is_network::<std::net::Ipv4Addr>(text, 32)),
        "ip6" => argument.is_some_and(|text| is_network::<std::net::Ipv6Addr>(text, 128)),
        _ => false,
    }
}

/// `[":" domain-spec] [dual-cidr-length]` (RFC 7208 §5.3).
fn is_host(rest: &str) -> bool {
    let (domain, length) = match length_at(rest) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let is_good = domain.is_empty() || domain.strip_prefix(':').is_some_and(is_domain);
    is_good && is_dual_length(length)
}

/// Where the lengths begin; a slash in a macro's braces or before anything else than digits is part
/// of the domain.
fn length_at(rest: &str) -> Option<usize> {
    let is_length = |at: usize| {
        let tail = rest.get(at..).unwrap_or_default();
        tail.chars().all(|it| it == '/' || it.is_ascii_digit())
    };
    rest.match_indices('/').map(|(at, _)| at).find(|at| is_length(*at))
}

fn is_dual_length(text: &str) -> bool {
    let Some((four, six)) = text.split_once("//") else {
        return text.is_empty() || text.strip_prefix('/').is_some_and(|it| is_length(it, 32));
    };
    let is_four = four.is_empty() || four.strip_prefix('/').is_some_and(|it| is_length(it, 32));
    is_four && is_length(six, 128)
}

fn is_length(text: &str, most: u32) -> bool {
    let is_number = text == "0" || !text.starts_with('0');
    is_number
        && !text.is_empty()
        && text.chars().all(|it| it.is_ascii_digit())
        && text.parse::<u32>().is_ok_and(|it| it <= most)
}

fn is_network<T: std::str::FromStr>(text: &str, most: u32) -> bool {
    let (ip, length) = text.split_once('/').map_or((text, None), |(ip, it)| (ip, Some(it)));
    ip.parse::<T>().is_ok() && length.is_none_or(|length| is_length(length, most))
}

/// `macro-string domain-end` (RFC 7208 §7.1).
fn is_domain(text: &str) -> bool {
    let Some(ends_with_macro) = macros(text) else { return false };
    if ends_with_macro {
        return true;
    }
    let text = text.strip_suffix('.').unwrap_or(text);
    let Some((rest, top)) = text.rsplit_once('.') else { return false };
    let is_inner = |it: char| it.is_ascii_alphanumeric() || it == '-';
    !rest.is_empty()
        && !top.is_empty()
        && top.chars().all(is_inner)
        && !top.starts_with('-')
        && !top.ends_with('-')
        && top.chars().any(|it| !it.is_ascii_digit())
}

/// Whether a text is a macro-string, and whether it ends with a macro (RFC 7208 §7.1).
fn macros(text: &str) -> Option<bool> {
    let mut rest = text;
    let mut is_macro = false;
    while let Some(first) = rest.chars().next() {
        let used = if first == '%' {
            is_macro = true;
            expansion(rest)?
        } else {
            is_macro = false;
            first.is_ascii_graphic().then_some(1)?
        };
        rest = rest.get(used..)?;
    }
    Some(is_macro)
}

/// The octets of `%%`, `%_`, `%-` or `%{…}` at the start of a text.
fn expansion(text: &str) -> Option<usize> {
    if ["%%", "%_", "%-"].iter().any(|it| text.starts_with(it)) {
        return Some(2);
    }
    let inside = text.strip_prefix("%{")?.split_once('}')?.0;
    let mut letters = inside.chars();
    let is_known = "slodiphcrtv".contains(letters.next()?.to_ascii_lowercase());
    let rest = letters.as_str().trim_start_matches(|it: char| it.is_ascii_digit());
    let digits = letters.as_str().len() - rest.len();
    let number = letters.as_str().get(..digits).unwrap_or_default();
    let is_number = number.is_empty() || number.parse::<u32>().is_ok_and(|it| it > 0);
    let rest = rest.strip_prefix(['r', 'R']).unwrap_or(rest);
    let is_good = is_known && is_number && rest.chars().all(|it| ".-+,/_=".contains(it));
    is_good.then_some(inside.len() + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms() {
        for good in [
            "all",
            "-ALL",
            "a",
            "mx/24",
            "a//64",
            "a/24//64",
            "a:x.test",
            "mx:x.test/24",
            "ptr",
            "ip4:192.0.2.1",
            "ip4:192.0.2.0/0",
            "ip6:2001:db8::/32",
            "include:_spf.x.test",
            "exists:%{ir}.%{l1r+-}._spf.%{d}",
            "exists:%{i}",
            "redirect=x.test.",
            "exp=e.%{d2}",
            "x-other=",
            "ra=%{t}",
            "a:abc.1-2",
            "a:foo:bar/baz.example.com",
            "?exists:%%%_%-x.test",
        ] {
            assert!(is_term(good), "{good}");
        }
        for wrong in [
            "",
            "-",
            "all.",
            "all:x.test",
            "a:",
            "a/33",
            "a/032",
            "a//129",
            "a/24/64",
            "a:test",
            "a:x.1",
            "a:x.-t",
            "ip4:192.0.2",
            "ip4:192.0.2.1/33",
            "ip4:192.0.2.1/",
            "ip6:x",
            "include",
            "include:",
            "exists:%{x}",
            "exists:%{d0}",
            "exists:%a.test",
            "redirect=",
            "redirect=x",
            "=x.test",
            "1=x",
            "exp=%{d",
            "ipv4:192.0.2.1",
            "a:.test",
            "mx:x..",
        ] {
            assert!(!is_term(wrong), "{wrong}");
        }
    }
}
