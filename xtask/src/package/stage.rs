//! The package on a Debian machine of its own: checked, installed, used, removed and purged.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, ensure};
use hikyaku_lab::world::{Machine, Plan, SERVER};

use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 6] = [
    ("a Debian machine", Check::World),
    ("lintian", Check::Lintian),
    ("installed", Check::Install),
    ("manual, completions and unit", Check::Documents),
    ("mail is taken in", Check::Serve),
    ("removed and purged", Check::Purge),
];

const HOST: &str = "mx.edo.test";
const DEB: &str = "/srv/hikyaku.deb";
const CONFIG: &str = "/etc/hikyaku/hikyaku.toml";
/// Every file but those that dpkg and others keep for themselves.
const FILES: &str = "find / -xdev -path /proc -prune -o -path /sys -prune -o -path /dev -prune \
    -o -path /var/lib/dpkg -prune -o -path /var/cache -prune -o -path /var/log -prune \
    -o -path /tmp -prune -o -path /srv -prune -o -print | sort";

/// What is checked.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The machine is there, and the package.
    World,
    /// The package keeps Debian's rules.
    Lintian,
    /// It can be installed; the program runs.
    Install,
    /// What comes with the program can be read by those it is for.
    Documents,
    /// The example configuration serves mail.
    Serve,
    /// Nothing stays.
    Purge,
}

/// Runs all of it.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Package, &plan(), &names);
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    let mut before = BTreeSet::new();
    inner::carry_out(folder, plan(), &CHECKS, |world, check| match check {
        Check::World => {
            let machine = world.place(HOST)?.machine()?;
            before = all_files(machine)?;
            package(machine, folder)
        }
        Check::Lintian => lintian(world.place(HOST)?.machine()?),
        Check::Install => install(world.place(HOST)?.machine()?),
        Check::Documents => documents(world.place(HOST)?.machine()?),
        Check::Serve => serve(world.place(HOST)?.machine()?),
        Check::Purge => purge(world.place(HOST)?.machine()?, &before),
    });
}

fn plan() -> anyhow::Result<Plan> {
    Ok(Plan::named("package")?)
}

fn all_files(machine: &Machine) -> anyhow::Result<BTreeSet<String>> {
    Ok(machine.script(FILES)?.lines().map(str::to_owned).collect())
}

fn package(machine: &Machine, folder: &Path) -> anyhow::Result<String> {
    let server = std::env::var_os(SERVER).with_context(|| format!("{SERVER} is not set"))?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no workspace")?;
    let package = super::build(root, Path::new(&server), folder)?;
    let octets = std::fs::read(&package)?;
    machine.write(DEB, &octets)?;
    let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(format!("{name}, {} KB", octets.len() / 1024))
}

fn lintian(machine: &Machine) -> anyhow::Result<String> {
    let said = machine.script(&format!("lintian --allow-root --fail-on none {DEB} 2>&1"))?;
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("E: ")).collect();
    ensure!(errors.is_empty(), "{}", errors.join("\n"));
    let warnings = said.lines().filter(|line| line.starts_with("W: ")).count();
    Ok(format!("no errors, {warnings} warnings"))
}

fn install(machine: &Machine) -> anyhow::Result<String> {
    machine.script(&format!("dpkg --install {DEB} 2>&1"))?;
    let state = machine.script("dpkg-query --show --showformat '${Status}' hikyaku")?;
    ensure!(state == "install ok installed", "{state}");
    let seen = machine.script(
        "stat -c '%U:%G %a' /var/lib/hikyaku /etc/hikyaku; id -un hikyaku; \
         test -L /etc/systemd/system/multi-user.target.wants/hikyaku.service; dpkg --verify hikyaku",
    )?;
    let expected = "hikyaku:hikyaku 700\nroot:hikyaku 750\nhikyaku\n";
    ensure!(seen == expected, "{seen}");
    Ok(machine.script("hikyaku --version")?.trim().to_owned())
}

