//! Looks up words in the Fluent files of `locales/`.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::cause::Cause;
use crate::code::{Code, Topic};
use crate::evidence::{AddressRole, Evidence, readable};
use crate::language::Language;
use crate::phrases::phrase;
use crate::standing::Standing;
use crate::unseen;
use crate::visible::visible;
use crate::words::Words;

macro_rules! locale {
    ($tag:literal, [$($family:literal),*]) => {
        &[$(($family, include_str!(concat!("../locales/", $tag, "/", $family, ".ftl")))),*]
    };
}

/// The text files of one language: one per family of codes, and the words common to all.
pub(crate) fn sources(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Japanese => locale!(
            "ja",
            [
                "common", "smtp", "message", "auth", "pop3", "store", "net", "tls", "account",
                "domain", "password", "config", "explain", "trace", "dkim", "dns", "path", "peer",
                "queue", "server", "setting", "clock", "delivery", "bounce", "spf", "dmarc", "ptr",
                "dnsbl", "client", "mailbox", "text", "acme", "web", "sts", "system", "report"
            ]
        ),
        Language::English => locale!(
            "en",
            [
                "common", "smtp", "message", "auth", "pop3", "store", "net", "tls", "account",
                "domain", "password", "config", "explain", "trace", "dkim", "dns", "path", "peer",
                "queue", "server", "setting", "clock", "delivery", "bounce", "spf", "dmarc", "ptr",
                "dnsbl", "client", "mailbox", "text", "acme", "web", "sts", "system", "report"
            ]
        ),
    }
}

/// Which sentence of a code is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The one-line name of the fault.
    Title,
    /// Why it happened and what it means.
    Why,
    /// What to do.
    Cure,
    /// Why, for somebody with a mail program, where that differs from what an administrator needs.
    UserWhy,
    /// What to do, for somebody with a mail program.
    UserCure,
    /// The name of the fault where nothing is known but the words on somebody's screen, and the
    /// usual name would claim more than they show.
    HeardTitle,
    /// Why, where nothing is known but the words on somebody's screen.
    HeardWhy,
    /// What to do, where nothing is known but the words on somebody's screen.
    HeardCure,
    /// One plain ASCII sentence for a protocol reply; English only.
    Reply,
}

impl Part {
    /// Whether it is one line wherever it stands. Replies are made one by their renderer.
    fn is_line(self) -> bool {
        matches!(self, Self::Title | Self::HeardTitle)
    }

    pub(crate) fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Title => None,
            Self::Why => Some("why"),
            Self::Cure => Some("cure"),
            Self::UserWhy => Some("user-why"),
            Self::UserCure => Some("user-cure"),
            Self::HeardTitle => Some("heard-title"),
            Self::HeardWhy => Some("heard-why"),
            Self::HeardCure => Some("heard-cure"),
            Self::Reply => Some("reply"),
        }
    }
}

static JAPANESE: LazyLock<Words> = LazyLock::new(|| words(Language::Japanese));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| words(Language::English));

fn words(language: Language) -> Words {
    let texts: Vec<_> = sources(language).iter().map(|(_, text)| *text).collect();
    Words::new(language, &texts)
}

fn of(language: Language) -> &'static Words {
    match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    }
}

/// One sentence of a cause; empty if there is none (the tests see to it that there is).
pub(crate) fn sentence(cause: &Cause, part: Part, language: Language) -> String {
    sentence_for(cause, part, Standing::Open, language)
}

/// The same where it is known what has become of the mail.
pub(crate) fn sentence_for(
    cause: &Cause,
    part: Part,
    standing: Standing,
    language: Language,
) -> String {
    say(cause.code, part, (standing, language), |topic| {
        let host = || host_of_recipient(cause, topic, language);
        known(cause, topic).or_else(|| host().map(Into::into))
    })
}

/// What the evidence says on a topic.
fn known(cause: &Cause, topic: Topic) -> Option<Cow<'static, str>> {
    let is_name = topic == Topic::Name;
    // Its name is the domain's; what could not be found is an address of the host.
    let is_other = |it: &Evidence| {
        is_name
            && cause.code == Code::DnsMxUnusable
            && matches!(it, Evidence::Dns { record, .. } if *record != "MX")
    };
    let mut evidence = cause.evidence.iter().filter(|it| !is_other(it));
    evidence.find_map(|it| value(it, topic)).or_else(|| {
        let is_of_domain = is_name && matches!(cause.code.family(), "dns" | "peer");
        recipients_domain(cause).filter(|_| is_of_domain).map(Into::into)
    })
}

