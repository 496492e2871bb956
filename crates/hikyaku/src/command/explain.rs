//! `explain`: a cause by its code.

use std::fmt::Write as _;

use hikyaku_cause::{Cause, Code, ConfigPlace, Evidence, render};

use crate::Outcome;
use crate::cli::Explain;
use crate::nearest::nearest;
use crate::output::Output;

pub(crate) fn run(arguments: &Explain, output: Output) -> Outcome {
    let Some(name) = &arguments.code else {
        output.result(&render::catalogue(output.language), |language| {
            Code::ALL.iter().fold(String::new(), |mut text, code| {
                let title = render::title(&Cause::proven(*code), language);
                let _ = writeln!(text, "{:<32} {title}", code.name());
                text
            })
        });
        return Ok(());
    };
    let code = Code::from_name(name.trim()).ok_or_else(|| vec![unknown(name)])?;
    output.result(&render::explanation(code, output.language), |language| {
        render::explain(code, language)
    });
    Ok(())
}

fn unknown(name: &str) -> Cause {
    let nearest = nearest(name, Code::ALL.iter().map(|code| code.name()));
    let place = ConfigPlace { file: "".into(), line: None, key: name.to_owned(), nearest };
    Cause::proven(Code::ExplainUnknown).with(Evidence::Config(place))
}
