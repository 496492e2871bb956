//! RFC 5321 §4.5.3.1, Size Limits and Minimums: local parts of 64 octets, domains of 255.

use hikyaku_mail::{Dots, forward_path};

fn offset_of_fault(local: &str, domain: &str) -> Option<usize> {
    let input = format!("<{local}@{domain}>");
    forward_path(input.as_bytes(), Dots::Strict).err().map(|fault| fault.offset)
}

#[test]
fn local_part_and_domain() {
    let label = "d".repeat(63);
    let longest = [label.as_str(); 4].join(".");
    assert_eq!(offset_of_fault(&"a".repeat(64), &longest), None);
    assert_eq!(offset_of_fault(&"a".repeat(65), "edo.test"), Some(65));
    assert_eq!(offset_of_fault("a", &format!("{label}d.test")), Some(3 + 63));
    assert_eq!(offset_of_fault("a", &format!("{longest}.test")), Some(3 + 255));
}
