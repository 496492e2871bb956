//! Programs that fetch: Python's poplib, getmail6, fetchmail, mpop.

use std::fs;

use anyhow::ensure;

use super::post::{Post, SERVER, inside};
use super::{CLIENTS, Method};

impl Method {
    /// The POP3 listener that speaks TLS this way.
    fn pop3(self) -> &'static str {
        match self {
            Self::Implicit => "pop3s",
            Self::Upgrade => "pop3",
        }
    }
}

/// poplib, with RETR, TOP and UIDL of every message.
pub(super) fn python(post: &Post<'_>, method: Method) -> anyhow::Result<String> {
    let name = folder(post, "poplib", method)?;
    let mut command = post.command("python3");
    command.args([&inside(CLIENTS), "fetch", method.word()]);
    command.args([&post.port(method.pop3())?.to_string(), &post.hanako.address]);
    command.arg(inside(&format!("fetched/{name}")));
    post.succeed(&name, command)?;
    post.fetched(&name)
}

/// getmail6 into a Maildir. It knows no STLS.
pub(super) fn getmail(post: &Post<'_>) -> anyhow::Result<String> {
    let name = maildir(post, "getmail", Method::Implicit)?;
    fs::create_dir_all(post.shared("getmail"))?;
    let config = format!(
        "[retriever]\ntype = SimplePOP3SSLRetriever\nserver = {SERVER}\nport = {}\n\
         username = {}\npassword = {}\nca_certs = {}\n\
         [destination]\ntype = Maildir\npath = {}/\n\
         [options]\nread_all = true\ndelete = false\nreceived = false\ndelivered_to = false\n",
        post.port("pop3s")?,
        post.hanako.address,
        post.hanako.password,
        inside("ca.pem"),
        inside(&format!("fetched/{name}")),
    );
    post.write("getmail/rc", &config)?;
    // getmail refuses to deliver as root.
    for mine in ["getmail", &format!("fetched/{name}")] {
        post.give_away(mine)?;
    }
    let mut command = post.command_of_nobody("getmail");
    command.args(["--getmaildir", &inside("getmail"), "--rcfile", "rc"]);
    post.succeed(&name, command)?;
    post.fetched(&name)
}

/// fetchmail hands each message to a program, here one that only stores it.
pub(super) fn fetchmail(post: &Post<'_>, method: Method) -> anyhow::Result<String> {
    let name = folder(post, "fetchmail", method)?;
    let ssl = match method {
        Method::Implicit => "ssl",
        // With a protocol named and no `ssl`, STLS is a must (fetchmail's manual, `sslproto`).
        Method::Upgrade => "",
    };
    post.write("deposit", "file=$(mktemp \"$1/XXXXXXXX\") && cat > \"$file\"\n")?;
    let config = format!(
        "set no bouncemail\npoll {SERVER} protocol pop3 service {} \
         user \"{}\" password \"{}\" {ssl} sslproto \"TLS1.2+\" sslcertck sslcertfile \"{}\" \
         keep fetchall mda \"sh {} {}\"\n",
        post.port(method.pop3())?,
        post.hanako.address,
        post.hanako.password,
        inside("ca.pem"),
        inside("deposit"),
        inside(&format!("fetched/{name}")),
    );
    let config_name = format!("{name}.conf");
    post.write(&config_name, &config)?;
    let mut command = post.command("fetchmail");
    command.args(["--fetchmailrc", &inside(&config_name), "--nodetach", "-v"]);
    command.args(["--idfile", &inside(&format!("{name}.ids"))]);
    command.args(["--pidfile", &inside(&format!("{name}.pid"))]);
    post.succeed(&name, command)?;
    post.fetched(&name)
}

/// mpop into a Maildir, leaving everything on the server.
pub(super) fn mpop(post: &Post<'_>, method: Method) -> anyhow::Result<String> {
    fetch_with_mpop(post, "mpop", method, "on")
}

/// mpop once more, now taking everything away: the mailbox must be empty after its QUIT.
pub(super) fn mpop_empties(post: &mut Post<'_>) -> anyhow::Result<String> {
    let fetched = fetch_with_mpop(post, "mpop-empties", Method::Implicit, "off")?;
    let left = post.mailbox()?.len();
    ensure!(left == 0, "{left} messages are left after the deletion of all");
    post.sent.clear();
    Ok(fetched)
}

fn fetch_with_mpop(
    post: &Post<'_>,
    program: &str,
    method: Method,
    keep: &str,
) -> anyhow::Result<String> {
    let name = maildir(post, program, method)?;
    let starttls = match method {
        Method::Implicit => "off",
        Method::Upgrade => "on",
    };
    let config = format!(
        "account default\nhost {SERVER}\nport {}\nuser {}\npasswordeval cat {}\n\
         tls on\ntls_starttls {starttls}\ntls_trust_file {}\nkeep {keep}\nreceived_header off\n\
         delivery maildir {}\nuidls_file {}\n",
        post.port(method.pop3())?,
        post.hanako.address,
        inside("hanako.password"),
        inside("ca.pem"),
        inside(&format!("fetched/{name}")),
        inside(&format!("{name}.uidls")),
    );
    let config_name = format!("{name}.conf");
    post.write(&config_name, &config)?;
    let mut command = post.command("mpop");
    command.args(["-C", &inside(&config_name)]);
    post.succeed(&name, command)?;
    post.fetched(&name)
}

/// An empty folder for what a program fetches; gives its name.
fn folder(post: &Post<'_>, program: &str, method: Method) -> anyhow::Result<String> {
    let name = format!("{program}-{}", method.word());
    let path = post.shared("fetched").join(&name);
    fs::create_dir_all(path)?;
    Ok(name)
}

fn maildir(post: &Post<'_>, program: &str, method: Method) -> anyhow::Result<String> {
    let name = folder(post, program, method)?;
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(post.shared("fetched").join(&name).join(part))?;
    }
    Ok(name)
}
