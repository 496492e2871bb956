//! A story inside a small Internet of its own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use hikyaku_lab::world::{RESOLVER, SERVER, World};

use super::story;

/// Builds the world, plays the story there and gives what stood on the screen.
pub(crate) fn run(file: &Path, folder: &Path) -> anyhow::Result<String> {
    let story = story::read(file)?;
    let case = story.case(file)?.context("no world")?;
    let world = World::build(&case.plan()?, folder)?;
    for rule in &case.rules {
        world.internet().rule(rule)?;
    }
    let ca = folder.join("ca.pem");
    fs::write(&ca, world.authority().pem())?;
    let server = PathBuf::from(std::env::var_os(SERVER).context(SERVER)?);
    let from = &world.place(&case.doctor.from)?.host;
    let mut more = vec!["--resolver".to_owned(), SocketAddr::new(RESOLVER, 53).to_string()];
    more.extend(["--ca".to_owned(), ca.display().to_string()]);
    let mut words = case.doctor.arguments.iter();
    while let Some(word) = words.next() {
        if let (true, Some(host)) = (word == "--control", words.clone().next()) {
            more.extend([word.clone(), host.clone()]);
        }
    }
    let place = |program: &str| {
        let mut command = from.command(program);
        // The system's own authorities vouch for nobody here.
        command.env("SSL_CERT_FILE", &ca);
        command
    };
    story.play(&server, folder, &place, &more)
}
