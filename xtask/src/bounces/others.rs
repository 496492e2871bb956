//! Hikyaku's own reports as other programs read them.

use anyhow::{Context as _, ensure};
use hikyaku_lab::world::World;
use serde_json::Value;

use super::inside::Returned;

/// Who reads what others wrote.
const READERS: &str = "readers.lab.test";
/// Of what was tried for too long (RFC 3463 §3.5); the last answer stands beside it.
const EXPIRED: &str = "5.4.7";

/// What Python's email package makes of reports: a line of JSON for each.
const PYTHON: &str = r#"
import email, email.policy, json, sys
for path in sys.argv[1:]:
    mail = email.message_from_bytes(open(path, "rb").read(), policy=email.policy.default)
    defects = [str(it) for part in mail.walk() for it in part.defects]
    status = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    blocks = status[0].get_payload() if status else []
    of = blocks[1] if len(blocks) > 1 else {}
    print(json.dumps({"path": path, "kind": mail.get_content_type(), "defects": defects,
        "parts": [part.get_content_type() for part in mail.iter_parts()],
        "subject": str(mail["Subject"]), "text": mail.get_body(("plain",)).get_content(),
        "recipient": str(of.get("Final-Recipient", "")).split(";")[-1].strip(),
        "status": str(of.get("Status", "")), "action": str(of.get("Action", "")).lower()}))
"#;

/// What sisimai makes of them: a line of JSON for each.
const SISIMAI: &str = r#"
use Sisimai;
for my $path (@ARGV) { my $said = Sisimai->dump($path); $said =~ s/\n//g; print "$said\n" }
"#;

/// The reports as Python's email package and sisimai read them.
pub(super) fn read(world: &World, reports: &[Returned]) -> anyhow::Result<String> {
    ensure!(reports.len() >= 30, "{} reports", reports.len());
    let readers = world.place(READERS)?.machine()?;
    let mut paths = Vec::new();
    for Returned { reply, mail } in reports {
        let path = format!("/srv/{}.eml", reply.name);
        readers.write(&path, mail)?;
        paths.push(path);
    }
    let lines = |program: &str, options: &[&str]| -> anyhow::Result<Vec<Value>> {
        let mut command = readers.command(program);
        command.args(options).args(&paths);
        let said = readers.run(command, b"")?;
        let said = String::from_utf8_lossy(&said).into_owned();
        let read = |line: &str| serde_json::from_str(line).with_context(|| line.to_owned());
        said.lines().map(read).collect()
    };
    let python = lines("python3", &["-c", PYTHON])?;
    let sisimai = lines("perl", &["-e", SISIMAI])?;
    ensure!(python.len() == reports.len() && sisimai.len() == reports.len(), "answers are missing");
    let mut wrong = Vec::new();
    for ((report, python), sisimai) in reports.iter().zip(&python).zip(&sisimai) {
        wrong.extend(compared(report, python, sisimai.get(0).unwrap_or(&Value::Null)));
    }
    ensure!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    Ok(format!("{} reports, each with the right recipient, status and action", reports.len()))
}

/// What is otherwise than it should be.
fn compared(report: &Returned, python: &Value, sisimai: &Value) -> Vec<String> {
    let Returned { reply, mail } = report;
    let ours = hikyaku_bounce::read(mail);
    let status = ours.first().and_then(|it| it.status.clone()).unwrap_or_default();
    let is = |value: &Value, key: &str, wanted: &str| {
        value.get(key).and_then(Value::as_str) == Some(wanted)
    };
    let seen = |value: &Value, keys: [&str; 5]| {
        keys.map(|key| value.get(key).cloned().unwrap_or_default().to_string()).join(" ")
    };
    let mut wrong = Vec::new();
    let is_expired = status == EXPIRED;
    if reply.status().is_some_and(|played| !is_expired && played != status) {
        wrong.push(format!("{}: {status} is stated, another was played", reply.name));
    }
    let text = python.get("text").and_then(Value::as_str).unwrap_or_default();
    let is_read = is(python, "kind", "multipart/report")
        && python.get("defects") == Some(&Value::Array(Vec::new()))
        && text.contains("メール")
        && is(python, "recipient", &reply.recipient())
        && is(python, "status", &status)
        && is(python, "action", "failed");
    if !is_read {
        let seen = seen(python, ["kind", "defects", "recipient", "status", "action"]);
        wrong.push(format!("{}: Python: {seen}, not {status}", reply.name));
    }
    // Where time ran out, sisimai goes by the peer's last answer if that says more.
    let is_last = is_expired && reply.status().is_some_and(|it| is(sisimai, "deliverystatus", it));
    let is_read = is(sisimai, "recipient", &reply.recipient())
        && (is(sisimai, "deliverystatus", &status) || is_last)
        && is(sisimai, "action", "failed");
    if !is_read {
        let seen =
            seen(sisimai, ["recipient", "deliverystatus", "action", "diagnosticcode", "reason"]);
        wrong.push(format!("{}: sisimai: {seen}, not {status}", reply.name));
    }
    wrong
}
