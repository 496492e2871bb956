//! A client, and a peer played line by line.

use hikyaku_cause::{Cause, Code};
use hikyaku_mail::{Address, ReversePath};
use hikyaku_smtp::{
    Client, ClientAnswer, ClientAsk, ClientSettings, ClientTls, Envelope, RecipientOutcome,
    Transaction,
};
use hikyaku_wire::{Effects, Input, Wire as _};

/// A message: its envelope, and its content in pieces.
pub(super) type Letter = (Envelope, Vec<Vec<u8>>);

/// A client, the messages it is to send, and what came of them.
pub(super) struct Play {
    pub(super) client: Client,
    pub(super) out: Effects<ClientAsk>,
    pub(super) letters: Vec<Letter>,
    content: Vec<Vec<u8>>,
    pub(super) sent: Vec<u8>,
    pub(super) done: Vec<Transaction>,
    pub(super) failed: Vec<Cause>,
    pending: Vec<u8>,
    pub(super) tls_wanted: bool,
    pub(super) closed: bool,
    /// So many octets at a time reach the client.
    pub(super) piece: usize,
    /// After so many octets from the peer the rest comes later.
    pub(super) cut: usize,
    pub(super) said: usize,
}

impl Play {
    pub(super) fn new(settings: ClientSettings, letters: Vec<Letter>) -> Self {
        let mut play = Self {
            client: Client::new(settings),
            out: Effects::new(),
            letters,
            content: Vec::new(),
            sent: Vec::new(),
            done: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
            tls_wanted: false,
            closed: false,
            piece: usize::MAX,
            cut: usize::MAX,
            said: 0,
        };
        play.letters.reverse();
        play.client.handle(Input::Open, &mut play.out);
        play.settle();
        play
    }

    fn settle(&mut self) {
        loop {
            self.sent.append(&mut self.out.send);
            if let Some(ask) = self.out.ask.take() {
                self.answer(ask);
                continue;
            }
            if self.out.start_tls {
                self.out.start_tls = false;
                self.tls_wanted = true;
                return;
            }
            self.closed |= self.out.close;
            if self.pending.is_empty() || self.closed {
                return;
            }
            let used = self.client.handle(Input::Bytes(&self.pending), &mut self.out);
            self.pending.drain(..used);
            if used == 0 && !self.out.is_blocked() {
                return;
            }
        }
    }

    pub(super) fn answer(&mut self, ask: ClientAsk) {
        let piece;
        let answer = match ask {
            ClientAsk::Next => match self.letters.pop() {
                Some((envelope, content)) => {
                    self.content = content;
                    self.content.reverse();
                    ClientAnswer::Message(envelope)
                }
                None => ClientAnswer::Quit,
            },
            ClientAsk::Content => match self.content.pop() {
                Some(content) => {
                    piece = content;
                    ClientAnswer::Content(&piece)
                }
                None => ClientAnswer::End,
            },
            ClientAsk::Done(transaction) => {
                self.done.push(transaction);
                ClientAnswer::Noted
            }
            ClientAsk::Failed(cause) => {
                self.failed.push(cause);
                ClientAnswer::Noted
            }
        };
        self.client.handle(Input::Answer(answer), &mut self.out);
    }

    /// The peer says this, reply by reply, as it hears what it answers; returns what the client has
    /// sent since.
    pub(super) fn say(&mut self, text: &str) -> String {
        let mut heard = String::new();
        let mut reply = String::new();
        for line in text.split_inclusive('\n') {
            reply.push_str(line);
            let goes_on = line.as_bytes().get(3) == Some(&b'-');
            if !goes_on && line.ends_with('\n') {
                heard += &self.burst(&std::mem::take(&mut reply));
            }
        }
        heard + &self.burst(&reply)
    }

    /// The peer says this at once; returns what the client has sent since.
    pub(super) fn burst(&mut self, text: &str) -> String {
        let text = text.replace('\n', "\r\n");
        let cut = self.cut.saturating_sub(self.said).min(text.len());
        self.said += text.len();
        for part in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
            for piece in part.chunks(self.piece) {
                self.pending.extend_from_slice(piece);
                self.settle();
            }
        }
        self.heard()
    }

    pub(super) fn heard(&mut self) -> String {
        String::from_utf8(std::mem::take(&mut self.sent)).unwrap().replace("\r\n", "\n")
    }

    pub(super) fn tls_up(&mut self) -> String {
        assert!(std::mem::take(&mut self.tls_wanted), "no TLS wanted");
        self.pending.clear();
        self.client.handle(Input::TlsUp, &mut self.out);
        self.settle();
        self.heard()
    }

    pub(super) fn happens(&mut self, input: Input<'_, ClientAnswer<'_>>) {
        self.client.handle(input, &mut self.out);
        self.settle();
    }

    /// Octets that stop where the client asks something.
    pub(super) fn offer(&mut self, text: &str) -> Option<ClientAsk> {
        let text = text.replace('\n', "\r\n");
        self.client.handle(Input::Bytes(text.as_bytes()), &mut self.out);
        self.out.ask.take()
    }

    /// What came of each recipient; `None` is accepted.
    pub(super) fn codes(&self) -> Vec<Option<Code>> {
        self.done.iter().flat_map(|it| &it.outcomes).map(|it| cause(it).map(|it| it.code)).collect()
    }

    pub(super) fn failures(&self) -> Vec<Code> {
        self.failed.iter().map(|cause| cause.code).collect()
    }

    /// Every cause that was told.
    pub(super) fn causes(&self) -> Vec<&Cause> {
        let outcomes = self.done.iter().flat_map(|it| &it.outcomes);
        outcomes.filter_map(cause).chain(&self.failed).collect()
    }
}

pub(super) fn cause(outcome: &RecipientOutcome) -> Option<&Cause> {
    match outcome {
        RecipientOutcome::Accepted(_) => None,
        RecipientOutcome::Refused(cause) | RecipientOutcome::NotTried(cause) => Some(cause),
    }
}

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) fn letter(recipients: &[&str]) -> Letter {
    let envelope = Envelope {
        sender: ReversePath::Address(address("taro@edo.test")),
        recipients: recipients.iter().map(|it| address(it).into()).collect(),
        size: 100,
        eight_bit: false,
        utf8: false,
        require_tls: false,
        returns: None,
        envelope_id: None,
    };
    (envelope, vec![b"Subject: x\r\n\r\n.hidden\r\n".to_vec(), b".\r\nend".to_vec()])
}

/// How the content of [`letter`] is sent.
pub(super) const SENT: &str = "Subject: x\n\n..hidden\n..\nend\n.\n";

pub(super) fn settings(tls: ClientTls) -> ClientSettings {
    ClientSettings::new("mx.edo.test", "mx.kyoto.test", tls)
}

pub(super) fn plain(recipients: &[&str]) -> Play {
    Play::new(settings(ClientTls::Never), vec![letter(recipients)])
}
