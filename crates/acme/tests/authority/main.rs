//! What an authority says on cue, up to what is planned by it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod account;
mod account_key;
mod revocation;
mod scripted;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hikyaku_acme::{Challenge, Keeper, Listed, Plan, Settings, list};
use hikyaku_cause::{Code, KeptCause};
use hikyaku_mail::Domain;
use hikyaku_net::ServerTls;
use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair, SerialNumber, date_time_ymd};
use scripted::{Answer, Scripted, issuer, problem};
use serde_json::{Value, json};

const NAME: &str = "mx.edo.test";
const DAY: u64 = 86_400;

fn plan(authority: &Scripted) -> Plan {
    let settings = Settings {
        directory: authority.directory(),
        contact: vec!["mailto:postmaster@edo.test".to_owned()],
        names: vec![Domain::parse(NAME).unwrap()],
        challenge: Challenge::Http,
        ca: Some(authority.ca().to_owned()),
        binding: None,
        resolver: None,
    };
    Plan { hand_made: Vec::new(), settings: Some(settings) }
}

/// A server that looks after its certificates until `is_so`; what is listed then.
async fn served(data: &Path, plan: &Plan, is_so: impl FnMut(&Listed) -> bool) -> Listed {
    kept(data, plan, &keeper(data, plan), is_so).await
}

fn keeper(data: &Path, plan: &Plan) -> Arc<Keeper> {
    Keeper::new(data, ServerTls::load(Vec::new()).unwrap(), plan.clone()).unwrap()
}

