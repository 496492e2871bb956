//! A host: a network namespace with addresses.

use std::fs::File;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::child::tied;
use crate::fault::{At, Fault};

/// A host of the small Internet.
#[derive(Debug, Clone)]
pub struct Host {
    name: String,
    space: PathBuf,
    addresses: Vec<IpAddr>,
}

impl Host {
    pub(super) fn new(name: &str, space: &str, addresses: &[IpAddr]) -> Self {
        let space = PathBuf::from("/run/netns").join(space);
        Self { name: name.to_owned(), space, addresses: addresses.to_vec() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its addresses.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Its first address.
    pub fn address(&self) -> Result<IpAddr, Fault> {
        let what = || format!("{:?} has no address", self.name);
        self.addresses.first().copied().ok_or_else(|| Fault::Plan { what: what() })
    }

    /// A command for a program of the machine the lab runs on, in the network of this host; it ends
    /// with this program.
    pub fn command(&self, program: &str) -> Command {
        let mut command = tied("nsenter");
        command.arg(format!("--net={}", self.space.display())).args(["--", program]);
        command
    }

    /// Does something in the network of this host: sockets made by `act` belong to it, wherever
    /// they are used afterwards.
    pub fn within<T: Send>(&self, act: impl FnOnce() -> T + Send) -> Result<T, Fault> {
        let space = File::open(&self.space).at(&self.space)?;
        let enter = || {
            move_into_link_name_space(
                std::os::fd::AsFd::as_fd(&space),
                Some(LinkNameSpaceType::Network),
            )
            .map_err(std::io::Error::from)
            .at(&self.space)?;
            Ok(act())
        };
        // Only a thread moves, and only there: the program itself stays the router.
        let moved = thread::scope(|scope| scope.spawn(enter).join());
        moved.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}
