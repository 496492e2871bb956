//! RFC 5321 §4.1.3, Address Literals.

use hikyaku_mail::{Dots, forward_path};

#[test]
fn literals_that_are_right() {
    let table = [
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("[0.0.0.0]", "[0.0.0.0]"),
        ("[255.255.255.255]", "[255.255.255.255]"),
        ("[IPv6:2001:db8:0:0:0:0:0:1]", "[IPv6:2001:db8::1]"),
        ("[IPV6:2001:DB8::1]", "[IPv6:2001:db8::1]"),
        ("[IPv6:::]", "[IPv6:::]"),
        ("[IPv6:::ffff:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"),
    ];
    for (literal, shown) in table {
        let input = format!("<a@{literal}>");
        let (path, _) = forward_path(input.as_bytes(), Dots::Strict).unwrap();
        assert_eq!(path.to_string(), format!("<a@{shown}>"));
    }
}

#[test]
fn literals_that_are_wrong() {
    let table: &[(&str, usize, &str)] = &[
        ("[]", 4, "IPv4-address-literal"),
        ("[192.0.2]", 4, "IPv4-address-literal"),
        ("[192.0.2.256]", 4, "IPv4-address-literal"),
        ("[192.000.002.001]", 4, "IPv4-address-literal"),
        ("[2001:db8::1]", 4, "IPv4-address-literal"),
        ("[mx.edo.test]", 4, "IPv4-address-literal"),
        ("[IPv6:]", 4, "IPv6-addr"),
        ("[IPv6:192.0.2.1]", 4, "IPv6-addr"),
        ("[IPv6:fe80::1%eth0]", 4, "IPv6-addr"),
        ("[IPv6:1:2:3:4:5:6:7:8:9]", 4, "IPv6-addr"),
        ("[192.0.2.1", 14, "\"]\""),
        ("[192.0.2.1 ]", 13, "\"]\""),
        ("[192.0.2.1]x", 14, "\">\""),
    ];
    for (literal, offset, expected) in table {
        let input = format!("<a@{literal}>");
        let fault = forward_path(input.as_bytes(), Dots::Strict).unwrap_err();
        assert_eq!((fault.offset, fault.expected), (*offset, *expected), "{literal}");
    }
}
