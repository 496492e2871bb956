//! Files of settings of every kind.

use hikyaku_profile::{SetUp, read};

/// What holds of any file.
pub fn check(input: &[u8]) {
    for address in [None, Some("taro@edo.test")] {
        let Ok(read) = read(input, address) else { continue };
        assert!(read.accounts.iter().any(|account| !account.servers.is_empty()));
        for server in read.accounts.iter().flat_map(SetUp::given) {
            assert!(server.setting.port > 0 && !server.setting.host.is_empty());
        }
    }
}
