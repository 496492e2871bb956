//! Records of fields, `name=value; name=value;` (RFC 8461 §3.1, RFC 8460 §3).

/// The fields in their order, without the white space around them; `None` for one that is none. The
/// last delimiter may have nothing behind it.
pub(crate) fn fields(text: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    let text = text.trim_end_matches([' ', '\t']);
    let text = text.strip_suffix(';').unwrap_or(text);
    text.split(';').map(|field| field.trim_matches([' ', '\t']).split_once('='))
}
