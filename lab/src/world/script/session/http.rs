//! A server of HTTP: one request for each connection.

use std::io::{self, Read as _};

use super::Session;

/// The most that is read of a body.
const MOST: usize = 1 << 20;

impl Session<'_> {
    /// Reads a request with its body and answers it.
    pub(super) fn request(&mut self) -> io::Result<()> {
        let Some(line) = self.line()? else { return Ok(()) };
        let mut length = 0;
        while let Some(line) = self.line()?.filter(|line| !line.is_empty()) {
            let line = String::from_utf8_lossy(&line).to_ascii_lowercase();
            let value = line.strip_prefix("content-length:");
            length = value.and_then(|it| it.trim().parse().ok()).unwrap_or(length);
        }
        let mut body = vec![0; length.min(MOST)];
        self.stream.read_exact(&mut body)?;
        self.turn(&String::from_utf8_lossy(&line)).map(drop)
    }

    /// The page of a request line, with the time (RFC 9110 §6.6.1).
    pub(super) fn page(&self, request: &str) -> String {
        if request == "connect" {
            return String::new();
        }
        let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
        let path = request.split(' ').nth(1).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let pages = &self.shared.script.pages;
        let page = pages.iter().find(|page| page.path == path);
        let status = page.map_or(if pages.is_empty() { 200 } else { 404 }, |page| page.status);
        let place = page.and_then(|page| page.location.as_deref());
        let place = place.map(|it| format!("Location: {it}\n")).unwrap_or_default();
        let text = page.map_or("", |page| page.text.as_str());
        // Each line is sent with CR and LF.
        let length: usize = text.lines().map(|line| line.len() + 2).sum();
        format!(
            "HTTP/1.1 {status} -\nDate: {now}\n{place}Content-Length: {length}\n\
             Connection: close\n\n{text}"
        )
    }
}
