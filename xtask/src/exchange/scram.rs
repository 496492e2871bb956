//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 7677): a real client at submission, a hand-made one at
//! POP3.

use anyhow::ensure;
use hikyaku_lab::world::{Machine, World};

use crate::here::{HERE, TARO, login};

/// Signs in over POP3S by SCRAM-SHA-256, with what the client says of binding (RFC 5802 §6) and the
/// latest TLS; prints what the server said last.
const POP3: &str = r#"
import base64, hashlib, hmac, poplib, ssl, sys
host, user, password, flag, latest = sys.argv[1:6]
context = ssl.create_default_context(cafile="/srv/authority.pem")
context.maximum_version = ssl.TLSVersion[latest]
session = poplib.POP3_SSL(host, 995, context=context)
assert b"SCRAM-SHA-256" in b" ".join(session._longcmd("CAPA")[1])
def say(text): session._putcmd(base64.b64encode(text.encode()).decode())
def hear():
    line = session._getline()[0]
    if not line.startswith(b"+ "):
        print(line.decode()); sys.exit(0)
    return base64.b64decode(line[2:]).decode()
def mac(key, text): return hmac.new(key, text.encode(), hashlib.sha256).digest()
bare = f"n={user},r=a-nonce-of-mine"
session._putcmd("AUTH SCRAM-SHA-256"); hear()
say(f"{flag},,{bare}")
first = hear()
nonce, salt, rounds = (part[2:] for part in first.split(","))
assert nonce.startswith("a-nonce-of-mine") and len(nonce) > 30, nonce
salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
key = mac(salted, "Client Key")
bound = base64.b64encode(f"{flag},,".encode()).decode()
last = f"c={bound},r={nonce}"
all = f"{bare},{first},{last}"
signature = mac(hashlib.sha256(key).digest(), all)
proof = bytes(a ^ b for a, b in zip(key, signature))
say(f"{last},p={base64.b64encode(proof).decode()}")
mine = base64.b64encode(mac(mac(salted, "Server Key"), all)).decode()
assert hear() == f"v={mine}", "the server does not know the password"
say("")
hear()
"#;

/// Runs it.
pub(super) fn check(world: &World) -> anyhow::Result<String> {
    let here = world.place(HERE)?;
    let machine = here.machine()?;
    let judge = world.place("judge.lab.test")?.machine()?;
    let authority = std::fs::read(machine.path("/srv/hikyaku/authority.pem"))?;
    judge.write("/srv/authority.pem", &authority)?;
    let login = login(here, "taro")?;
    ensure!(smtp(judge, &login.password).is_err(), "offered to nobody who did not ask for it");
    let mut command = machine.command("hikyaku");
    command.args(["account", "scram", "--config", "/srv/hikyaku/hikyaku.toml", TARO, "on"]);
    machine.run(command, format!("{}\n", login.password).as_bytes())?;
    smtp(judge, &login.password)?;
    ensure!(smtp(judge, "another one").is_err(), "a wrong password is let in");
    bound(judge, &login.password)?;
    let said = pop3(judge, (TARO, &login.password), CANNOT_BIND)?;
    ensure!(said.starts_with("+OK maildrop has"), "{said}");
    for (user, password) in
        [(TARO, "another one"), ("nobody@edo.test", "x"), ("太郎@edo.test", "x")]
    {
        let said = pop3(judge, (user, password), CANNOT_BIND)?;
        ensure!(said.starts_with("-ERR [AUTH]"), "{user}: {said}");
    }
    set_password(machine, TYPED)?;
    let typed = typed(judge);
    set_password(machine, &login.password)?;
    typed?;
    Ok("signed in, and nobody else".to_owned())
}

/// A password as it is typed on a Japanese keyboard, and the same as SASLprep has it (RFC 4013).
const TYPED: &str = "ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ　１６０３ネンノコト";
const PREPARED: &str = "キリンノヒゲハナガイ 1603ネンノコト";

