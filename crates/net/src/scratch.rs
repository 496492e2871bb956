//! One read buffer per thread: an idle connection owns none.

use std::cell::RefCell;

/// The most read from a socket at once.
pub(crate) const OCTETS: usize = 65_536;

thread_local! {
    static CIPHER: RefCell<Vec<u8>> = RefCell::new(vec![0; OCTETS]);
    static PLAIN: RefCell<Vec<u8>> = RefCell::new(vec![0; OCTETS]);
}

/// The buffer a socket is read into. It must not be asked for again within `act`.
pub(crate) fn with_socket<R>(act: impl FnOnce(&mut [u8]) -> R) -> R {
    CIPHER.with_borrow_mut(|buffer| act(buffer))
}

/// The buffer TLS is decrypted into; it may be used within [`with_socket`].
pub(crate) fn with_plain<R>(act: impl FnOnce(&mut [u8]) -> R) -> R {
    PLAIN.with_borrow_mut(|buffer| act(buffer))
}
