//! Documents of the web, over TLS whose certificate holds, and over nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use hikyaku_cause::DnsOutcome;
use hikyaku_doctor::{Ended, Missing, StepOutcome, Trust};
use hikyaku_net::WebFault;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri, header};
use tokio::time::timeout;

use crate::door::{ended, missing, one_of_each};
use crate::tls::secure;
use crate::{CONNECT, Shared};

/// How long all of it may take, redirections and all.
const WHOLE: Duration = Duration::from_secs(4);
/// The most that is read.
const MOST: usize = 256 * 1024;
/// The most redirections that are followed.
const REDIRECTIONS: usize = 3;

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// `https://…`.
    pub(crate) url: String,
    /// XML to be posted, where it is no mere question.
    pub(crate) post: Option<String>,
}

/// The document at an address, or why there is none.
pub(crate) async fn fetch(shared: &Shared, question: Question) -> Result<String, StepOutcome> {
    timeout(WHOLE, follow(shared, question)).await.unwrap_or(Err(StepOutcome::Late))
}

enum Answer {
    Document(String),
    Elsewhere(String),
}

async fn follow(shared: &Shared, mut question: Question) -> Result<String, StepOutcome> {
    for _ in 0..=REDIRECTIONS {
        match once(shared, &question).await? {
            Answer::Document(text) => return Ok(text),
            Answer::Elsewhere(url) => question.url = url,
        }
    }
    Err(unreadable("too many redirections"))
}

fn unreadable(why: &str) -> StepOutcome {
    StepOutcome::Unreadable(why.to_owned())
}

async fn once(shared: &Shared, question: &Question) -> Result<Answer, StepOutcome> {
    let uri: Uri = question.url.parse().map_err(|_| unreadable("no address of the web"))?;
    let host = uri.host().ok_or_else(|| unreadable("an address without a host"))?.to_owned();
    if uri.scheme_str() != Some("https") {
        return Err(unreadable("led to an address without TLS"));
    }
    let stream = connect(shared, &host, uri.port_u16().unwrap_or(443)).await?;
    let secured = secure(&shared.roots, Box::new(stream), &host).await;
    let (stream, secured) = secured.map_err(|why| StepOutcome::TlsFailed(why.to_string()))?;
    if secured.trust != Trust::Holds {
        return Err(StepOutcome::Untrusted(secured.trust));
    }
    let answer = hikyaku_net::exchange(stream, request(question, &uri, &host)?, MOST).await;
    let answer = answer.map_err(|fault| match fault {
        WebFault::Http(words) => StepOutcome::Unreadable(words),
        fault => unreadable(fault.cause(&question.url).code.name()),
    });
    read(&answer?)
}

fn request(
    question: &Question,
    uri: &Uri,
    host: &str,
) -> Result<Request<Full<Bytes>>, StepOutcome> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let method = if question.post.is_some() { Method::POST } else { Method::GET };
    let body = question.post.clone().unwrap_or_default();
    let request = Request::builder().method(method).uri(path).header(header::HOST, host);
    let request = request.header(header::ACCEPT, "text/xml, application/xml");
    let request = request.header(header::CONTENT_TYPE, "text/xml; charset=utf-8");
    request.body(Full::new(Bytes::from(body))).map_err(|error| unreadable(&error.to_string()))
}

fn read(response: &hyper::Response<Bytes>) -> Result<Answer, StepOutcome> {
    let status = response.status();
    if status.is_redirection() {
        let place = response.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
        let place = place.ok_or(StepOutcome::Status(status.as_u16()))?;
        return Ok(Answer::Elsewhere(place.to_owned()));
    }
    match status {
        StatusCode::OK => {
            Ok(Answer::Document(String::from_utf8_lossy(response.body()).into_owned()))
        }
        StatusCode::UNAUTHORIZED => Err(StepOutcome::WantsPassword),
        other => Err(StepOutcome::Status(other.as_u16())),
    }
}

async fn connect(
    shared: &Shared,
    host: &str,
    port: u16,
) -> Result<tokio::net::TcpStream, StepOutcome> {
    let found = shared.resolver.addresses(host).await;
    if found.outcome != DnsOutcome::Answer {
        let missing = missing(found.outcome).unwrap_or(Missing::NoAddress);
        return Err(StepOutcome::NoName(missing));
    }
    let mut last = Ended::Other;
    for address in one_of_each(&found.records) {
        match hikyaku_net::reach(SocketAddr::new(address, port), CONNECT).await.0 {
            Ok(stream) => return Ok(stream),
            Err(outcome) => last = ended(outcome),
        }
    }
    Err(StepOutcome::NotReached(last))
}
