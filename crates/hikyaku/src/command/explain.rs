//! `explain`: a cause by its code, or how mail works.

use std::fmt::Write as _;

use hikyaku_cause::{Cause, Code, ConfigPlace, Evidence, Language, render};

use crate::Outcome;
use crate::cli::Explain;
use crate::nearest::nearest;
use crate::output::Output;
use crate::topics::Topic;

pub(crate) fn run(arguments: &Explain, output: Output) -> Outcome {
    let Some(name) = &arguments.code else {
        output.result(&render::catalogue(output.language), |language| {
            Code::ALL.iter().fold(String::new(), |mut text, code| {
                let title = render::title(&Cause::proven(*code), language);
                let _ = writeln!(text, "{:<32} {title}", code.name());
                text
            }) + &topics(language)
        });
        return Ok(());
    };
    let name = bare(name);
    if let Some(topic) = Topic::named(&name) {
        output.result(&topic.json(output.language), |language| topic.page(language));
        return Ok(());
    }
    let code = Code::from_name(&name).ok_or_else(|| vec![unknown(&name)])?;
    output.result(&render::explanation(code, output.language), |language| {
        render::explain(code, language)
    });
    Ok(())
}

/// A name as it is copied: out of the brackets of a reply, or from the beginning of a sentence.
fn bare(name: &str) -> String {
    let around =
        |letter: char| letter.is_whitespace() || "()[]<>（）「」\"'`.,:;。、".contains(letter);
    name.trim_matches(around).to_ascii_lowercase()
}

/// The pages, a line each.
fn topics(language: Language) -> String {
    Topic::names().filter_map(Topic::named).zip(Topic::names()).fold(
        String::from("\n"),
        |mut text, (topic, name)| {
            let _ = writeln!(text, "{name:<32} {}", topic.title(language));
            text
        },
    )
}

fn unknown(name: &str) -> Cause {
    let nearest = nearest(name, Code::ALL.iter().map(|code| code.name()).chain(Topic::names()));
    let place = ConfigPlace { file: "".into(), line: None, key: name.to_owned(), nearest };
    Cause::proven(Code::ExplainUnknown).with(Evidence::Config(place))
}