/// The same for a server that is there already.
async fn kept(
    data: &Path,
    plan: &Plan,
    keeper: &Arc<Keeper>,
    mut is_so: impl FnMut(&Listed) -> bool,
) -> Listed {
    let (letters, _kept) = tokio::sync::mpsc::unbounded_channel();
    let running = tokio::spawn(Arc::clone(keeper).run(letters));
    let began = Instant::now();
    let found = loop {
        let found = list(data, plan, Timestamp::now()).remove(0);
        if is_so(&found) {
            break found;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{found:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    running.abort();
    let _ = running.await;
    found
}

/// True once a running server has taken a wish and has come round to the next one: what was due
/// at the first has been tried then.
fn is_round(data: &Path) -> impl FnMut(&Listed) -> bool {
    let mut left = 2;
    move |_| {
        if !hikyaku_acme::is_wished(data) {
            left -= 1;
            hikyaku_acme::wish(data).unwrap();
        }
        left == 0
    }
}

fn questions(authority: &Scripted, of: &str) -> Vec<String> {
    authority.asked().into_iter().filter(|path| path.starts_with(of)).collect()
}

fn code(listed: &Listed) -> Option<Code> {
    listed.failure.as_ref().and_then(KeptCause::code)
}

#[tokio::test]
async fn a_limit_holds_as_long_as_the_authority_says() {
    let data = tempfile::tempdir().unwrap();
    let limit = |_: &str, path: &str| {
        let wait = vec![("Retry-After", "7200".to_owned())];
        (path == "/order").then(|| problem(429, "rateLimited", "too many certificates", wait))
    };
    let authority = Scripted::start(data.path(), Box::new(limit)).await;
    let plan = plan(&authority);
    let began = Timestamp::now().as_second();
    let first = served(data.path(), &plan, |it| it.failure.is_some()).await;
    assert_eq!(code(&first), Some(Code::AcmeRateLimited));
    let wait = first.next.unwrap().as_second() - began;
    assert!((7199..7200 + 60).contains(&wait), "{wait}");
    assert!(format!("{:?}", first.failure).contains("too many certificates"));

    // Neither a wish nor a restart shortens it.
    hikyaku_acme::wish(data.path()).unwrap();
    let second = served(data.path(), &plan, is_round(data.path())).await;
    assert_eq!((second.next, questions(&authority, "/order").len()), (first.next, 1));
}

#[tokio::test]
async fn a_record_that_forbids_the_authority_is_named() {
    let data = tempfile::tempdir().unwrap();
    let is_looked_at = AtomicBool::new(false);
    let refusal = "CAA record for mx.edo.test prevents issuance";
    let script = move |base: &str, path: &str| {
        let url = |path: &str| format!("{base}{path}");
        let state = if is_looked_at.load(Ordering::Relaxed) { "invalid" } else { "pending" };
        let name = json!({ "type": "dns", "value": NAME });
        let mut challenge =
            json!({ "type": "http-01", "url": url("/look"), "token": "abc", "status": state });
        if state == "invalid" {
            challenge["error"] = problem(403, "caa", refusal, Vec::new()).2;
        }
        match path {
            "/order" => Some(Answer(
                201,
                vec![("Location", url("/order/1"))],
                json!({
                    "status": "pending", "identifiers": [name], "authorizations": [url("/authz")],
                    "finalize": url("/finalize"),
                }),
            )),
            "/authz" => Some(Answer(
                200,
                Vec::new(),
                json!({
                    "status": state, "identifier": name, "challenges": [challenge],
                }),
            )),
            "/look" => {
                is_looked_at.store(true, Ordering::Relaxed);
                Some(Answer(200, Vec::new(), challenge))
            }
            _ => None,
        }
    };
    let authority = Scripted::start(data.path(), Box::new(script)).await;
    let found = served(data.path(), &plan(&authority), |it| it.failure.is_some()).await;
    assert_eq!(code(&found), Some(Code::AcmeChallengeCaa));
    assert!(format!("{:?}", found.failure).contains(refusal), "{found:?}");
}

/// A certificate that began ten days ago and has eighty left; its key, and how its identifier ends
/// (RFC 9773 §4.1).
fn put(data: &Path) -> (KeyPair, &'static str) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let at = |seconds| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    (params.not_before, params.not_after) = (at(now - 10 * DAY), at(now + 80 * DAY));
    params.serial_number = Some(SerialNumber::from_slice(&[0x05, 0x06]));
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&key, &issuer()).unwrap();
    std::fs::create_dir_all(data.join("acme")).unwrap();
    let text = key.serialize_pem() + &certificate.pem();
    std::fs::write(data.join("acme").join(format!("{NAME}.pem")), text).unwrap();
    // The serial number's octets in base64url.
    (key, ".BQY")
}

/// A key that was stolen and reported by others is refused: the next one is tried at once.
#[tokio::test]
async fn a_key_that_the_authority_refuses_is_given_up() {
    let data = tempfile::tempdir().unwrap();
    let script = |base: &str, path: &str| {
        let url = |path: &str| format!("{base}{path}");
        let name = json!({ "type": "dns", "value": NAME });
        match path {
            "/order" | "/order/1" => Some(Answer(
                201,
                vec![("Location", url("/order/1"))],
                json!({
                    "status": "ready", "identifiers": [name], "authorizations": [url("/authz")],
                    "finalize": url("/finalize"),
                }),
            )),
            "/authz" => Some(Answer(
                200,
                Vec::new(),
                json!({
                    "status": "valid", "identifier": name, "challenges": [],
                }),
            )),
            "/finalize" => Some(problem(403, "badCSR", "this key was compromised", Vec::new())),
            _ => None,
        }
    };
    let authority = Scripted::start(data.path(), Box::new(script)).await;
    let (key, _) = put(data.path());
    hikyaku_acme::wish(data.path()).unwrap();
    let found = served(data.path(), &plan(&authority), |it| it.failure.is_some()).await;
    assert_eq!(code(&found), Some(Code::AcmeOrderFailed), "the other one was refused as well");
    let has_key = |sent: &Value| {
        let request = URL_SAFE_NO_PAD.decode(sent["csr"].as_str().unwrap()).unwrap();
        request.windows(key.public_key_raw().len()).any(|it| it == key.public_key_raw())
    };
    let tried: Vec<bool> = authority.sent("/finalize").iter().map(has_key).collect();
    assert_eq!(tried, [true, false]);
}

/// The authority's answers to when a certificate is to be renewed.
async fn asked(data: &Path, answer: impl Fn() -> Answer + Send + Sync + 'static) -> Scripted {
    let limit = || problem(429, "rateLimited", "not now", Vec::new());
    let script = move |_: &str, path: &str| match path {
        "/order" => Some(limit()),
        path if path.starts_with("/ari/") => Some(answer()),
        _ => None,
    };
    let authority = Scripted::start(data, Box::new(script)).await;
    // So that there is an account.
    served(data, &plan(&authority), |it| it.failure.is_some()).await;
    std::fs::remove_file(data.join("acme/attempts.json")).unwrap();
    authority
}

fn suggested(from: u64, to: u64) -> Value {
    let now = Timestamp::now();
    let at = |days: u64| (now + Duration::from_secs(days * DAY)).strftime("%FT%TZ").to_string();
    let page = "https://ca.test/why";
    json!({ "suggestedWindow": { "start": at(from), "end": at(to) }, "explanationURL": page })
}

#[tokio::test]
async fn the_window_of_the_authority_is_asked_for_shown_and_followed() {
    let data = tempfile::tempdir().unwrap();
    let after = || vec![("Retry-After", "21600".to_owned())];
    let authority = asked(data.path(), move || Answer(200, after(), suggested(20, 22))).await;
    let (_, identifier) = put(data.path());
    let found = served(data.path(), &plan(&authority), |it| it.window.is_some()).await;
    let window = found.window.unwrap();
    let next = found.next.unwrap();
    assert!(window.start <= next && next <= window.end, "{next} {window:?}");
    assert_eq!(window.explanation.as_deref(), Some("https://ca.test/why"));
    assert_eq!(found.failure, None);
    let asked = questions(&authority, "/ari/");
    assert!(asked.len() == 1 && asked[0].ends_with(identifier), "{asked:?}");

    // What was said outlives a restart; until the authority wants it, it is not asked. With a wish
    // there at the start, the second one is taken after a whole round.
    hikyaku_acme::wish(data.path()).unwrap();
    served(data.path(), &plan(&authority), is_round(data.path())).await;
    assert_eq!(questions(&authority, "/ari/"), asked);
}

/// The settings change while the authority is at its answer.
#[tokio::test]
async fn an_answer_that_comes_after_a_change_to_another_authority_counts_for_nothing() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let limit = |_: &str, path: &str| {
        (path == "/order").then(|| problem(429, "rateLimited", "not now", Vec::new()))
    };
    let other = plan(&Scripted::start(elsewhere.path(), Box::new(limit)).await);
    let running = Arc::new(OnceLock::<Arc<Keeper>>::new());
    let (reached, changed) = (Arc::clone(&running), other.clone());
    let answer = move || {
        reached.get().unwrap().use_plan(changed.clone()).unwrap();
        Answer(200, vec![("Retry-After", "21600".to_owned())], suggested(20, 22))
    };
    let authority = asked(data.path(), answer).await;
    put(data.path());
    let keeper = running.get_or_init(|| keeper(data.path(), &plan(&authority)));
    // The other one is asked for a certificate at once.
    let found = kept(data.path(), &other, keeper, |it| it.failure.is_some()).await;
    assert_eq!((code(&found), found.window), (Some(Code::AcmeRateLimited), None));
    assert_eq!(questions(&authority, "/ari/").len(), 1);
}

/// The same while it is at an order, whose outcome would keep the other one waiting.
#[tokio::test]
async fn another_authority_is_asked_at_once_whatever_came_of_an_order_meanwhile() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let wait = || vec![("Retry-After", "7200".to_owned())];
    let limit = move |_: &str, path: &str| {
        (path == "/order").then(|| problem(429, "rateLimited", "of the other", wait()))
    };
    let other = plan(&Scripted::start(elsewhere.path(), Box::new(limit)).await);
    let running = Arc::new(OnceLock::<Arc<Keeper>>::new());
    let (reached, changed) = (Arc::clone(&running), other.clone());
    let script = move |_: &str, path: &str| {
        (path == "/order").then(|| {
            reached.get().unwrap().use_plan(changed.clone()).unwrap();
            problem(429, "rateLimited", "of the first", wait())
        })
    };
    let authority = Scripted::start(data.path(), Box::new(script)).await;
    let keeper = running.get_or_init(|| keeper(data.path(), &plan(&authority)));
    let is_of_the_other = |it: &Listed| format!("{:?}", it.failure).contains("of the other");
    let found = kept(data.path(), &other, keeper, is_of_the_other).await;
    assert_eq!((found.failures, questions(&authority, "/order").len()), (2, 1));
}

