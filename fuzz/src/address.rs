//! Addresses, paths, parameters and header sections: no panic, complaints that fit the input,
//! and what was parsed means the same when it is written out and parsed again.

use hikyaku_mail::{
    Address, Domain, Dots, Field, HeaderScan, HeloName, SyntaxFault, VALUE_LIMIT, author_domains,
    forward_path, header_addresses, parameters, reverse_path, reverse_path_with,
};

/// Checks everything the crate parses against one input.
pub fn check(input: &[u8]) {
    paths(input);
    text(input);
    rest(input);
    header_field(input);
    header_section(input);
}

fn paths(input: &[u8]) {
    if let Some((path, rest)) = sound(input, reverse_path(input)) {
        assert!(input.ends_with(rest));
        assert_eq!(reverse_path(path.to_string().as_bytes()), Ok((path.clone(), &b""[..])));
        assert_eq!(reverse_path_with(input, Dots::Lax), Ok((path, rest)));
    }
    let strict = sound(input, forward_path(input, Dots::Strict));
    let lax = sound(input, forward_path(input, Dots::Lax));
    if let Some((path, rest)) = &lax {
        assert!(input.ends_with(rest));
        let shown = path.to_string();
        assert!(!shown.chars().any(char::is_control));
        assert_eq!(forward_path(shown.as_bytes(), Dots::Lax), Ok((path.clone(), &b""[..])));
        // Even a carrier address is right by the book once it is written out, if it is not too
        // long for the book.
        if let Some(address) = path.address().filter(|it| it.local.as_str().len() <= 62) {
            assert_eq!(forward_path(shown.as_bytes(), Dots::Strict), Ok((path.clone(), &b""[..])));
            written_out(address);
        }
    }
    assert!(strict.is_none() || strict == lax);
}

fn text(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Some(address) = sound(input, Address::parse(text)) {
        written_out(&address);
    }
    if let Some(domain) = sound(input, Domain::parse(text)) {
        assert_eq!(Domain::parse_ascii(domain.as_str().as_bytes()), Ok(domain.clone()));
        assert_eq!(Domain::parse(&domain.to_unicode()), Ok(domain));
    }
}

fn written_out(address: &Address) {
    assert_eq!(Address::parse(&address.to_string()).as_ref(), Ok(address));
    // Small letters may be longer than large ones.
    if let Ok(canonical) = Address::parse(&address.canonical()) {
        assert_eq!(canonical.canonical(), address.canonical());
    } else {
        assert!(!address.is_ascii());
    }
    assert!(address.local.as_str().len() <= 64);
    if let Some(plain) = address.without_detail() {
        assert!(address.local.as_str().starts_with(plain.local.as_str()));
        assert_eq!(Address::parse(&plain.to_string()), Ok(plain));
    }
}

fn rest(input: &[u8]) {
    if let Some(found) = sound(input, parameters(input)) {
        let again: String = found.iter().fold(String::new(), |text, parameter| {
            let value = parameter.value.map(|value| format!("={value}")).unwrap_or_default();
            format!("{text} {}{value}", parameter.keyword)
        });
        assert_eq!(parameters(again.as_bytes()), Ok(found));
    }
    if let Some(name) = sound(input, HeloName::parse(input)) {
        let shown = name.to_string();
        assert!(!shown.is_empty() && shown.bytes().all(|octet| octet.is_ascii_graphic()));
        assert_eq!(HeloName::parse(shown.as_bytes()), Ok(name));
    }
}

fn header_field(input: &[u8]) {
    if let Some(found) = sound(input, header_addresses(input)) {
        let list: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(header_addresses(list.join(", ").as_bytes()), Ok(found.clone()));
        // Whoever is let in as an author is seen as one.
        let all = author_domains(input).filter(|seen| seen.len() < 40);
        for domain in found.iter().filter_map(Address::domain) {
            let is_it = |seen: &Vec<String>| seen.iter().any(|it| it == domain.as_str());
            assert!(all.as_ref().is_none_or(is_it), "{domain} of {all:?}");
        }
    }
    let once = author_domains(input).unwrap_or_default();
    let is_sound = |it: &String| it.is_ascii() && !it.is_empty() && !it.contains([' ', '@']);
    assert!(once.iter().all(is_sound), "{once:?}");
}

fn header_section(input: &[u8]) {
    // The first octet picks the limit and where to cut, so that both are found by mutation.
    let Some((&choice, message)) = input.split_first() else {
        return;
    };
    let limit = if choice & 1 == 0 { usize::MAX } else { usize::from(choice) };
    let mut whole = HeaderScan::new(limit);
    whole.push(message);
    let mut pieces = HeaderScan::new(limit);
    for piece in message.chunks(usize::from(choice / 8) + 1) {
        pieces.push(piece);
    }
    assert_eq!(format!("{whole:?}"), format!("{pieces:?}"));
    assert!(whole.octets() <= message.len().min(limit));
    assert!(whole.is_done() == (whole.end().is_some() || whole.over_limit()));
    for field in [Field::From, Field::Sender, Field::MessageId] {
        assert!(whole.value(field).is_none_or(|value| value.len() <= VALUE_LIMIT));
    }
}

/// What was parsed; a complaint must point into the input and name the octet that is there.
fn sound<T>(input: &[u8], result: Result<T, SyntaxFault>) -> Option<T> {
    result
        .map_err(|fault| {
            assert!(fault.offset <= input.len(), "{fault:?}");
            assert_eq!(fault.found, input.get(fault.offset).copied(), "{fault:?}");
            assert!(!fault.expected.is_empty());
        })
        .ok()
}
