//! Replies that scripted servers play to real programs, as data: `lab/replies.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde::Deserialize;

use crate::fault::{At, Fault};
use crate::world::script::{Protocol, Script, Then, Tls, Turn};
use crate::world::{Plan, own};

/// Below it each reply has a domain of its own.
const ZONE: &str = "replies.test";
/// What receivers print as the address of the sending host.
const SENDER: &str = "192.0.2.20";

/// Programs that say at the end only that they tried for too long, not what was answered.
const FORGET: [&str; 2] = ["opensmtpd", "dma"];
const EXPIRED: &str = "queue.expired";

/// A reply, and the cause that a bounce about it must give.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Names its domain.
    pub name: String,
    at: Point,
    #[serde(default)]
    say: String,
    code: String,
    /// By program: another code, or nothing where the mail arrives.
    #[serde(default)]
    except: BTreeMap<String, String>,
    /// A domain whose mail system says this, where it matters who speaks; one below the zone where
    /// absent.
    domain: Option<String>,
}

/// When the words are said, or what happens instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Point {
    #[serde(rename = "connect")]
    Connect,
    #[serde(rename = "EHLO")]
    Ehlo,
    #[serde(rename = "MAIL")]
    Mail,
    #[serde(rename = "RCPT")]
    Rcpt,
    #[serde(rename = "DATA")]
    Data,
    #[serde(rename = "content")]
    Content,
    /// The domain does not exist.
    #[serde(rename = "missing")]
    Missing,
    /// The domain takes no mail (RFC 7505).
    #[serde(rename = "null-mx")]
    NullMx,
    /// Nobody listens.
    #[serde(rename = "closed")]
    Closed,
}

#[derive(Deserialize)]
struct Replies {
    reply: Vec<Reply>,
}

impl Reply {
    /// Reads them all.
    pub fn all() -> Result<Vec<Self>, Fault> {
        let file = own("replies.toml");
        let text = fs::read_to_string(&file).at(&file)?;
        let wrong =
            |error: toml::de::Error| Fault::Plan { what: format!("{}: {error}", file.display()) };
        Ok(toml::from_str::<Replies>(&text).map_err(wrong)?.reply)
    }

    /// The address that gets this reply.
    pub fn recipient(&self) -> String {
        format!("hanako@{}", self.domain())
    }

    /// The cause to be read from the bounce of a program; nothing where that program's mail arrives.
    pub fn code(&self, program: &str) -> Option<&str> {
        let usual =
            if self.is_temporary() && FORGET.contains(&program) { EXPIRED } else { &self.code };
        let code = self.except.get(program).map_or(usual, String::as_str);
        Some(code).filter(|code| !code.is_empty())
    }

    /// The enhanced status that is played (RFC 3463), where there is one.
    pub fn status(&self) -> Option<&str> {
        let rest = self.say.trim_start().get(4..)?;
        let word = rest.split_whitespace().next()?;
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        (word.split('.').count() == 3 && word.split('.').all(is_number)).then_some(word)
    }

    fn is_temporary(&self) -> bool {
        self.say.trim_start().starts_with('4') || self.at == Point::Closed
    }

    fn domain(&self) -> String {
        self.domain.clone().unwrap_or_else(|| format!("{}.{ZONE}", self.name))
    }

    fn turns(&self) -> Vec<Turn> {
        let say = self.say.replace("{r}", &self.recipient()).replace("{d}", &self.domain());
        let say = say.replace("{ip}", SENDER);
        let (points, then): (&[&str], Then) = match self.at {
            // RFC 5321 §3.8, §3.1: who will not speak ends it.
            Point::Connect => (&["connect"], Then::Close),
            Point::Ehlo => (&["EHLO", "HELO"], Then::Listen),
            Point::Mail => (&["MAIL"], Then::Listen),
            Point::Rcpt => (&["RCPT"], Then::Listen),
            Point::Data => (&["DATA"], Then::Listen),
            Point::Content => (&["content"], Then::Listen),
            Point::Missing | Point::NullMx | Point::Closed => (&[], Then::Listen),
        };
        let then = if say.trim_start().starts_with("421") { Then::Close } else { then };
        let turn = |on: &&str| Turn {
            on: (*on).to_owned(),
            times: None,
            say: Some(say.trim().to_owned()),
            wait: 0.0,
            then,
        };
        points.iter().map(turn).collect()
    }
}

/// Adds the host that plays the replies, at an address for each.
pub fn play(plan: &mut Plan, replies: &[Reply]) -> Result<(), Fault> {
    let (mut addresses, mut scripts) = (Vec::new(), Vec::new());
    let (mut records, mut zones) = (String::new(), String::new());
    for (number, reply) in replies.iter().enumerate() {
        let address = std::net::Ipv4Addr::from(0xC612_0001 + u32::try_from(number).unwrap_or(0));
        addresses.push(format!("\"{address}\""));
        let record = match reply.at {
            Point::Missing => continue,
            Point::NullMx => "MX 0 .".to_owned(),
            _ => format!("A {address}"),
        };
        if reply.domain.is_some() {
            let _infallible = write!(
                zones,
                "[[zone]]\nname = \"{}\"\nrecords = \"@ {record}\"\n",
                reply.domain()
            );
        } else {
            let _infallible = writeln!(records, "{} {record}", reply.name);
        }
        if !matches!(reply.at, Point::NullMx | Point::Closed) {
            scripts.push(Script {
                address: Some(address.into()),
                port: 25,
                protocol: Protocol::Smtp,
                tls: Tls::None,
                accounts: Vec::new(),
                turns: reply.turns(),
                pages: Vec::new(),
            });
        }
    }
    let text = format!(
        "[[host]]\nname = \"mx.{ZONE}\"\naddresses = [{}]\n[[zone]]\nname = \"{ZONE}\"\n\
         records = \"\"\"\n{records}\"\"\"\n{zones}",
        addresses.join(", ")
    );
    let mut more = Plan::parse(&text, "replies")?;
    more.hosts.iter_mut().for_each(|host| host.scripts.append(&mut scripts));
    plan.hosts.append(&mut more.hosts);
    plan.zones.append(&mut more.zones);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reply_can_be_played() {
        let replies = Reply::all().unwrap();
        assert!(replies.len() >= 60, "{}", replies.len());
        let mut names: Vec<&str> = replies.iter().map(|reply| reply.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), replies.len(), "a name stands twice");
        for reply in &replies {
            for turn in reply.turns() {
                let say = turn.say.unwrap();
                assert!(!say.contains("{r}") && say.lines().all(|line| line.len() < 500), "{say}");
            }
        }
    }
}
