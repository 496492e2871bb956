//! A message with UTF-8 in its header, for a mail program that does not know such ones.

use hikyaku_mail::Downgrade;

/// The same however it is cut; the header is ASCII; what was ASCII has not changed; a second time
/// changes nothing where all of it is.
pub fn check(input: &[u8]) {
    let whole = downgraded(input, usize::MAX);
    let cut = usize::from(input.first().copied().unwrap_or_default() % 13) + 1;
    assert_eq!(whole, downgraded(input, cut), "cut every {cut}");
    if input.is_ascii() {
        assert_eq!(whole, input, "there is nothing to change");
    }
    let header = whole.windows(3).position(|three| three == b"\n\r\n");
    if let Some(end) = header.filter(|end| *end < 4096 && !whole.starts_with(b"\r\n")) {
        assert!(whole.get(..end).is_some_and(<[u8]>::is_ascii), "{}", whole.escape_ascii());
    }
}

fn downgraded(input: &[u8], piece: usize) -> Vec<u8> {
    let (mut downgrade, mut out) = (Downgrade::new(), Vec::new());
    for piece in input.chunks(piece.min(input.len().max(1))) {
        downgrade.take(piece, &mut out);
    }
    downgrade.end(&mut out);
    out
}