fn recipients_domain(cause: &Cause) -> Option<String> {
    let raw = cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Address { role: AddressRole::Recipient, raw } => Some(raw),
        _ => None,
    })?;
    let address = readable(raw);
    let (_, domain) = address.rsplit_once('@').filter(|(_, domain)| !domain.is_empty())?;
    Some(domain.to_owned())
}

/// Where nobody says which server it was, it was one of the recipient's domain.
fn host_of_recipient(cause: &Cause, topic: Topic, language: Language) -> Option<String> {
    let domain = recipients_domain(cause).filter(|_| topic == Topic::Host)?;
    Some(word_with(language, "host-of-domain", "domain", &domain))
}

/// What the evidence says on the topics of its code.
pub(crate) fn seen(cause: &Cause) -> impl Iterator<Item = (Topic, Cow<'static, str>)> {
    cause.code.topics().iter().filter_map(|topic| Some((*topic, known(cause, *topic)?)))
}

/// One sentence of a code whose values come from elsewhere than evidence.
pub(crate) fn say<'a>(
    code: Code,
    part: Part,
    (standing, language): (Standing, Language),
    seen: impl Fn(Topic) -> Option<Cow<'a, str>>,
) -> String {
    let pairs = code.topics().iter().map(|topic| {
        let seen = seen(*topic).map(|value| {
            // What is seen may hold line ends of somebody else's; they must not end our line.
            if part.is_line() { visible(&value).into_owned().into() } else { value }
        });
        let value = seen.unwrap_or_else(|| {
            let word = word(language, &format!("topic-{}", topic.name()));
            unseen::marked(*topic, &word).into()
        });
        let is_ours = matches!(topic, Topic::Expected | Topic::Detail | Topic::System);
        let is_for_people = is_ours && part != Part::Reply;
        let worded = || phrase(&value, language).into_owned().into();
        (topic.name(), if is_for_people { worded() } else { value })
    });
    let pairs: Vec<_> = pairs.collect();
    let ours = standing.values(language);
    let values = pairs.iter().map(|(name, value)| (*name, value.as_ref()));
    let values = values.chain(ours.iter().map(|(name, value)| (*name, value.as_str())));
    let values: Vec<_> = values.collect();
    let text = of(language).say(&code.text_id(), part.attribute(), &values);
    standing.closed(unseen::settled(&text, part))
}

/// A sentence, or another where there is none.
pub(crate) fn or(text: String, otherwise: impl FnOnce() -> String) -> String {
    if text.is_empty() { otherwise() } else { text }
}

/// A word or sentence common to all codes.
pub(crate) fn word(language: Language, id: &str) -> String {
    of(language).say(id, None, &[])
}

/// A common sentence with one value in it.
pub(crate) fn word_with(language: Language, id: &str, name: &'static str, value: &str) -> String {
    of(language).say(id, None, &[(name, value)])
}

/// The same with several values.
pub(crate) fn words_with(language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
    of(language).say(id, None, values)
}

/// A length of time in the largest unit of which there are two or more.
pub(crate) fn span(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    const YEAR: u64 = 365 * DAY;
    match seconds {
        0..120 => format!("about {seconds} seconds"),
        120..7_200 => format!("about {} minutes", seconds / MINUTE),
        7_200..172_800 => format!("about {} hours", seconds / HOUR),
        172_800..63_072_000 => format!("about {} days", seconds / DAY),
        _ => format!("about {} years", seconds / YEAR),
    }
}

