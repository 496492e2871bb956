//! The name of an address, and whether that name leads back to it (RFC 1912 §2.1).

use std::net::IpAddr;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_senderauth::{Answers, Kind, Needed, Question, reverse_name};

use super::{proof, unchecked};

/// The most names that are looked at.
const NAMES: usize = 5;

pub(super) fn judge(ip: IpAddr, answers: &Answers) -> Result<Vec<Cause>, Needed> {
    let zone = if ip.is_ipv4() { "in-addr.arpa" } else { "ip6.arpa" };
    let reverse = Question::new(&reverse_name(ip, zone), Kind::Ptr);
    let answer = answers.want(&reverse.name, Kind::Ptr)?;
    if !answer.is_known() {
        return Ok(vec![unchecked(&reverse, answers)]);
    }
    let names: Vec<&str> =
        answer.names().iter().take(NAMES).map(|(_, name)| name.as_str()).collect();
    let Some(first) = names.first() else {
        let cause = Cause::proven(Code::PtrMissing).with(Evidence::Ip { ip });
        return Ok(vec![proof(answers, [reverse]).into_iter().fold(cause, Cause::with)]);
    };
    let family = Kind::of_family(ip);
    let forward: Vec<Question> = names.iter().map(|name| Question::new(name, family)).collect();
    let found = answers.want_all(&forward)?;
    let about = |code, host: &str, questions: Vec<Question>| {
        let host = Evidence::Host { name: host.to_owned() };
        let cause = Cause::proven(code).with(Evidence::Ip { ip }).with(host);
        proof(answers, questions).into_iter().fold(cause, Cause::with)
    };
    let right = forward.iter().zip(&found).find(|(_, answer)| answer.addresses().contains(&ip));
    if let Some((question, _)) = right {
        return Ok(vec![about(Code::PtrFound, &question.name, vec![reverse, question.clone()])]);
    }
    if let Some((question, _)) = forward.iter().zip(&found).find(|(_, answer)| !answer.is_known()) {
        return Ok(vec![unchecked(question, answers)]);
    }
    let others: Vec<String> =
        found.iter().flat_map(|it| it.addresses()).map(ToString::to_string).collect();
    let text = if others.is_empty() { "-".to_owned() } else { others.join(", ") };
    let questions = [vec![reverse], forward.clone()].concat();
    let cause = about(Code::PtrMismatch, first, questions);
    Ok(vec![cause.with(Evidence::Detail { source: "dns", text })])
}
