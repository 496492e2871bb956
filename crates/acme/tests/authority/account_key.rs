//! Another key for the account, whatever becomes of the authority's answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hikyaku_cause::{Code, Evidence};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::scripted::{Answer, CUT, Scripted, part, problem};
use crate::{code, plan, questions, served};

#[tokio::test]
async fn without_an_account_there_is_no_key_to_change() {
    let data = tempfile::tempdir().unwrap();
    let authority = Scripted::start(data.path(), Box::new(|_: &str, _: &str| None)).await;
    let settings = plan(&authority).settings.unwrap();
    assert_eq!(hikyaku_acme::new_account_key(data.path(), &settings).await, Ok(false));
    assert_eq!(authority.asked(), Vec::<String>::new());
}

/// What an authority does with changes and with questions for accounts.
#[derive(Default)]
struct Cue {
    /// Whether an answer is still to come after a change was asked for.
    is_dead: AtomicBool,
    /// Whether it knows the new key.
    is_taken: AtomicBool,
    /// Whether it says no, instead of nothing.
    refuses: AtomicBool,
}

/// An authority with an account, where the answer to a change of its key never comes.
struct Stage {
    data: TempDir,
    authority: Scripted,
    cue: Arc<Cue>,
}

impl Stage {
    async fn set() -> Self {
        let (data, cue) = (tempfile::tempdir().unwrap(), Arc::new(Cue::default()));
        let (shared, is_made) = (Arc::clone(&cue), AtomicBool::new(false));
        let script = move |base: &str, path: &str| {
            let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
            let cut = || Some(Answer(CUT, Vec::new(), Value::Null));
            let unknown = || Some(problem(400, "accountDoesNotExist", "no such key", Vec::new()));
            match path {
                "/order" => Some(problem(429, "rateLimited", "not now", Vec::new())),
                "/key" if is(&shared.refuses) => {
                    Some(problem(403, "unauthorized", "no", Vec::new()))
                }
                "/key" => cut(),
                "/account" if !is_made.swap(true, Ordering::Relaxed) => None,
                "/account" if is(&shared.is_dead) => cut(),
                "/account" if is(&shared.is_taken) => {
                    Some(Answer(200, vec![("Location", format!("{base}/account/1"))], Value::Null))
                }
                "/account" => unknown(),
                _ => None,
            }
        };
        let authority = Scripted::start(data.path(), Box::new(script)).await;
        served(data.path(), &plan(&authority), |it| it.failure.is_some()).await;
        Self { data, authority, cue }
    }

    async fn change(&self) -> Result<bool, Code> {
        let settings = plan(&self.authority).settings.unwrap();
        let changed = hikyaku_acme::new_account_key(self.data.path(), &settings).await;
        changed.map_err(|cause| cause.code)
    }

    /// The account is used for the next certificate; with what it signs then.
    async fn used(&self) -> Value {
        std::fs::remove_file(self.data.path().join("acme/attempts.json")).unwrap();
        served(self.data.path(), &plan(&self.authority), |it| it.failure.is_some()).await;
        self.authority.signed("/order").pop().unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.data.path().join("acme").join(name)
    }

    fn key(&self) -> Vec<u8> {
        public(&self.file("account.json"))
    }
}

const NEXT: &str = "account.next.json";

/// The public half of an account's key.
fn public(file: &Path) -> Vec<u8> {
    let kept: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let key = kept["credentials"]["key_pkcs8"].as_str().unwrap();
    let key = URL_SAFE_NO_PAD.decode(key).unwrap();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, &key, &SystemRandom::new()).unwrap();
    pair.public_key().as_ref().to_vec()
}

/// Whether it was signed with this key (RFC 7515 §5.2).
fn is_signed(signed: &Value, key: &[u8]) -> bool {
    let text = |name: &str| signed[name].as_str().unwrap();
    let whole = format!("{}.{}", text("protected"), text("payload"));
    let signature = URL_SAFE_NO_PAD.decode(text("signature")).unwrap();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key);
    key.verify(whole.as_bytes(), &signature).is_ok()
}

/// The key in a request, as it stands in files.
fn point(jwk: &Value) -> Vec<u8> {
    let half = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    [vec![4], half("x"), half("y")].concat()
}

/// What cannot be kept is not asked for.
#[tokio::test]
async fn a_new_account_key_is_asked_for_only_where_it_can_be_written_down() {
    let stage = Stage::set().await;
    // No file can be made there.
    let in_the_way = stage.file("account.next.json.new");
    std::fs::create_dir(&in_the_way).unwrap();
    assert_eq!(stage.change().await, Err(Code::StoreIo));
    assert_eq!(questions(&stage.authority, "/key"), Vec::<String>::new());
    std::fs::remove_dir(&in_the_way).unwrap();
    assert!(stage.change().await.is_err());
    assert_eq!(questions(&stage.authority, "/key").len(), 1);
}

