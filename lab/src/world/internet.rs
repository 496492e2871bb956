//! The line between the hosts: one router, and a cable to each.

use std::cell::Cell;
use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::host::Host;
use super::machine::Machine;
use crate::fault::{At, Fault};
use crate::root::Root;

/// Where every host finds its way out.
const WAY_4: &str = "169.254.0.1";
const WAY_6: &str = "fe80::1";
/// Who looks names up for everybody.
pub const RESOLVER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 53));
/// The same over IPv6.
pub const RESOLVER_6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x53, 0, 0, 0, 0, 0x53));
/// Who answers for all zones.
pub(super) const NAME_SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 54));

/// The router, which is the namespace this process runs in.
#[derive(Debug)]
pub struct Internet {
    machines: PathBuf,
    count: Cell<usize>,
}

impl Internet {
    /// Makes this process's own namespaces ready. What the machines write lies in memory.
    pub(super) fn begin(folder: &Path) -> Result<Self, Fault> {
        let machines = folder.join("machines");
        let names = PathBuf::from("/run/netns");
        for path in [&machines, &names] {
            fs::create_dir_all(path).at(path)?;
            run("mount", &["-t", "tmpfs", "tmpfs", &path.display().to_string()])?;
        }
        for switch in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] {
            let path = Path::new("/proc/sys/net").join(switch);
            fs::write(&path, "1\n").at(&path)?;
        }
        ip("link set lo up")?;
        nft("add table inet line")?;
        nft("add chain inet line forward { type filter hook forward priority 0; }")?;
        Ok(Self { machines, count: Cell::new(0) })
    }

    /// Adds a host with these addresses.
    pub fn host(&self, name: &str, addresses: &[IpAddr]) -> Result<Host, Fault> {
        let number = self.count.get() + 1;
        self.count.set(number);
        let (space, cable) = (format!("host{number}"), format!("cable{number}"));
        ip(&format!("netns add {space}"))?;
        ip(&format!("link add {cable} type veth peer name eth0 netns {space}"))?;
        let inside = |text: &str| ip(&format!("-n {space} {text}"));
        // Without addresses of their own making, nothing waits for duplicates to show (RFC 4862).
        ip(&format!("link set {cable} addrgenmode none"))?;
        inside("link set eth0 addrgenmode none")?;
        inside("link set lo up")?;
        inside("link set eth0 up")?;
        ip(&format!("link set {cable} up"))?;
        ip(&format!("addr add {WAY_4}/32 dev {cable}"))?;
        ip(&format!("-6 addr add {WAY_6}/64 dev {cable} nodad"))?;
        for address in addresses {
            match address {
                IpAddr::V4(address) => {
                    inside(&format!("addr add {address}/32 dev eth0"))?;
                    ip(&format!("route add {address}/32 dev {cable}"))?;
                }
                IpAddr::V6(address) => {
                    inside(&format!("-6 addr add {address}/128 dev eth0 nodad"))?;
                    ip(&format!("-6 route add {address}/128 dev {cable}"))?;
                }
            }
        }
        if addresses.iter().any(IpAddr::is_ipv4) {
            inside(&format!("route add {WAY_4} dev eth0"))?;
            inside(&format!("route add default via {WAY_4} dev eth0"))?;
        }
        if addresses.iter().any(IpAddr::is_ipv6) {
            inside(&format!("-6 route add {WAY_6} dev eth0"))?;
            inside(&format!("-6 route add default via {WAY_6} dev eth0"))?;
        }
        Ok(Host::new(name, &space, addresses))
    }

    /// Gives a host a root of its own, made from `root` and thrown away with the world.
    pub fn machine(&self, host: &Host, root: &Root) -> Result<Machine, Fault> {
        Machine::new(host, root, &self.machines.join(host.name()))
    }

    /// Adds a rule to what the router forwards, in the words of nft(8): `ip daddr 203.0.113.5 tcp
    /// dport 25 drop`.
    pub fn rule(&self, rule: &str) -> Result<(), Fault> {
        nft(&format!("add rule inet line forward {rule}"))
    }

    /// Takes all rules away.
    pub fn open(&self) -> Result<(), Fault> {
        nft("flush chain inet line forward")
    }
}

fn ip(arguments: &str) -> Result<(), Fault> {
    run("ip", &arguments.split(' ').collect::<Vec<_>>())
}

fn nft(command: &str) -> Result<(), Fault> {
    let start = |source| Fault::Start { program: "nft".to_owned(), source };
    let mut child = Command::new("nft")
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    if let Some(mut stdin) = child.stdin.take() {
        writeln!(stdin, "{command}").map_err(start)?;
    }
    let output = child.wait_with_output().map_err(start)?;
    ended(&format!("nft {command}"), &output)
}

/// Runs a program of the host to its end.
pub(super) fn run(program: &str, arguments: &[&str]) -> Result<(), Fault> {
    let start = |source| Fault::Start { program: program.to_owned(), source };
    let output = Command::new(program).args(arguments).output().map_err(start)?;
    ended(&format!("{program} {}", arguments.join(" ")), &output)
}

/// A failure where the program ended with one.
pub(super) fn ended(program: &str, output: &std::process::Output) -> Result<(), Fault> {
    if output.status.success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stdout));
    Err(Fault::Failed { program: program.to_owned(), status: output.status, said })
}
