use super::*;

const DAY: u64 = 20_786;

fn at() -> Domain {
    Domain::parse("edo.test").unwrap()
}

fn from(text: &str) -> Address {
    Address::parse_kept(text).unwrap()
}

fn there(sender: &str) -> Address {
    let written = Srs::new(b"tora").forward(&from(sender), &at(), DAY).unwrap();
    assert_eq!(written.kept, None, "{sender}");
    written.address
}

#[test]
fn as_pysrs_writes_them() {
    // pysrs 1.0.3 with hashlength=6 and this secret, on this day.
    let table = include_str!("../tests/srs.tsv");
    let mut count = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (sender, wanted) = line.split_once('\t').unwrap();
        assert_eq!(there(sender).to_string(), wanted);
        count += 1;
    }
    assert!(count >= 8);
}

fn to(address: &str) -> WayBack {
    WayBack::To(from(address))
}

/// An address whose local part is this long.
fn long(octets: usize) -> Address {
    from(&format!("{}@kyoto.test", "a".repeat(octets)))
}

#[test]
fn what_is_too_long_is_kept_under_a_token() {
    let srs = Srs::new(b"tora");
    // `SRS0=hash=dd=kyoto.test=` has 26 octets.
    let whole = srs.forward(&long(64 - 26), &at(), DAY).unwrap();
    assert_eq!((whole.address.local.as_str().len(), &whole.kept), (64, &None));
    let written = srs.forward(&long(64 - 25), &at(), DAY).unwrap();
    let KeptWay { token, to } = written.kept.clone().unwrap();
    assert_eq!(to, long(64 - 25));
    let local = &written.address.local;
    assert!(Srs::is_return(local) && local.as_str().len() <= 64, "{}", written.address);
    assert!(local.as_str().ends_with(&format!("={token}")) && token.len() == 20);

    for day in [DAY, DAY + SRS_DAYS] {
        assert_eq!(srs.reverse(local, day), Ok(WayBack::Kept(token.clone())));
    }
    let upper = from(&format!("{}@edo.test", local.as_str().to_ascii_uppercase())).local;
    assert_eq!(srs.reverse(&upper, DAY), Ok(WayBack::Kept(token.clone())));
    assert_eq!(srs.reverse(local, DAY + SRS_DAYS + 1), Err(SrsFault::Expired));
    assert_eq!(Srs::new(b"ushi").reverse(local, DAY), Err(SrsFault::Forged));
    let other = local.as_str().replace(&token, "aaaaaaaaaaaaaaaaaaaa");
    let other = from(&format!("{other}@edo.test")).local;
    assert_eq!(srs.reverse(&other, DAY), Err(SrsFault::Forged));
    // A seal on one form is none on the other.
    let (host, user) = token.split_at(6);
    let split = local.as_str().replace(&token, &format!("{host}={user}"));
    let split = from(&format!("{split}@edo.test")).local;
    assert_eq!(srs.reverse(&split, DAY), Err(SrsFault::Forged));

    // The same way has the same token, another one another.
    let again = srs.forward(&long(64 - 25), &at(), DAY + 3).unwrap();
    assert_eq!(again.kept.map(|it| it.token), Some(token.clone()));
    let longer = srs.forward(&long(64), &at(), DAY).unwrap();
    assert_ne!(longer.kept.map(|it| it.token), Some(token));
}

#[test]
fn a_long_way_by_forwarders_leads_to_the_first() {
    let srs = Srs::new(b"tora");
    let first = format!("SRS0=HHHH=TT=kyoto.test={}@osaka.test", "a".repeat(39));
    let third = format!("SRS1=XXXX=osaka.test==HHHH=TT=kyoto.test={}@nara.test", "a".repeat(39));
    for sender in [&first, &third] {
        let written = srs.forward(&from(sender), &at(), DAY).unwrap();
        assert_eq!(written.kept.unwrap().to.to_string(), first, "{sender}");
        assert!(written.address.local.as_str().len() <= 64);
    }
}

#[test]
fn there_and_back() {
    let srs = Srs::new(b"tora");
    for sender in [
        "taro@kyoto.test",
        "\"Taro Yamada\"@kyoto.test",
        "a..b@docomo.test",
        "bounces+12-info=edo.test@em1234.news.kyoto.test",
        "花子@kyoto.test",
        "x=y=z@kyoto.test",
    ] {
        let written = there(sender);
        assert!(Srs::is_return(&written.local));
        for day in [DAY, DAY + 1, DAY + SRS_DAYS] {
            assert_eq!(srs.reverse(&written.local, day), Ok(to(sender)), "{written}");
        }
        let late = srs.reverse(&written.local, DAY + SRS_DAYS + 1);
        assert_eq!(late, Err(SrsFault::Expired));
        assert_eq!(srs.reverse(&written.local, DAY - 1), Err(SrsFault::Expired), "to come");
        let other = Srs::new(b"ushi").reverse(&written.local, DAY);
        assert_eq!(other, Err(SrsFault::Forged));
    }
}

#[test]
fn case_does_not_count() {
    let written = there("Taro@kyoto.test");
    let small = from(&written.canonical());
    assert_eq!(Srs::new(b"tora").reverse(&small.local, DAY), Ok(to("taro@kyoto.test")));
}

#[test]
fn what_another_forwarder_wrote_does_not_grow() {
    let srs = Srs::new(b"tora");
    let first = "SRS0=HHHH=TT=kyoto.test=taro@osaka.test";
    let second = there(first);
    let third = "SRS1=XXXX=osaka.test==HHHH=TT=kyoto.test=taro@nara.test";
    assert_eq!(second, there(third), "the host in between has no part in it");
    assert_eq!(srs.reverse(&second.local, DAY + 900), Ok(to(first)));
    let plus = "SRS0+HHHH=TT=kyoto.test=taro@osaka.test";
    assert_eq!(srs.reverse(&there(plus).local, DAY), Ok(to(plus)));
}

#[test]
fn forged() {
    let srs = Srs::new(b"tora");
    let good = there("taro@kyoto.test").local.as_str().to_owned();
    let hash = good.split('=').nth(1).unwrap();
    for bad in [
        good.replace("=taro", "=jiro"),
        good.replace("kyoto", "osaka"),
        good.replace(hash, &hash[..4]),
        good.replace(hash, ""),
        good.replace("SRS0", "SRS1"),
        "SRS0=".to_owned(),
        "SRS1=".to_owned(),
        "SRS0====".to_owned(),
        "SRS0=HHHHHH=TT=kyoto.test=taro".to_owned(),
    ] {
        let local = from(&format!("{bad}@edo.test")).local;
        assert_eq!(srs.reverse(&local, DAY), Err(SrsFault::Forged), "{bad}");
    }
    for none in ["srs0", "SRS2=a", "SRS0a=b", "taro", "SRS"] {
        assert!(!Srs::is_return(&from(&format!("{none}@edo.test")).local), "{none}");
    }
}

#[test]
fn no_address_for_what_has_no_name() {
    let srs = Srs::new(b"tora");
    assert_eq!(srs.forward(&from("taro@[192.0.2.1]"), &at(), DAY), None);
    let label = "b".repeat(60);
    let far = Domain::parse(&format!("{label}.{label}.{label}.{label}.test")).unwrap();
    assert_eq!(srs.forward(&long(64), &far, DAY), None, "longer than any address");
}