/// What a piece of evidence says on a topic.
fn value(evidence: &Evidence, topic: Topic) -> Option<Cow<'static, str>> {
    let text = match (topic, evidence) {
        (Topic::Address, Evidence::Address { raw, .. })
        | (Topic::Command, Evidence::Command { raw, .. })
        | (Topic::Found, Evidence::Found { raw }) => readable(raw),
        (Topic::Limit, Evidence::Limit { most, .. }) => most.to_string(),
        (Topic::Seen, Evidence::Limit { seen, .. }) => seen.as_ref()?.to_string(),
        (Topic::Seen, Evidence::Version { found, .. }) => found.to_string(),
        (Topic::Expected, Evidence::Version { expected, .. }) => expected.to_string(),
        (Topic::Account | Topic::Address, Evidence::Account { name })
        | (Topic::Nearest, Evidence::Nearest { name }) => name.clone(),
        (Topic::Peer, Evidence::Peer(peer) | Evidence::Connect { peer, .. }) => {
            std::net::SocketAddr::new(peer.ip, peer.port).to_string()
        }
        (Topic::Offset, Evidence::Syntax(fault)) => fault.offset.to_string(),
        (Topic::Expected, Evidence::Syntax(fault)) => return Some(fault.expected.into()),
        (Topic::Expected, Evidence::Wanted { expected }) => return Some((*expected).into()),
        (Topic::Found, Evidence::Syntax(fault)) => fault.found.map(|byte| readable(&[byte]))?,
        (
            Topic::Path,
            Evidence::Io { path: Some(path), .. }
            | Evidence::Database { path, .. }
            | Evidence::File { path },
        ) => path.display().to_string(),
        (Topic::Path, Evidence::Config(place)) => place.file.display().to_string(),
        (Topic::System, Evidence::Io { error, errno, .. }) => match errno {
            Some(errno) => std::io::Error::from_raw_os_error(*errno).to_string(),
            None => error.to_string(),
        },
        (Topic::System, Evidence::Database { code, .. })
        | (Topic::Detail, Evidence::Database { code, .. }) => format!("SQLite {code}"),
        (Topic::Key, Evidence::Config(place)) => place.key.clone(),
        (Topic::Nearest, Evidence::Config(place)) => place.nearest.clone()?,
        (Topic::Line, Evidence::Config(place)) => place.line?.to_string(),
        (Topic::Found, Evidence::Setting { from, .. }) => from.clone(),
        (Topic::Expected, Evidence::Setting { to, .. }) => to.clone(),
        (Topic::Key, Evidence::Setting { field, .. }) => field.clone(),
        (Topic::Host, Evidence::Certificate { host, .. }) => host.clone(),
        (Topic::Detail, Evidence::Clock { seconds, .. }) => span(seconds.unsigned_abs()),
        (Topic::Seen, Evidence::Outbox { waiting, .. }) => waiting.to_string(),
        (Topic::Seen, Evidence::Residents { accounts, .. }) => accounts.to_string(),
        (Topic::Found, Evidence::Residents { aliases, .. }) => aliases.to_string(),
        (Topic::Seconds, Evidence::Wait { seconds }) => seconds.to_string(),
        (Topic::Until, Evidence::Until { at }) => at.clone(),
        (Topic::Message, Evidence::Message { id }) => id.clone(),
        (Topic::Detail, Evidence::Detail { text, .. })
        | (Topic::Reply | Topic::Detail, Evidence::Words { text, .. }) => text.clone(),
        (Topic::Name, Evidence::Dns { name, .. }) | (Topic::Host, Evidence::Host { name }) => {
            name.clone()
        }
        (Topic::Reply, Evidence::Reply { reply, .. }) => reply.to_string(),
        _ => return looked_up(evidence, topic).map(Into::into),
    };
    Some(text.into())
}

/// What a look-up says on a topic.
fn looked_up(evidence: &Evidence, topic: Topic) -> Option<String> {
    Some(match (topic, evidence) {
        (Topic::Peer, Evidence::Ip { ip }) => ip.to_string(),
        (Topic::Name, Evidence::Record { name, .. }) => name.clone(),
        (Topic::Name, Evidence::TlsPolicy { domain, .. }) => domain.clone(),
        (Topic::Found, Evidence::Record { found, .. }) => {
            let found: Vec<_> = found.iter().map(|text| readable(text.as_bytes())).collect();
            found.join("\n")
        }
        (Topic::Expected, Evidence::Record { publish, .. }) => publish.clone()?,
        (Topic::Name, Evidence::Listing { list, .. }) => list.clone(),
        (Topic::Detail, Evidence::Listing { page, .. }) => page.clone(),
        (Topic::Found, Evidence::Listing { answer, reason, .. }) => match reason {
            Some(reason) => format!("{answer}: {}", readable(reason.as_bytes())),
            None => answer.clone(),
        },
        _ => return None,
    })
}

/// The identifier of a word for a value of one of our enums, from its serialised name.
pub(crate) fn enum_id(prefix: &str, value: &impl serde::Serialize) -> String {
    let name = serde_json::to_value(value).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    format!("{prefix}-{name}")
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
