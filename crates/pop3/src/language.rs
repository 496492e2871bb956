//! The language of refusals (RFC 6856 §3).

use hikyaku_cause::{Cause, Code, Evidence, Language, Phase};

/// Carries out LANG: lists the languages, or chooses one by its tag (RFC 5646), of which the first
/// part counts. `*` is the language of before. `phase` goes into the evidence.
pub(crate) fn choose(
    tag: Option<&str>,
    phase: Phase,
    send: &mut Vec<u8>,
) -> Result<Option<Language>, Cause> {
    let Some(tag) = tag else {
        let listing = "+OK languages follow\r\nen English\r\nja 日本語\r\n.\r\n";
        send.extend_from_slice(listing.as_bytes());
        return Ok(None);
    };
    let first = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let (language, reply) = match first.as_str() {
        "en" | "*" => (Language::English, "+OK en refusals are in English\r\n"),
        "ja" => (Language::Japanese, "+OK ja お断りの理由を日本語でお伝えします\r\n"),
        _ => {
            let raw = format!("LANG {tag}").into_bytes();
            return Err(
                Cause::proven(Code::Pop3LanguageUnknown).with(Evidence::Command { phase, raw })
            );
        }
    };
    send.extend_from_slice(reply.as_bytes());
    Ok(Some(language))
}
