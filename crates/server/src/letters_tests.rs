use std::fs;

use super::*;
use crate::sample::{TARO, address, domain, put, store};

/// Something to report.
fn letter(returned: Back) -> Letter {
    Letter {
        subject: "not delivered".to_owned(),
        text: good_news(Notice::Relayed, &["hanako@kyoto.test"], &returned, &Language::ALL),
        arrival: Timestamp::UNIX_EPOCH,
        recipients: Vec::new(),
        envelope_id: None,
        tls: TlsWish::default(),
        returned,
    }
}

fn words(language: Language) -> String {
    render::letter_unread(language)
}

#[tokio::test]
async fn a_report_leaves_without_a_mail_that_cannot_be_read() {
    let (folder, store) = store().await;
    let (hostname, signer) = (domain("mx.edo.test"), DkimSigner::new(Vec::new()));
    let clerk = Clerk { store: &store, hostname: &hostname, signer: &signer };
    let mail = format!("Subject: long\r\n\r\n{}", "snow\r\n".repeat(40_000));
    let message = put(&store, mail.as_bytes()).await;
    let whole = clerk.returned(message, Some(Return::Full)).await;
    assert_eq!(whole, Back::Whole(mail.into_bytes()));
    let header = clerk.returned(message, None).await;
    assert_eq!(header, Back::Header(b"Subject: long\r\n".to_vec()));
    assert!(Language::ALL.iter().all(|it| !letter(header_of()).text.contains(&words(*it))));

    for file in fs::read_dir(folder.path().join("large")).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    let back = clerk.returned(message, Some(Return::Full)).await;
    assert_eq!(back, Back::Unread);
    let letter = letter(back);
    for language in Language::ALL {
        assert!(letter.text.contains(&words(language)), "{}", letter.text);
    }
    let (incoming, octets) = clerk.write(&address(TARO), &letter).unwrap().unwrap();
    assert_eq!((incoming.targets.len(), incoming.outgoing.len()), (1, 0));
    let text = String::from_utf8(octets).unwrap();
    assert!(!text.contains("rfc822-headers") && !text.contains("message/rfc822"), "{text}");
    store.close().await;
}

fn header_of() -> Back {
    Back::Header(b"Subject: long\r\n".to_vec())
}

/// Nobody to be told is an end; a fault of the store is none.
#[tokio::test]
async fn nobody_there_and_not_now_are_told_apart() {
    let (_folder, store) = store().await;
    let (hostname, signer) = (domain("mx.edo.test"), DkimSigner::new(Vec::new()));
    let clerk = Clerk { store: &store, hostname: &hostname, signer: &signer };
    let letter = letter(header_of());
    assert_eq!(clerk.write(&address("nobody@edo.test"), &letter), Ok(None));
    assert!(clerk.write(&address("hanako@kyoto.test"), &letter).unwrap().is_some());
    assert_eq!(clerk.owner(TARO), Ok(Some(address(TARO))));
    assert_eq!(clerk.owner("nobody@osaka.test"), Ok(None));
    store.close().await;
    let closed = clerk.write(&address(TARO), &letter).unwrap_err();
    assert!(closed.is_closed(), "{closed:?}");
    assert_eq!(closed.cause().code, Code::NetStopping);
    assert_eq!(clerk.owner(TARO), Err(Fault::Closed));
}
