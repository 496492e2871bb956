//! Real mail programs, unchanged from their Debian packages, against `hikyaku try`.
//!
//! The programs live in roots of their own; the contributor's host gets none of them. What each
//! said is kept in `target/interop/`.

mod fetch;
mod leave;
pub(crate) mod letters;
mod post;
mod send;
pub(crate) mod trial;

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use hikyaku_lab::{Root, Unavailable};

use self::post::Post;
use self::trial::Trial;
use crate::cli::Programs;
use crate::needs;
use crate::report::{Report, Verdict};
use crate::workspace::Workspace;

/// Everything that runs in the root of the clients. The Perl modules give swaks TLS and AUTH.
const PACKAGES: [&str; 10] = [
    "ca-certificates",
    "swaks",
    "libnet-ssleay-perl",
    "libauthen-sasl-perl",
    "libnet-dns-perl",
    "msmtp",
    "mpop",
    "fetchmail",
    "getmail6",
    "python3",
];

/// The script that drives smtplib and poplib, in the shared folder.
const CLIENTS: &str = "clients.py";

/// How TLS begins.
#[derive(Debug, Clone, Copy)]
enum Method {
    /// At once: ports 465 and 995 (RFC 8314 §3).
    Implicit,
    /// After STARTTLS or STLS: ports 587 and 110.
    Upgrade,
}

impl Method {
    /// Part of the names of checks and files.
    fn word(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Upgrade => "upgrade",
        }
    }
}

type Check = fn(&mut Post<'_>) -> anyhow::Result<String>;

/// In this order: what is sent first is fetched afterwards, and emptied last.
const CHECKS: [(&str, Check); 19] = [
    ("our own client to port 25", send::own),
    ("swaks to 465", |post| send::swaks(post, Method::Implicit)),
    ("swaks to 587", |post| send::swaks(post, Method::Upgrade)),
    ("swaks refuses an unknown authority", |post| nothing(send::swaks_distrusts(post))),
    ("python smtplib to 465", |post| send::python(post, Method::Implicit)),
    ("python smtplib to 587", |post| send::python(post, Method::Upgrade)),
    ("python is refused in clear", |post| nothing(send::python_refused(post))),
    ("msmtp to 465", |post| send::msmtp(post, Method::Implicit)),
    ("msmtp to 587", |post| send::msmtp(post, Method::Upgrade)),
    ("postfix to 25 with STARTTLS", send::postfix),
    ("exim to 25 with STARTTLS", send::exim),
    ("python poplib from 995", |post| fetch::python(post, Method::Implicit)),
    ("python poplib from 110", |post| fetch::python(post, Method::Upgrade)),
    ("getmail from 995", |post| fetch::getmail(post)),
    ("fetchmail from 995", |post| fetch::fetchmail(post, Method::Implicit)),
    ("fetchmail from 110", |post| fetch::fetchmail(post, Method::Upgrade)),
    ("mpop from 995", |post| fetch::mpop(post, Method::Implicit)),
    ("mpop from 110", |post| fetch::mpop(post, Method::Upgrade)),
    ("mpop empties the mailbox", fetch::mpop_empties),
];

/// Mail that leaves has a server of its own.
const LEAVES: &str = "hikyaku to postfix over verified STARTTLS";

/// The mail programs in one root.
pub(crate) fn root() -> Result<Root, Unavailable> {
    Root::ensure("clients", &PACKAGES)
}

/// Runs the chosen checks.
pub(crate) fn run(workspace: &Workspace, choice: &Programs, report: &mut Report) {
    let chosen: Vec<_> = CHECKS.iter().filter(|(name, _)| is_wanted(choice, name)).collect();
    if let Err(why) = needs::ensure(&needs::ROOTS) {
        return skip_all(&chosen, &why, report);
    }
    let root = match root() {
        Ok(root) => root,
        Err(why) => return skip_all(&chosen, &why.to_string(), report),
    };
    let folder = workspace.target.join("interop");
    let mut trial = None;
    report.check("hikyaku try", || {
        trial = Some(start(workspace, &folder)?);
        Ok(Verdict::passed())
    });
    let Some(trial) = trial else { return };
    match Post::new(&trial, &root, &folder) {
        Ok(mut post) => run_checks(&chosen, &mut post, report),
        Err(error) => report.check("shared folder", || Err(error)),
    }
    if choice.wants(LEAVES) {
        report.check(LEAVES, || {
            let server = workspace.build_server()?;
            match leave::to_postfix(&server, &folder.join("leave")) {
                Ok(note) => Ok(Verdict::Passed(note)),
                Err(error) => missing_root(error),
            }
        });
    }
    report.check("hikyaku try stops", || trial.stop().map(|()| Verdict::passed()));
}

fn run_checks(chosen: &[&(&str, Check)], post: &mut Post<'_>, report: &mut Report) {
    for (name, check) in chosen {
        report.check(name, || match check(post) {
            Ok(note) => Ok(Verdict::Passed(note)),
            Err(error) => missing_root(error),
        });
    }
}

/// A server whose root can't be had is a skip, not a failure.
fn missing_root(error: anyhow::Error) -> anyhow::Result<Verdict> {
    match error.downcast_ref() {
        Some(hikyaku_lab::Fault::Unavailable(why)) => Ok(Verdict::Skipped(why.to_string())),
        _ => Err(error),
    }
}

/// Our own client always runs: the programs that fetch need something to fetch.
fn is_wanted(choice: &Programs, name: &str) -> bool {
    choice.wants(name) || name.starts_with("our own")
}

fn skip_all(chosen: &[&(&str, Check)], why: &str, report: &mut Report) {
    for (name, _) in chosen {
        report.skip(name, why);
    }
}

fn nothing(result: anyhow::Result<()>) -> anyhow::Result<String> {
    result.map(|()| String::new())
}

fn start(workspace: &Workspace, folder: &Path) -> anyhow::Result<Trial> {
    let server = workspace.build_server()?;
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(folder.join("work"))?;
    fs::write(folder.join("work").join(CLIENTS), include_str!("clients.py"))?;
    Trial::start(&server, &folder.join("try"), &folder.join("server.log"))
}
