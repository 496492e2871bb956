//! A small blocking client that speaks in lines, in clear or over TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::program::System;

/// Nothing here takes so long; a test that hangs should end.
const PATIENCE: Duration = Duration::from_mins(1);

enum Stream {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
    /// Between the two.
    Gone,
}

/// A connection.
pub(crate) struct Client {
    stream: Stream,
    held: Vec<u8>,
    /// Everything that was received.
    pub(crate) seen: String,
}

impl Client {
    /// Connects in clear and reads the greeting.
    pub(crate) fn greeted(address: SocketAddr) -> Self {
        let mut client = Self::silent(address);
        let greeting = client.line();
        assert!(greeting.starts_with("220 ") || greeting.starts_with("+OK"), "{greeting}");
        client
    }

    /// Connects in clear.
    pub(crate) fn silent(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: Stream::Clear(stream), held: Vec::new(), seen: String::new() }
    }

    /// Connects by TLS, its authority verified, and reads the greeting.
    pub(crate) fn encrypted(system: &System, service: &str) -> Self {
        let mut client = Self::silent(system.address(service));
        client.start_tls(system.authority());
        let greeting = client.line();
        assert!(greeting.starts_with("220 ") || greeting.starts_with("+OK"), "{greeting}");
        client
    }

    /// Connects to submission by TLS and signs in.
    pub(crate) fn signed_in(system: &System, account: &str) -> Self {
        let mut client = Self::encrypted(system, "submissions");
        assert!(client.ask("EHLO client.test").starts_with("250"));
        let plain = format!("\0{account}\0{}", system.password(account));
        let plain = base64::engine::general_purpose::STANDARD.encode(plain);
        assert_eq!(client.ask(&format!("AUTH PLAIN {plain}")), "235 2.7.0 Signed in");
        client
    }

    /// Does the handshake on the connection as it stands.
    pub(crate) fn start_tls(&mut self, authority: &Path) {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(authority).unwrap() {
            roots.add(certificate.unwrap()).unwrap();
        }
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let session = ClientConnection::new(Arc::new(config), name).unwrap();
        let Stream::Clear(stream) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            panic!("TLS is up")
        };
        self.stream = Stream::Tls(Box::new(StreamOwned::new(session, stream)));
    }

    /// Sends octets.
    pub(crate) fn send(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Clear(stream) => stream.write_all(octets),
            Stream::Tls(stream) => stream.write_all(octets).and_then(|()| stream.flush()),
            Stream::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Sends a line and gives the last line of the reply.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes()).unwrap();
        self.reply()
    }

    /// The last line of an SMTP reply.
    pub(crate) fn reply(&mut self) -> String {
        loop {
            let line = self.line();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    /// The next line; empty at the end of the connection.
    pub(crate) fn line(&mut self) -> String {
        let mut octets = [0; 16_384];
        loop {
            if let Some(end) = self.held.iter().position(|octet| *octet == b'\n') {
                let line: Vec<u8> = self.held.drain(..=end).collect();
                let line = String::from_utf8(line).unwrap();
                self.seen.push_str(&line);
                return line.trim_end_matches("\r\n").to_owned();
            }
            let read = match &mut self.stream {
                Stream::Clear(stream) => stream.read(&mut octets),
                Stream::Tls(stream) => stream.read(&mut octets),
                Stream::Gone => Ok(0),
            };
            match read {
                Ok(0) => return String::new(),
                Ok(count) => self.held.extend_from_slice(&octets[..count]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return String::new();
                }
                Err(error) => panic!("{error}; so far: {}", self.seen),
            }
        }
    }

    /// Reads to the end of the connection.
    pub(crate) fn rest(&mut self) -> String {
        let mut text = String::new();
        loop {
            let line = self.line();
            if line.is_empty() && self.held.is_empty() {
                return text;
            }
            text.push_str(&line);
            text.push('\n');
        }
    }

    /// Sends no more, and still listens.
    pub(crate) fn shut_down(&self) {
        if let Stream::Clear(stream) = &self.stream {
            stream.shutdown(Shutdown::Write).unwrap();
        }
    }

    /// Another handle on the socket, to write from a second thread.
    pub(crate) fn writer(&self) -> TcpStream {
        match &self.stream {
            Stream::Clear(stream) => stream.try_clone().unwrap(),
            _ => panic!("only in clear"),
        }
    }

    /// Begins a message from `sender` to `recipient`, up to the 354.
    pub(crate) fn open(&mut self, sender: &str, recipient: &str) {
        assert!(self.ask("EHLO client.test").starts_with("250"));
        assert!(self.ask(&format!("MAIL FROM:<{sender}>")).starts_with("250"));
        assert!(self.ask(&format!("RCPT TO:<{recipient}>")).starts_with("250"));
        assert!(self.ask("DATA").starts_with("354"));
    }
}

/// A whole small message through port 25.
pub(crate) fn delivers(system: &System, recipient: &str) {
    let mut client = Client::greeted(system.address("smtp"));
    client.open("someone@example.test", recipient);
    let reply = client.ask("Subject: still here\r\n\r\nhello\r\n.");
    assert!(reply.starts_with("250 2.0.0"), "{reply}");
    assert!(client.ask("QUIT").starts_with("221"));
}
