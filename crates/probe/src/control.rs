//! Hosts asked for comparison: can anybody be reached, and what time is it there?

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use hikyaku_doctor::{Connect, Control, Ended, Portal};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::door::{ended, one_of_each};
use crate::{CONNECT, PATIENCE, Shared};

/// Hosts that everybody reaches, of unrelated owners: mail exchangers at port 25, and the web.
pub(crate) const USUAL: [(&str, u16); 6] = [
    ("gmail-smtp-in.l.google.com", 25),
    ("outlook-com.olc.protection.outlook.com", 25),
    ("mx01.mail.icloud.com", 25),
    ("www.google.com", 443),
    ("www.iana.org", 80),
    ("www.wikipedia.org", 443),
];

/// The most that is read of a page.
const MOST: usize = 8192;

/// Asks all of them.
pub(crate) async fn all(
    shared: Arc<Shared>,
    hosts: Vec<(String, u16)>,
) -> (Vec<Control>, BTreeMap<String, Timestamp>) {
    let mut tasks = JoinSet::new();
    for (host, port) in hosts {
        let shared = Arc::clone(&shared);
        tasks.spawn(async move { one(&shared, host, port).await });
    }
    let (mut controls, mut clocks) = (Vec::new(), BTreeMap::new());
    for (control, clock) in tasks.join_all().await {
        clocks.extend(clock.map(|clock| (control.host.clone(), clock)));
        controls.push(control);
    }
    controls.sort_by(|one, other| (&one.host, one.port).cmp(&(&other.host, other.port)));
    (controls, clocks)
}

async fn one(shared: &Shared, host: String, port: u16) -> (Control, Option<Timestamp>) {
    let found = shared.resolver.addresses(&host).await;
    let mut tasks = JoinSet::new();
    for address in one_of_each(&found.records) {
        tasks.spawn(connect(host.clone(), SocketAddr::new(address, port)));
    }
    let (mut connects, mut clock, mut portal) = (Vec::new(), None, None);
    for (connect, page) in tasks.join_all().await {
        connects.push(connect);
        if let Some(page) = page {
            clock = clock.or(page.clock);
            portal = portal.or(page.portal);
        }
    }
    (Control { host, port, connects, portal }, clock)
}

async fn connect(host: String, peer: SocketAddr) -> (Connect, Option<Page>) {
    let (reached, milliseconds) = hikyaku_net::reach(peer, CONNECT).await;
    match reached {
        Ok(stream) => {
            let page = if peer.port() == 80 { page(stream, &host).await } else { None };
            (Connect { peer, ended: Ended::Open, milliseconds }, page)
        }
        Err(outcome) => (Connect { peer, ended: ended(outcome), milliseconds }, None),
    }
}

/// What a web server says without TLS.
#[derive(Debug, PartialEq)]
struct Page {
    /// Its clock; not where the page is somebody else's.
    clock: Option<Timestamp>,
    portal: Option<Portal>,
}

async fn page(mut stream: TcpStream, host: &str) -> Option<Page> {
    let question = format!("HEAD / HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(question.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    // Whatever came of it in time is enough.
    let _head = timeout(PATIENCE, head(&mut stream, &mut answer)).await;
    let text = String::from_utf8_lossy(&answer);
    text.starts_with("HTTP/").then(|| read_page(&text, host))
}

/// The head of an answer, up to its empty line (RFC 9112 §2.1).
async fn head(stream: &mut TcpStream, answer: &mut Vec<u8>) -> std::io::Result<()> {
    while answer.len() < MOST && !answer.windows(4).any(|it| it == b"\r\n\r\n") {
        if stream.read_buf(answer).await? == 0 {
            break;
        }
    }
    Ok(())
}

fn read_page(text: &str, host: &str) -> Page {
    let field = |wanted: &str| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let status = text.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    let place = field("location").unwrap_or_default();
    let uri: Option<hyper::Uri> = place.parse().ok();
    let elsewhere = uri.as_ref().and_then(|uri| uri.host()).is_some_and(|to| !is_kin(to, host));
    let is_portal = status == 511 || ((300..400).contains(&status) && elsewhere);
    // RFC 9110 §6.6.1.
    let clock = field("date").and_then(|date| date_of(&date)).filter(|_| !is_portal);
    Page { clock, portal: is_portal.then_some(Portal { status, place }) }
}

/// Whether two hosts have one owner, as far as their names show it.
fn is_kin(one: &str, other: &str) -> bool {
    one == other
        || psl::domain_str(one).is_some_and(|domain| psl::domain_str(other) == Some(domain))
}

/// A date of mail or the web (RFC 5322 §3.3).
pub(crate) fn date_of(text: &str) -> Option<Timestamp> {
    let text = text.trim().replace("GMT", "+0000");
    jiff::fmt::rfc2822::parse(&text).ok().map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_others_are_told() {
        let of = |text: &str| read_page(text, "www.iana.org").portal.is_some();
        assert!(!of("HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\n\r\n"));
        assert!(!of("HTTP/1.1 301 Moved\r\nLocation: https://www.iana.org/\r\n\r\n"));
        assert!(!of("HTTP/1.1 302 Found\r\nLocation: https://iana.org/x\r\n\r\n"));
        assert!(of("HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\n\r\n"));
        assert!(of("HTTP/1.1 511 Network Authentication Required\r\n\r\n"));
        let page =
            read_page("HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\n", "a.test");
        assert_eq!(page.clock.unwrap().as_second(), 1_795_514_400);
    }
}
