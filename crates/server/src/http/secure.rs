//! Handshakes before pages; and the one by which an authority checks a name.

use std::io;
use std::time::Duration;

use hikyaku_net::ServerTls;
use rustls::server::Acceptor;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The connection after its handshake; none where it failed, or was all there was to it.
pub(super) async fn handshake(tls: &ServerTls, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    match timeout(HANDSHAKE, secured(tls, stream)).await {
        Ok(Ok(stream)) => return stream,
        Ok(Err(error)) => tracing::debug!(%error, "https handshake failed"),
        Err(_) => tracing::debug!("https handshake took too long"),
    }
    None
}

async fn secured(tls: &ServerTls, stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    if let Some(config) = tls.challenged(&start.client_hello()) {
        // RFC 8737 §3: no data is exchanged after it.
        let mut stream = start.into_stream(config).await?;
        stream.shutdown().await?;
        return Ok(None);
    }
    if !tls.has_certificate() {
        return Err(io::Error::other("no certificate yet"));
    }
    start.into_stream(tls.current()).await.map(Some)
}