/// gsasl prepares passwords, Python does not: both let the same person in, by each mechanism.
fn typed(judge: &Machine) -> anyhow::Result<()> {
    for mechanism in ["SCRAM-SHA-256-PLUS", "PLAIN", "LOGIN"] {
        gsasl(judge, &[&format!("--mechanism={mechanism}")], TYPED)?;
    }
    for password in [TYPED, PREPARED] {
        let said = pop3(judge, (TARO, password), CANNOT_BIND)?;
        ensure!(said.starts_with("+OK maildrop has"), "{password}: {said}");
    }
    let said = pop3(judge, (TARO, "きりんのひげはながい 1603ネンノコト"), CANNOT_BIND)?;
    ensure!(said.starts_with("-ERR [AUTH]"), "another password is let in: {said}");
    Ok(())
}

fn set_password(machine: &Machine, password: &str) -> anyhow::Result<()> {
    let mut command = machine.command("hikyaku");
    command.args(["account", "passwd", "--config", "/srv/hikyaku/hikyaku.toml", TARO]);
    machine.run(command, format!("{password}\n").as_bytes())?;
    Ok(())
}

/// The form that is bound to the connection (RFC 9266), by a client that can do it.
fn bound(judge: &Machine, password: &str) -> anyhow::Result<()> {
    let said = gsasl(judge, &["--mechanism=SCRAM-SHA-256-PLUS", "--verbose"], password)?;
    ensure!(said.contains("SCRAM-SHA-256-PLUS"), "not offered: {said}");
    let wrong = gsasl(judge, &["--mechanism=SCRAM-SHA-256-PLUS"], "another one");
    ensure!(wrong.is_err(), "a wrong password is let in, bound");
    // Before TLS 1.3 there is nothing to bind to, and the other form is open to who could.
    let old = "--priority=NORMAL:-VERS-TLS1.3";
    let plus = gsasl(judge, &["--mechanism=SCRAM-SHA-256-PLUS", old], password);
    ensure!(plus.is_err(), "bound to a connection without octets of its own");
    gsasl(judge, &["--mechanism=SCRAM-SHA-256", "--no-cb", old], password)?;
    // RFC 5802 §6: it can bind, and says that we cannot, which is what we said before TLS 1.3 only.
    let said = pop3(judge, (TARO, password), ("y", "TLSv1_2"))?;
    ensure!(said.starts_with("+OK maildrop has"), "{said}");
    let said = pop3(judge, (TARO, password), ("y", "TLSv1_3"))?;
    ensure!(said.contains("auth.binding.hidden"), "a cut-down offer is not noticed: {said}");
    Ok(())
}

fn smtp(judge: &Machine, password: &str) -> anyhow::Result<()> {
    gsasl(judge, &["--mechanism=SCRAM-SHA-256", "--no-cb"], password).map(drop)
}

/// Signs in at submission; what the client shows of it.
fn gsasl(judge: &Machine, with: &[&str], password: &str) -> anyhow::Result<String> {
    let mut command = judge.command("gsasl");
    command.args(["--smtp", "--x509-ca-file=/srv/authority.pem"]).args(with);
    command.args(["--authentication-id", TARO, "--password", password, HERE, "587"]);
    Ok(String::from_utf8_lossy(&judge.run(command, b"")?).into_owned())
}

/// What a client says that knows nothing of binding, and the TLS that it has.
const CANNOT_BIND: (&str, &str) = ("n", "TLSv1_3");

fn pop3(
    judge: &Machine,
    (user, password): (&str, &str),
    (flag, tls): (&str, &str),
) -> anyhow::Result<String> {
    let mut command = judge.command("python3");
    command.args(["-c", POP3, HERE, user, password, flag, tls]);
    Ok(String::from_utf8_lossy(&judge.run(command, b"")?).trim().to_owned())
}
