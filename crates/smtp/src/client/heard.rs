//! Where in the peer's octets we are: what it said before a command was sent is no reply to it.

/// Counts the peer's octets. Those that are not read yet are known once they were offered.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Octets that came, read or not.
    all: u64,
    /// Octets that were read.
    read: u64,
    /// Where the reply read last, or being read, began.
    reply: u64,
}

impl Heard {
    /// How much the peer has said until now.
    pub(super) fn octets(&self) -> u64 {
        self.all
    }

    /// So many octets, which begin with those left unread before, are there.
    pub(super) fn offered(&mut self, octets: usize) {
        self.all = self.all.max(self.read + octets as u64);
    }

    /// So many of them were read, of a reply that begins with them or began before.
    pub(super) fn took(&mut self, octets: usize, begins: bool) {
        if begins && octets > 0 {
            self.reply = self.read;
        }
        self.read += octets as u64;
    }

    /// Where the reply read last began.
    pub(super) fn reply_began(&self) -> u64 {
        self.reply
    }

    /// What was not read was discarded.
    pub(super) fn forget_unread(&mut self) {
        self.read = self.all;
    }
}
