//! Hosts asked for comparison: can anybody be reached, and what time is it there?

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use hikyaku_doctor::{Connect, Control, Ended};
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
    let (mut connects, mut clock) = (Vec::new(), None);
    for (connect, time) in tasks.join_all().await {
        connects.push(connect);
        clock = clock.or(time);
    }
    (Control { host, port, connects }, clock)
}

async fn connect(host: String, peer: SocketAddr) -> (Connect, Option<Timestamp>) {
    let (reached, milliseconds) = hikyaku_net::reach(peer, CONNECT).await;
    match reached {
        Ok(stream) => {
            let clock = if peer.port() == 80 { time(stream, &host).await } else { None };
            (Connect { peer, ended: Ended::Open, milliseconds }, clock)
        }
        Err(outcome) => (Connect { peer, ended: ended(outcome), milliseconds }, None),
    }
}

/// The Date of a web server (RFC 9110 §6.6.1).
async fn time(mut stream: TcpStream, host: &str) -> Option<Timestamp> {
    let question = format!("HEAD / HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(question.as_bytes()).await.ok()?;
    let mut answer = vec![0; 2048];
    let length = timeout(PATIENCE, stream.read(&mut answer)).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(answer.get(..length)?).into_owned();
    let date = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("date").then(|| value.trim().to_owned())
    })?;
    date_of(&date)
}

/// A date of mail or the web (RFC 5322 §3.3).
pub(crate) fn date_of(text: &str) -> Option<Timestamp> {
    let text = text.trim().replace("GMT", "+0000");
    jiff::fmt::rfc2822::parse(&text).ok().map(|date| date.timestamp())
}
