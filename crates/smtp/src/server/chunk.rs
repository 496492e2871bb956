//! BDAT (RFC 3030 §2): content in chunks of a stated size.
//!
//! The octets of a chunk follow their command at once, whatever is said to it: those of a refused
//! one are read and dropped, or they would be taken for commands.

use hikyaku_cause::{Cause, Code, Evidence};

use super::transaction::too_large;
use super::{Out, Server, State, command};
use crate::content::Content;

/// A chunk being read.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Where it belongs, or why it belongs nowhere.
    place: Place,
    /// Its size.
    octets: u64,
    /// Octets to come.
    left: u64,
    /// Whether it is the last of its message.
    is_last: bool,
}

#[derive(Debug)]
enum Place {
    Message(Content),
    /// Dropped; with the recipients accepted so far, if a transaction goes on.
    Nowhere {
        cause: Cause,
        accepted: Option<usize>,
    },
}

impl Server {
    /// BDAT; `refusal` is why it may not be said now at all.
    pub(super) fn bdat(
        &mut self,
        arguments: &[u8],
        line: &[u8],
        refusal: Option<Cause>,
        out: &mut Out,
    ) {
        let size = Size::parse(arguments);
        let malformed = || {
            // Where there is a size, what stands behind it is wrong.
            let digits = arguments.iter().take_while(|octet| octet.is_ascii_digit()).count();
            let rest = arguments.get(digits..).unwrap_or_default().trim_ascii_start();
            let offset = command::offset(line, rest);
            let place = command::wrong(offset, "chunk-size [SP LAST]", rest.first().copied());
            command::cause(Code::SmtpCommandSyntax, line).with(place)
        };
        let (octets, is_last) = match size {
            Size::Right { octets, is_last } => (octets, is_last),
            Size::Malformed { octets } => (octets, false),
            // Where the chunk ends nobody knows, and what is in it must not be read as commands.
            Size::Unknown => return self.hang_up(&malformed(), out),
        };
        let most = self.settings.message_octets;
        if Content::is_beyond(most, octets) {
            // Nor is so much waited for (RFC 5321 §7.8).
            return self.hang_up(&too_large(most, octets), out);
        }
        let refusal = match size {
            Size::Malformed { .. } => refusal.or_else(|| Some(malformed())),
            Size::Right { .. } | Size::Unknown => refusal,
        };
        let place = match (refusal, std::mem::replace(&mut self.state, State::ExpectCommand)) {
            // A message of which a chunk failed is lost (RFC 3030 §2).
            (Some(cause), state) => {
                let accepted = match state {
                    State::ExpectRecipients { accepted } => Some(accepted),
                    _ => None,
                };
                Place::Nowhere { cause, accepted }
            }
            (None, State::ExpectRecipients { accepted: 0 }) => {
                Place::Nowhere { cause: Code::SmtpRcptNone.into(), accepted: Some(0) }
            }
            (None, State::ExpectRecipients { .. }) => {
                Place::Message(Content::in_chunks(most, self.settings.line_octets))
            }
            (None, State::ExpectNextChunk(content)) => Place::Message(*content),
            (None, _) => {
                let cause = command::cause(Code::SmtpCommandSequence, line)
                    .with(Evidence::Wanted { expected: "MAIL and RCPT" });
                Place::Nowhere { cause, accepted: None }
            }
        };
        out.deadline = Some(self.settings.content_timeout);
        self.state = State::ExpectChunk(Box::new(Chunk { place, octets, left: octets, is_last }));
        if octets == 0 {
            self.end_chunk(out);
        }
    }

    /// Reads on in a chunk; `base` is where `input` begins in what the caller gave.
    pub(super) fn read_chunk(&mut self, input: &[u8], base: usize, out: &mut Out) -> usize {
        let State::ExpectChunk(chunk) = &mut self.state else { return 0 };
        let room = usize::try_from(chunk.left).unwrap_or(usize::MAX);
        let input = input.get(..room).unwrap_or(input);
        let used = match &mut chunk.place {
            Place::Message(content) => Self::take(content, &self.settings, input, base, out).used,
            Place::Nowhere { .. } => input.len(),
        };
        chunk.left -= used as u64;
        if let Place::Message(content) = &chunk.place
            && content.is_endless()
        {
            let cause = too_large(self.settings.message_octets, content.octets());
            self.hang_up(&cause, out);
        } else if chunk.left == 0 {
            self.end_chunk(out);
        }
        used
    }

    fn end_chunk(&mut self, out: &mut Out) {
        out.deadline = Some(self.settings.command_timeout);
        let State::ExpectChunk(chunk) = std::mem::replace(&mut self.state, State::ExpectCommand)
        else {
            return;
        };
        let Chunk { place, octets, is_last, .. } = *chunk;
        match place {
            Place::Nowhere { cause, accepted } => {
                if let Some(accepted) = accepted {
                    self.state = State::ExpectRecipients { accepted };
                }
                self.refuse(&cause, out);
            }
            Place::Message(mut content) => {
                if is_last {
                    content.finish();
                }
                // RFC 3030 §2: what is wrong is said to the chunk in which it is.
                if is_last || content.fault().is_some() {
                    return self.end_content(content.fault(), out);
                }
                out.say(format!(
                    "250 2.0.0 {octets} octets taken, {} in all\r\n",
                    content.octets()
                ));
                self.state = State::ExpectNextChunk(Box::new(content));
            }
        }
        self.settle(out);
    }
}

/// What stands behind BDAT: `chunk-size [SP "LAST"]` (RFC 3030 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// As it has to be.
    Right { octets: u64, is_last: bool },
    /// With something else behind the size: the octets that follow are known all the same.
    Malformed { octets: u64 },
    /// Without a size.
    Unknown,
}

impl Size {
    fn parse(arguments: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(arguments) else { return Self::Unknown };
        let (size, rest) = text.split_once(' ').unwrap_or((text, ""));
        let is_size = (1..=20).contains(&size.len()) && size.bytes().all(|it| it.is_ascii_digit());
        if !is_size {
            return Self::Unknown;
        }
        // What does not fit is too large for sure.
        let octets = size.parse().unwrap_or(u64::MAX);
        match rest.trim() {
            "" => Self::Right { octets, is_last: false },
            word if word.eq_ignore_ascii_case("LAST") => Self::Right { octets, is_last: true },
            _ => Self::Malformed { octets },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, octets, is_last) in [
            ("0 LAST", 0, true),
            ("1000", 1000, false),
            ("86 last", 86, true),
            ("99999999999999999999", u64::MAX, false),
        ] {
            assert_eq!(Size::parse(text.as_bytes()), Size::Right { octets, is_last }, "{text}");
        }
        for text in ["1 LASTING", "1 2", "1 LAST LAST"] {
            assert_eq!(Size::parse(text.as_bytes()), Size::Malformed { octets: 1 }, "{text}");
        }
        for text in ["", "LAST", "-1", "+1", "1x", "000000000000000000000"] {
            assert_eq!(Size::parse(text.as_bytes()), Size::Unknown, "{text:?}");
        }
    }
}
