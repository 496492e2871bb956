//! Return addresses: what anybody may write to our port.

use hikyaku_mail::{Address, Domain};
use hikyaku_senderauth::{Srs, SrsFault, WayBack};

/// What holds of any address as a sender and as a recipient.
pub fn check(octets: &[u8]) {
    let Ok(address) = Address::parse_kept(&String::from_utf8_lossy(octets)) else { return };
    let srs = Srs::new(b"a secret");
    // Nobody guesses a seal; whoever made one has it back.
    assert!(srs.reverse(&address.local, 20_000) != Err(SrsFault::Expired));
    let Ok(at) = Domain::parse("edo.test") else { return };
    let Some(made) = srs.forward(&address, &at, 20_000) else { return };
    let (written, text) = (&made.address, made.address.to_string());
    assert!(Srs::is_return(&written.local) && text.len() <= 64 + "@edo.test".len());
    assert_eq!(Address::parse_kept(&text).as_ref(), Ok(written));
    if let Some(kept) = made.kept {
        assert!(Srs::is_return(&address.local) || kept.to == address);
        assert_eq!(srs.reverse(&written.local, 20_003), Ok(WayBack::Kept(kept.token)));
        assert_eq!(srs.reverse(&written.local, 20_030), Err(SrsFault::Expired));
    } else if !Srs::is_return(&address.local) {
        assert_eq!(srs.reverse(&written.local, 20_003), Ok(WayBack::To(address)));
        assert_eq!(srs.reverse(&written.local, 20_030), Err(SrsFault::Expired));
    }
}
