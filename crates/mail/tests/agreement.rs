//! Header addresses as another parser reads them, where both take the field.

use hikyaku_mail::header_addresses;
use mail_parser::MessageParser;

#[test]
fn mail_parser_reads_the_same() {
    let table = [
        "John Doe <jdoe@machine.example>",
        "jdoe@machine.example",
        "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
        "<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
        "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
        "=?ISO-2022-JP?B?GyRCO0VFRBsoQg==?= <taro@edo.test>",
        "=?utf-8?Q?a=2Cb?= <taro@edo.test>, \"x, <y@z.test>\" <hanako@kyoto.test>",
        "山田太郎 <taro@edo.test>",
        "taro@edo.test <taro@edo.test>",
        "hanako@kyoto.test <taro@edo.test> (day)",
        "jdoe@machine.example (John (Q.) Doe)",
    ];
    for value in table {
        let message = format!("From: {value}\r\n\r\n");
        let parsed = MessageParser::default().parse(&message).unwrap();
        let theirs: Vec<_> =
            parsed.from().unwrap().iter().map(|one| one.address().unwrap().to_owned()).collect();
        let ours: Vec<_> =
            header_addresses(value.as_bytes()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(ours, theirs, "{value}");
    }
}
