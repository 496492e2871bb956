//! Addresses in what is handed to others: enough is left to see what is meant, not whose it is.

/// The text with what stands before each `@` masked: `taro@example.jp` becomes `t***@example.jp`.
/// However many letters there were, three asterisks are shown.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (rest.get(..at), rest.get(at..));
        let (Some(before), Some(after)) = (before, after) else { break };
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, it)| is_local(*it))
            .last()
            .map_or(before.len(), |(index, _)| index);
        let is_address = after.chars().nth(1).is_some_and(|it| it.is_alphanumeric() || it == '[');
        let local = before.get(start..).unwrap_or_default();
        match local.chars().next().filter(|_| is_address) {
            Some(first) => {
                out.push_str(before.get(..start).unwrap_or_default());
                out.push(first);
                out.push_str("***");
            }
            None => out.push_str(before),
        }
        out.push('@');
        rest = after.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What may stand in a local part without quotes (RFC 5322 §3.2.3, RFC 6531 §3.3), Japanese script
/// left out: there a sentence goes on into the address.
fn is_local(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_at_sign_is_masked() {
        for (text, shown) in [
            ("taro@example.jp", "t***@example.jp"),
            ("<taro.yamada+x@a.test>, b@c.test", "<t***@a.test>, b***@c.test"),
            ("宛先はtaro@example.jpです", "宛先はt***@example.jpです"),
            ("550 <ab@c.test>: no", "550 <a***@c.test>: no"),
            ("at 5 @ noon", "at 5 @ noon"),
            ("@nifty", "@nifty"),
            ("", ""),
        ] {
            assert_eq!(masked(text), shown);
            assert_eq!(masked(shown), shown);
        }
    }
}
