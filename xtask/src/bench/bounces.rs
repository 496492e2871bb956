//! Reading bounces: how many mails a second on one core, beside sisimai in the same run.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use hikyaku_lab::{Bind, Root};

use crate::report::Verdict;
use crate::workspace::Workspace;

/// Mails in the folder.
const MAILS: usize = 10_000;
/// Mails that the peer reads: it takes long, and its speed is the same for more.
const PEER_MAILS: usize = 500;
/// Mails a second that are promised.
const BUDGET: f64 = 20_000.0;
/// Runs, of which the best counts: machines are shared.
const RUNS: usize = 5;
const PEER: &str = "use Sisimai; for my $file (glob(\"$ARGV[0]/*\")) { Sisimai->dump($file) }";

/// Writes the mails and reads them with both.
pub(super) fn measure(workspace: &Workspace) -> anyhow::Result<Verdict> {
    let folder = workspace.target.join("bench-bounces");
    let (own, peer) = (folder.join("all"), folder.join("some"));
    write(&own, MAILS)?;
    write(&peer, PEER_MAILS)?;
    let server = workspace.build_release()?;
    let mut ours = Command::new("taskset");
    ours.args(["-c", "0"]).arg(&server).args(["doctor", "bounce", "--json"]).arg(&own);
    let ours = best(&mut ours, MAILS)?;
    let mut text = format!("{ours:.0} mails/s on one core (budget {BUDGET:.0})");
    match Root::ensure("sisimai", &["libsisimai-perl"]) {
        Ok(root) => {
            let binds = [Bind { host: peer.clone(), inside: "/mails".into() }];
            let mut theirs = root.command_with(&binds, "taskset");
            theirs.args(["-c", "0", "perl", "-e", PEER, "/mails"]);
            let theirs = best(&mut theirs, PEER_MAILS)?;
            let _ = write!(text, "; sisimai (Perl) {theirs:.0} mails/s: {:.1} x", ours / theirs);
        }
        Err(why) => {
            let _ = write!(text, "; sisimai skipped: {why}");
        }
    }
    ensure!(ours >= BUDGET, "{text}");
    Ok(Verdict::Passed(text))
}

/// Mails a second of the best run.
fn best(command: &mut Command, mails: usize) -> anyhow::Result<f64> {
    let mut best = f64::MAX;
    for _ in 0..RUNS {
        let begun = Instant::now();
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        ensure!(status.context("taskset")?.success(), "{command:?} failed");
        best = best.min(begun.elapsed().as_secs_f64());
    }
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let mails = mails as f64;
    Ok(mails / best)
}

/// Reports of several systems in turn, with letters of a usual size behind them.
fn write(folder: &Path, mails: usize) -> anyhow::Result<()> {
    let _absent = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    for number in 0..mails {
        fs::write(folder.join(format!("{number:05}.eml")), mail(number))?;
    }
    Ok(())
}

const REPLIES: [&str; 6] = [
    "550 5.1.1 <{to}>: Recipient address rejected: User unknown in local recipient table",
    "552 5.2.2 <{to}>: mailbox full",
    "554 5.7.1 Service unavailable; Client host [198.51.100.1] blocked using zen.spamhaus.org",
    "550 5.7.26 Unauthenticated email from edo.test is not accepted due to domain's DMARC policy",
    "452 4.2.2 Greylisted, please come back later",
    "554 delivery error: dd Sorry your message to {to} cannot be delivered",
];

fn mail(number: usize) -> String {
    let to = format!("user{number}@kobo{}.test", number % 97);
    let reply = REPLIES.get(number % REPLIES.len()).unwrap_or(&"550 no").replace("{to}", &to);
    let mut letter = format!(
        "Received: from pc.edo.test by mx.edo.test; Tue, 24 Nov 2026 10:00:00 +0900\nFrom: \
         hana@edo.test\nTo: {to}\nSubject: letter {number}\nMessage-ID: \
         <{number}@edo.test>\nDate: Tue, 24 Nov 2026 10:00:00 +0900\n\n"
    );
    for line in 0..30 {
        let _ = writeln!(letter, "This is line {line} of a letter of the usual length.");
    }
    match number % 3 {
        0 => format!(
            "From: MAILER-DAEMON@mx.edo.test (Mail Delivery System)\nTo: hana@edo.test\nSubject: \
             Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: \
             multipart/report; report-type=delivery-status; boundary=\"b{number}\"\n\n--b{number}\n\
             Content-Type: text/plain\n\nThis is the mail system at host mx.edo.test.\n\n<{to}>: \
             host mx.kobo.test[203.0.113.1] said: {reply} (in reply to RCPT TO command)\n\n\
             --b{number}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; \
             mx.edo.test\n\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: \
             5.0.0\nDiagnostic-Code: smtp; {reply}\n\n--b{number}\nContent-Type: \
             message/rfc822\n\n{letter}\n--b{number}--\n"
        ),
        1 => format!(
            "From: MAILER-DAEMON@mx.edo.test\nTo: hana@edo.test\nSubject: failure notice\n\nHi. This \
             is the qmail-send program at mx.edo.test.\nI'm afraid I wasn't able to deliver your \
             message to the following addresses.\n\n<{to}>:\n203.0.113.1 does not like \
             recipient.\nRemote host said: {reply}\nGiving up on 203.0.113.1.\n\n--- Below this \
             line is a copy of the message.\n\n{letter}"
        ),
        _ => format!(
            "From: Mail Delivery System <Mailer-Daemon@mx.edo.test>\nTo: hana@edo.test\nSubject: \
             Mail delivery failed: returning message to sender\nX-Failed-Recipients: {to}\n\nThis \
             message was created automatically by mail delivery software.\n\nA message that you \
             sent could not be delivered to one or more of its\nrecipients.\n\n  {to}\n    SMTP \
             error from remote mail server after RCPT TO:<{to}>:\n    host mx.kobo.test \
             [203.0.113.1]: {reply}\n\n------ This is a copy of the message, including all the \
             headers. ------\n\n{letter}"
        ),
    }
}
