//! Questions that a judgement has: asked until it needs no more.

use std::sync::Arc;

use hikyaku_cause::DnsOutcome;
use hikyaku_senderauth::{Answer, Answers, Kind, Needed, Question, Records};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::{Lookup, Resolver};

/// The most rounds of questions; no lawful record needs so many.
const ROUNDS: usize = 64;

impl Resolver {
    /// Judges, asks what the judgement needs, and judges again, until it needs no more. Questions
    /// of one round are asked together; after `until` every one counts as not answered. Nothing
    /// comes of a judgement that never ends.
    pub async fn inquire<T>(
        self: &Arc<Self>,
        answers: &mut Answers,
        until: Instant,
        judge: impl Fn(&Answers) -> Result<T, Needed>,
    ) -> Option<T> {
        for _ in 0..ROUNDS {
            let Needed(questions) = match judge(answers) {
                Ok(judged) => return Some(judged),
                Err(needed) => needed,
            };
            let mut asked = JoinSet::new();
            for question in questions {
                let resolver = Arc::clone(self);
                asked.spawn(async move {
                    let answer = timeout_at(until, resolver.answer(&question)).await;
                    let answer = answer.unwrap_or_else(|_| Answer::without(DnsOutcome::TimedOut));
                    (question, answer)
                });
            }
            for (question, answer) in asked.join_all().await {
                answers.put(question, answer);
            }
        }
        None
    }

    async fn answer(&self, question: &Question) -> Answer {
        let name = question.name.as_str();
        match question.kind {
            Kind::Txt => answer(self.texts(name).await, Records::Texts),
            Kind::Mx => answer(self.mail_servers(name).await, Records::Names),
            Kind::A => answer(self.v4(name).await, Records::Addresses),
            Kind::Aaaa => answer(self.v6(name).await, Records::Addresses),
            Kind::Ptr => answer(self.names(name).await, |names| {
                Records::Names(names.into_iter().map(|name| (0, name)).collect())
            }),
        }
    }
}

fn answer<T>(found: Lookup<T>, records: impl FnOnce(T) -> Records) -> Answer {
    let records =
        if found.outcome == DnsOutcome::Answer { records(found.records) } else { Records::None };
    Answer { outcome: found.outcome, records, evidence: found.evidence }
}
