//! Messages with header fields in UTF-8 for mail programs that do not ask for such ones (RFC 6858).

use hikyaku_mail::Downgrade;
use hikyaku_store::{Content, Fault, Maildrop};

/// A message on its way out in its other form, in pieces.
pub(crate) struct Surrogate {
    content: Content,
    /// `None` once it is all there.
    downgrade: Option<Downgrade>,
    read: Vec<u8>,
    piece: Vec<u8>,
}

impl Surrogate {
    pub(crate) fn new(content: Content) -> Self {
        Self { content, downgrade: Some(Downgrade::new()), read: Vec::new(), piece: Vec::new() }
    }

    /// The next piece, and whether the message ends with it.
    pub(crate) async fn next(&mut self) -> Result<(&[u8], bool), Fault> {
        self.piece.clear();
        let Some(downgrade) = &mut self.downgrade else { return Ok((&[], true)) };
        let more = match &mut self.content {
            Content::Small(octets) => {
                downgrade.take(octets, &mut self.piece);
                false
            }
            Content::Large(reader) => {
                let more = reader.next_chunk(&mut self.read).await?;
                downgrade.take(&self.read, &mut self.piece);
                more
            }
        };
        if !more && let Some(downgrade) = self.downgrade.take() {
            downgrade.end(&mut self.piece);
        }
        Ok((&self.piece, !more))
    }
}

/// The size of a message in its other form. RFC 1939 §11: sizes are exact, and what is not sent
/// yet has none; so it is read once more.
pub(crate) async fn size(maildrop: &mut Maildrop, index: usize) -> Result<u64, Fault> {
    let mut surrogate = Surrogate::new(maildrop.read(index).await?);
    let mut size = 0;
    loop {
        let (piece, last) = surrogate.next().await?;
        size += piece.len() as u64;
        if last {
            return Ok(size);
        }
    }
}