/// Whether a question without an answer was written down.
fn is_noted(data: &Path) -> bool {
    let octets = std::fs::read(data.join("acme/attempts.json")).unwrap_or_default();
    let kept: Value = serde_json::from_slice(&octets).unwrap_or_default();
    kept["names"][NAME]["suggestion"]["failures"] == 1
}

#[tokio::test]
async fn an_authority_that_does_not_answer_changes_nothing() {
    let invalid = || Answer(200, vec![("Retry-After", "60".to_owned())], suggested(22, 20));
    let answers: [fn() -> Answer; 3] = [
        || problem(503, "serverInternal", "come again", Vec::new()),
        // Without Retry-After (RFC 9773 §4.3.3), and one that ends before it begins (§4.2).
        || Answer(200, Vec::new(), suggested(20, 22)),
        invalid,
    ];
    for answer in answers {
        let data = tempfile::tempdir().unwrap();
        let authority = asked(data.path(), answer).await;
        put(data.path());
        let found = served(data.path(), &plan(&authority), |_| is_noted(data.path())).await;
        // Two thirds of ninety days, of which ten are over.
        let days = (found.next.unwrap().as_second() - Timestamp::now().as_second()) / 86_400;
        assert!((49..=50).contains(&days), "{days}");
        assert_eq!((found.failure, found.window), (None, None));
    }
}
