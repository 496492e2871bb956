//! The program that publishes records of the DNS.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence};
use tokio::process::Command;
use tokio::time::timeout;

/// How long it may take; records need their time to reach all servers of a zone.
const ALLOWED: Duration = Duration::from_mins(2);
/// The most of its words that is kept.
const MOST: usize = 400;

/// Runs `PROGRAM add|remove NAME VALUE`; NAME is the record's, without a final dot.
pub(crate) async fn run(program: &Path, act: &str, name: &str, value: &str) -> Result<(), Cause> {
    let failed = |text: String| {
        Cause::proven(Code::AcmeHookFailed)
            .with(Evidence::Host { name: name.trim_start_matches("_acme-challenge.").to_owned() })
            .with(Evidence::File { path: program.to_owned() })
            .with(Evidence::Detail { source: "dns_hook", text })
    };
    let mut command = Command::new(program);
    command.args([act, name, value]).stdin(Stdio::null()).kill_on_drop(true);
    match timeout(ALLOWED, command.output()).await {
        Err(_) => Err(failed(format!("{act}: no end within {} s", ALLOWED.as_secs()))),
        Ok(Err(error)) => Err(failed(format!("{act}: {error}"))),
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => Err(failed(format!("{act}: {}: {}", output.status, words(&output)))),
    }
}

/// The last it said, on standard error or else on standard output.
fn words(output: &Output) -> String {
    let said = [&output.stderr, &output.stdout].into_iter().find(|it| !it.trim_ascii().is_empty());
    let text = String::from_utf8_lossy(said.map_or(&[][..], |it| it.trim_ascii())).into_owned();
    let skipped = text.chars().count().saturating_sub(MOST);
    text.chars().skip(skipped).map(|it| if it.is_control() { ' ' } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    async fn with(script: &str) -> Result<(), Cause> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("hook");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        run(&program, "add", "_acme-challenge.mx.test", "value").await
    }

    #[tokio::test]
    async fn its_arguments_and_its_end() {
        assert!(with(r#"[ "$*" = "add _acme-challenge.mx.test value" ]"#).await.is_ok());
        let cause = with("echo out; echo no such zone >&2; exit 3").await.unwrap_err();
        assert_eq!(cause.code, Code::AcmeHookFailed);
        let text = format!("{cause:?}");
        assert!(text.contains("exit status: 3: no such zone"), "{text}");
        let missing = run(Path::new("/nowhere/hook"), "add", "x", "y").await.unwrap_err();
        assert!(format!("{missing:?}").contains("No such file"), "{missing:?}");
    }
}