fn documents(machine: &Machine) -> anyhow::Result<String> {
    let said = machine.script(
        "gzip --test /usr/share/man/man1/hikyaku*.gz /usr/share/man/ja/man1/hikyaku*.gz
         man --warnings hikyaku 2>&1 >/tmp/page | head -5 >/tmp/warnings
         test -s /tmp/page
         man --warnings hikyaku-certificates 2>&1 >/dev/null | head -5 >>/tmp/warnings
         for page in /usr/share/man/ja/man1/hikyaku*.gz; do
           zcat $page | LC_ALL=C.UTF-8 groff -ww -Tutf8 -Kutf8 -P-cbou -mja -man 2>&1 >/tmp/page | head -5 >>/tmp/warnings
           grep -q 書式 /tmp/page || echo $page
         done
         cat /tmp/warnings
         bash -n /usr/share/bash-completion/completions/hikyaku
         bash -c '. /usr/share/bash-completion/completions/hikyaku; complete -p hikyaku' >/dev/null
         bash -c '. /usr/share/bash-completion/completions/hikyaku
           COMP_WORDS=(hikyaku certif); COMP_CWORD=1; _hikyaku hikyaku certif hikyaku
           [ \"${COMPREPLY[*]}\" = certificates ]'
         systemd-analyze verify /usr/lib/systemd/system/hikyaku.service 2>&1",
    )?;
    ensure!(said.trim().is_empty(), "{said}");
    let names = |folder: &str| machine.script(&format!("cd {folder} && ls hikyaku*.gz"));
    let (english, japanese) = (names("/usr/share/man/man1")?, names("/usr/share/man/ja/man1")?);
    ensure!(english == japanese, "{english} in English, {japanese} in Japanese");
    Ok(format!("{} manual pages in two languages", english.lines().count()))
}

/// As README.Debian says, with the account and the capability that the unit gives. All in one
/// script: what a script starts ends with it.
const SERVE: &str = r#"
config=/etc/hikyaku/hikyaku.toml
as="setpriv --reuid hikyaku --regid hikyaku --clear-groups"
sed -e 's/example.jp/edo.test/g' /usr/share/doc/hikyaku/examples/hikyaku.toml > $config
chgrp hikyaku $config; chmod 640 $config
hikyaku check-config --config $config >&2
echo seven couriers ran to Kyoto in three days |
  $as hikyaku account add --config $config postmaster@edo.test >&2
$as --bounding-set -all,+net_bind_service --inh-caps -all,+net_bind_service \
  --ambient-caps -all,+net_bind_service hikyaku serve --config $config >/tmp/said 2>&1 &
for _ in $(seq 200); do
  if (exec 3<>/dev/tcp/127.0.0.1/25) 2>/dev/null; then break; fi
  sleep 0.1
done
exec 3<>/dev/tcp/127.0.0.1/25
hear() { read -r line <&3; case $line in $1*) ;; *) echo "$line" >&2; cat /tmp/said >&2; exit 1;; esac; }
hear 220
for pair in "HELO client.test=250" "MAIL FROM:<>=250" "RCPT TO:<postmaster@edo.test>=250" DATA=354; do
  printf '%s\r\n' "${pair%=*}" >&3; hear "${pair##*=}"
done
printf 'From: <root@edo.test>\r\nMessage-ID: <1@client.test>\r\n\r\nhello\r\n.\r\n' >&3
hear 250
printf 'QUIT\r\n' >&3; hear 221
kill %1
wait %1 || true
hikyaku trace '<1@client.test>' --config $config
"#;

fn serve(machine: &Machine) -> anyhow::Result<String> {
    let mut command = machine.command("bash");
    command.args(["-e", "-c", SERVE]);
    let traced = String::from_utf8_lossy(&machine.run(command, b"")?).into_owned();
    ensure!(traced.contains("in the mailbox of postmaster@edo.test"), "{traced}");
    Ok("by the example configuration, without a certificate yet".to_owned())
}

fn purge(machine: &Machine, before: &BTreeSet<String>) -> anyhow::Result<String> {
    machine.script("dpkg --remove hikyaku 2>&1")?;
    let kept =
        machine.script(&format!("test -e {CONFIG} && test -d /var/lib/hikyaku && echo kept"))?;
    ensure!(kept.trim() == "kept", "removing must keep mail and configuration");
    machine.script("dpkg --purge hikyaku 2>&1")?;
    let known = machine.script("dpkg-query --list hikyaku 2>/dev/null | grep ^.[^n] || true")?;
    ensure!(!known.contains("hikyaku"), "{known}");
    let after = all_files(machine)?;
    let left: Vec<_> = after.difference(before).filter(|it| !is_of_others(it)).collect();
    ensure!(left.is_empty(), "left behind: {left:?}");
    ensure!(machine.script("getent passwd hikyaku || true")?.is_empty(), "the account is left");
    Ok("nothing is left".to_owned())
}

/// Copies that programs of the system keep of their own files.
fn is_of_others(path: &str) -> bool {
    path.starts_with("/etc/") && path.ends_with('-')
        || ["/var/lib/systemd", "/run/"].iter().any(|it| path.starts_with(it))
}
