use super::*;

fn verdict(password: &str) -> Result<(), PasswordFault> {
    check(password, &Address::parse("taro.yamada@edo.test").unwrap())
}

#[test]
fn lengths() {
    assert_eq!(verdict(""), Err(PasswordFault::Missing));
    assert_eq!(verdict("kirin-no-hige1"), Err(PasswordFault::Short { characters: 14 }));
    assert_eq!(verdict("きりんのひげ"), Err(PasswordFault::Short { characters: 6 }));
    assert_eq!(verdict("kirin-no-hige16"), Ok(()));
    assert_eq!(verdict("きりんのひげはながいがねこほどではない"), Ok(()));
    assert_eq!(verdict(&"kirin-no-hige16 ".repeat(65)), Err(PasswordFault::Long));
}

#[test]
fn common_ones_are_refused() {
    for password in [
        "aaaaaaaaaaaaaaa",
        "abababababababab",
        "123456789012345",
        "1234567890123456",
        "987654321098765",
        "abcdefghijklmnop",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "passwordpassword",
        "PasswordPassword1",
        "P@ssw0rdP@ssw0rd",
        "password1234567890",
        "password123password123",
        "iloveyouiloveyou",
        "letmeinletmeinletmein",
        "administrator123",
        "correcthorsebatterystaple",
        "correct horse battery staple",
        "welcome2welcome2",
        "sakurasakurasakura",
        "qwerty123456789",
        "2026-11-23-2026",
        "changeme changeme",
        "zaq12wsxzaq12wsx",
        "111111222222333333",
    ] {
        assert_eq!(verdict(password), Err(PasswordFault::Common), "{password}");
    }
}

#[test]
fn names_are_refused() {
    for password in [
        "taro.yamada@edo.test",
        "Taro.Yamada@edo.test!",
        "tarotyamadaedotest",
        "tset.ode@adamay.orat",
        "taro.yamadataro.yamada",
        "taroyamada-2026",
        "xx-taro.yamada-77",
    ] {
        let fault = PasswordFault::LikeAccount { account: "taro.yamada@edo.test".into() };
        assert_eq!(verdict(password), Err(fault), "{password}");
    }
}

#[test]
fn good_ones_pass() {
    for password in [
        "kirin-no-hige-1603",
        "uma no mimi ni nenbutsu",
        "Vq7#nd!0Lp2$xWe9",
        "tea harbor seventeen violet",
        "taro likes long walks on the moon",
        "f3a94c1be07d5528",
    ] {
        assert_eq!(verdict(password), Ok(()), "{password}");
    }
}

#[test]
fn hashes_and_verifies() {
    let kept = hash("kirin-no-hige-1603").unwrap();
    assert!(kept.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.as_str());
    assert!(verify(&kept, b"kirin-no-hige-1603"));
    assert!(!verify(&kept, b"kirin-no-hige-1604"));
    assert_ne!(kept, hash("kirin-no-hige-1603").unwrap());
    assert_eq!(format!("{kept:?}"), "[password hash]");
    assert!(!verify(&PasswordHash::from_stored("*".into()), b"*"));
}

#[test]
fn another_keyboard_is_no_other_password() {
    let kept = hash("ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ 1603").unwrap();
    for written in
        ["ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ 1603", "キリンノヒゲハナガイ 1603", "キリンノヒゲハナガイ\u{3000}１６０３"]
    {
        assert!(verify(&kept, written.as_bytes()), "{written}");
    }
    assert!(!verify(&kept, "きりんのひげはながい 1603".as_bytes()));
    // Kept before passwords were prepared.
    let salt = SaltString::encode_b64(&[7; 16]).unwrap();
    let old = encoded("ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ 1603".as_bytes(), salt.as_salt()).unwrap();
    let old = PasswordHash::from_stored(old);
    assert!(verify(&old, "ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ 1603".as_bytes()));
    assert!(!verify(&old, "ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ 1604".as_bytes()));
}

#[test]
fn wide_letters_make_no_word_a_rare_one() {
    assert_eq!(verdict("ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ"), Err(PasswordFault::Common));
    let soft = "kirin\u{ad}-no-hige1";
    assert_eq!(verdict(soft), Err(PasswordFault::Short { characters: 14 }));
}

#[test]
fn faults_are_causes() {
    assert_eq!(PasswordFault::Common.cause().code, Code::PasswordCommon);
    assert_eq!(PasswordFault::Short { characters: 3 }.cause().evidence.len(), 1);
}
