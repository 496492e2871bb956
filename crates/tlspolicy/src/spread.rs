//! Moments that differ from one name to the next, so that not everything happens at once.

/// A number below `over` (0 where that is 0): always the same for a name, and another one for most
/// others.
pub fn spread(name: &str, over: u64) -> u64 {
    let digest = ring::digest::digest(&ring::digest::SHA256, name.as_bytes());
    let first = digest.as_ref().first_chunk().copied().unwrap_or_default();
    u64::from_be_bytes(first).checked_rem(over).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spread() {
        let mut slots = [0; 4];
        for number in 0..400 {
            let name = format!("{number}.test");
            let place = spread(&name, 4);
            assert_eq!(place, spread(&name, 4));
            slots[usize::try_from(place).unwrap()] += 1;
        }
        assert!(slots.iter().all(|count| (60..140).contains(count)), "{slots:?}");
        assert_eq!((spread("a", 0), spread("a", 1)), (0, 0));
    }
}
