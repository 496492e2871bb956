//! All servers of one run.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use hikyaku_lab::peer::{Certificate, dovecot, postfix};
use hikyaku_lab::{Fault, Unavailable};
use rustls::ClientConfig;

use super::case::{Case, Kind, MAILBOX, Memory, SMALL, Speed};
use super::ceilings::Ceilings;
use super::figure::CONTESTANTS;
use super::hikyaku::Hikyaku;
use super::people::{DOMAIN, People};
use super::place::Place;
use super::speed::Bystanders;
use super::subject::Subject;
use super::{Options, tell};
use crate::ceiling::Sink;
use crate::load::Letter;
use crate::tls;

/// All servers of one run, as far as they are to be had.
pub(super) struct Field<'a> {
    pub(super) place: &'a Place,
    pub(super) people: People,
    /// What the load uses where there is TLS.
    pub(super) tls: Arc<ClientConfig>,
    pub(super) ceilings: Ceilings,
    /// The other server that mail is relayed to.
    pub(super) sink: Sink,
    pub(super) postfix: Option<postfix::Receiver>,
    pub(super) dovecot: Option<dovecot::Server>,
    pub(super) hikyaku: Option<Hikyaku>,
    /// An earlier version of it.
    pub(super) before: Option<Hikyaku>,
    /// Who else was busy while speed was measured.
    pub(super) bystanders: Bystanders,
    /// What was left out, and why.
    pub(super) skipped: Vec<String>,
}

impl<'a> Field<'a> {
    /// Starts what the cases need.
    pub(super) fn start(
        options: &Options,
        place: &'a Place,
        cases: &[Case],
    ) -> anyhow::Result<Self> {
        let mut field = Self {
            place,
            people: People::new()?,
            tls: tls::client(&place.issued.authority)?,
            ceilings: Ceilings::start(&options.bench, &place.issued).context("the ceilings")?,
            sink: Sink::start().context("the sink")?,
            postfix: None,
            dovecot: None,
            hikyaku: None,
            before: None,
            bystanders: Bystanders::default(),
            skipped: Vec::new(),
        };
        if options.skip_peers {
            field.skipped.push("Postfix and Dovecot: as asked".to_owned());
        } else {
            field.start_peers(cases)?;
        }
        if options.skip_hikyaku {
            field.skipped.push("Hikyaku: as asked".to_owned());
        } else {
            tell("starting Hikyaku");
            let started = field.start_hikyaku(&options.hikyaku, "hikyaku");
            field.hikyaku = Some(started.context("Hikyaku")?);
        }
        if let Some(program) = &options.before {
            tell("starting the earlier Hikyaku");
            let started = field.start_hikyaku(program, "before");
            field.before = Some(started.context("the earlier Hikyaku")?);
        }
        Ok(field)
    }

    fn start_hikyaku(&self, program: &Path, home: &str) -> anyhow::Result<Hikyaku> {
        let home = self.place.for_server(home);
        Hikyaku::start(program, home, &self.place.issued, &self.people, self.sink.address())
    }

    fn start_peers(&mut self, cases: &[Case]) -> anyhow::Result<()> {
        let download = |case: &Case| matches!(case.kind, Kind::Speed(Speed::Download { .. }));
        if !cases.iter().all(download) {
            tell("starting Postfix");
            let started = self.start_postfix();
            self.postfix = self.unless_unavailable("Postfix", started)?;
        }
        if cases.iter().any(download) {
            tell("starting Dovecot and filling its mailboxes");
            let started = self.start_dovecot();
            self.dovecot = self.unless_unavailable("Dovecot", started)?;
        }
        Ok(())
    }

    /// A peer this machine can't have is skipped; one that fails fails the run.
    fn unless_unavailable<T>(
        &mut self,
        name: &str,
        started: Result<T, Fault>,
    ) -> anyhow::Result<Option<T>> {
        match started {
            Ok(peer) => Ok(Some(peer)),
            Err(Fault::Unavailable(why)) => {
                self.skip(name, &why);
                Ok(None)
            }
            Err(fault) => Err(fault).context(name.to_owned()),
        }
    }

    fn skip(&mut self, name: &str, why: &Unavailable) {
        let line = format!("{name}: {why}");
        tell(&format!("skipped: {line}"));
        self.skipped.push(line);
    }

    fn certificate(&self) -> Certificate {
        let issued = self.place.issued.clone();
        Certificate { chain: issued.chain, key: issued.key }
    }

    fn start_postfix(&self) -> Result<postfix::Receiver, Fault> {
        let mut accounts = self.people.writers.clone();
        accounts.push(self.people.archivist.clone());
        postfix::Receiver::start(&postfix::Receive {
            domain: DOMAIN,
            accounts: &accounts,
            certificate: &self.certificate(),
            message_bytes: 52_428_800,
            relay: Some(self.sink.address()),
            home: Some(&self.place.for_server("postfix")),
        })
    }

    fn start_dovecot(&self) -> Result<dovecot::Server, Fault> {
        let server = dovecot::Server::start(&dovecot::Serve {
            accounts: &self.people.readers,
            certificate: &self.certificate(),
            home: Some(&self.place.for_server("dovecot")),
        })?;
        let mut letter = Letter::new("stranger@away.test", "reader@bench.test", SMALL);
        let messages: Vec<Vec<u8>> =
            (0..MAILBOX).map(|number| letter.numbered(number).to_vec()).collect();
        for reader in &self.people.readers {
            server.fill(&reader.local, &messages)?;
        }
        Ok(server)
    }

    /// Those that take part in a case: the ceiling, the peer, the earlier Hikyaku, Hikyaku.
    pub(super) fn subjects(&mut self, kind: Kind) -> [Option<Subject<'_>>; CONTESTANTS] {
        let peer = match kind {
            Kind::Speed(Speed::Download { .. }) => self.dovecot.as_mut().map(Subject::Dovecot),
            // Postfix starts a process for each connection; ten thousand would stop the machine.
            // It has no POP3. Only Hikyaku's queue is filled.
            Kind::Memory(Memory::IdleConnections | Memory::GrowthOut | Memory::Backlog)
            | Kind::Start => None,
            _ => self.postfix.as_mut().map(Subject::Postfix),
        };
        // What takes mail and throws it away hands nothing on.
        let speed = matches!(kind, Kind::Speed(speed) if !matches!(speed, Speed::Relaying(_)));
        let ceiling = speed.then_some(Subject::Ceiling(&mut self.ceilings));
        let [before, hikyaku] =
            [&mut self.before, &mut self.hikyaku].map(|it| it.as_mut().map(Subject::Hikyaku));
        [ceiling, peer, before, hikyaku]
    }
}