/// RFC 8555 §7.3.5: within what the old key has signed stands what the new one has.
#[tokio::test]
async fn both_keys_agree_to_a_change() {
    let stage = Stage::set().await;
    let former = stage.key();
    stage.cue.is_taken.store(true, Ordering::Relaxed);
    // The authority is asked at once what it did.
    assert_eq!(stage.change().await, Ok(true));
    let now = stage.key();
    assert!(former != now && !stage.file(NEXT).exists());
    let outer = stage.authority.signed("/key").remove(0);
    let inner = part(&outer, "payload");
    assert!(is_signed(&outer, &former) && is_signed(&inner, &now));
    let [outer, head] = [&outer, &inner].map(|it| part(it, "protected"));
    assert_eq!((&outer["url"], &head["nonce"]), (&head["url"], &Value::Null));
    assert_eq!(point(&head["jwk"]), now);
    let payload = part(&inner, "payload");
    assert_eq!((point(&payload["oldKey"]), &payload["account"]), (former, &outer["kid"]));
    assert_eq!(stage.authority.sent("/account")[1]["onlyReturnExisting"], true);
}

#[tokio::test]
async fn a_yes_that_was_lost_with_the_line_is_found_at_the_next_use() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::set().await;
    let former = stage.key();
    stage.cue.is_taken.store(true, Ordering::Relaxed);
    stage.cue.is_dead.store(true, Ordering::Relaxed);
    assert_eq!(stage.change().await, Err(Code::AcmeDirectoryUnreachable));
    let next = public(&stage.file(NEXT));
    let mode = std::fs::metadata(stage.file(NEXT)).unwrap().permissions().mode();
    assert_eq!((stage.key(), mode & 0o777), (former, 0o600));
    stage.cue.is_dead.store(false, Ordering::Relaxed);
    let order = stage.used().await;
    assert!(is_signed(&order, &next));
    assert_eq!((stage.key(), stage.file(NEXT).exists()), (next, false));
}

/// The authority may be slow: the key is kept for a while, and a second change is for the same.
#[tokio::test]
async fn where_nothing_was_changed_the_former_key_holds() {
    let stage = Stage::set().await;
    let former = stage.key();
    for _ in 0..2 {
        assert_eq!(stage.change().await, Err(Code::AcmeDirectoryUnreachable));
    }
    let heads = stage.authority.sent("/key");
    let wanted: Vec<_> = heads.iter().map(|it| point(&part(it, "protected")["jwk"])).collect();
    assert_eq!(wanted, vec![public(&stage.file(NEXT)); 2]);
    assert!(is_signed(&stage.used().await, &former));
    assert!(stage.file(NEXT).exists());
    let long_ago = SystemTime::now() - Duration::from_hours(2);
    std::fs::File::open(stage.file(NEXT)).unwrap().set_modified(long_ago).unwrap();
    assert!(is_signed(&stage.used().await, &former));
    assert!(!stage.file(NEXT).exists());
}

#[tokio::test]
async fn a_change_that_is_refused_leaves_everything_as_it_was() {
    let stage = Stage::set().await;
    let former = stage.key();
    stage.cue.refuses.store(true, Ordering::Relaxed);
    assert_eq!(stage.change().await, Err(Code::AcmeAccountRefused));
    assert_eq!((stage.key(), stage.file(NEXT).exists()), (former, false));
}

/// What may be the only key that the authority knows is not taken for none.
#[tokio::test]
async fn a_key_that_cannot_be_read_is_named_and_left_as_it_is() {
    let stage = Stage::set().await;
    let whole = std::fs::read_to_string(stage.file("account.json")).unwrap();
    let key = serde_json::from_str::<Value>(&whole).unwrap()["credentials"]["key_pkcs8"].clone();
    let key = key.as_str().unwrap();
    let damaged = [
        String::new(),
        whole[..whole.len() / 2].to_owned(),
        whole.replace(key, "!"),
        // Base64 all the same, and no key.
        whole.replace(key, &key[..40]),
    ];
    for name in [NEXT, "account.json"] {
        let path = stage.file(name);
        for text in &damaged {
            std::fs::write(&path, text).unwrap();
            let asked = stage.authority.asked().len();
            let settings = plan(&stage.authority).settings.unwrap();
            let cause = hikyaku_acme::new_account_key(stage.data.path(), &settings).await;
            let cause = cause.unwrap_err();
            assert_eq!(cause.code, Code::AcmeAccountUnreadable, "{name}: {text}");
            assert!(cause.evidence.contains(&Evidence::File { path: path.clone() }), "{cause:?}");
            assert_eq!(&std::fs::read_to_string(&path).unwrap(), text);
            let asked = stage.authority.asked().split_off(asked);
            assert!(!asked.iter().any(|it| it.contains("/account")), "{name}: {asked:?}");
        }
        std::fs::remove_file(&path).unwrap();
        if name == NEXT {
            continue;
        }
        // Nor is the next key forgotten with a new account, where it cannot be read.
        std::fs::write(stage.file(NEXT), "").unwrap();
        std::fs::remove_file(stage.data.path().join("acme/attempts.json")).unwrap();
        let plan = plan(&stage.authority);
        let listed = served(stage.data.path(), &plan, |it| it.failure.is_some()).await;
        assert_eq!(code(&listed), Some(Code::AcmeAccountUnreadable));
        assert!(stage.file(NEXT).exists() && !path.exists());
    }
}
