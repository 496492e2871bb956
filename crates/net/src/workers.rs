//! One thread per core, each with its own event loop; connections are dealt out in turn.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use hikyaku_cause::{Cause, PeerAddress};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};

use crate::admission::{Admission, Admitted};
use crate::connection::Connection;
use crate::listen::Listeners;
use crate::proxy::{Balancers, announced};

/// What serves a connection.
pub type Accepting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a listener does with its connections.
pub trait Accept: Send + Sync + 'static {
    /// Serves one connection to its end.
    fn accept(&self, connection: Connection, stop: Stop) -> Accepting;

    /// What a connection that is not admitted is told before it is closed; empty where the
    /// protocol has no words for it.
    fn turn_away(&self, cause: &Cause, peer: PeerAddress) -> Vec<u8>;
}

/// Tells every connection of a worker that the system stops.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<StopState>);

#[derive(Debug, Default)]
struct StopState {
    requested: AtomicBool,
    notify: Notify,
}

impl Stop {
    /// Ready once the system is asked to stop.
    pub async fn requested(&self) {
        let notified = self.0.notify.notified();
        if !self.is_requested() {
            notified.await;
        }
    }

    /// Whether the system is asked to stop.
    pub fn is_requested(&self) -> bool {
        self.0.requested.load(Ordering::Acquire)
    }

    fn request(&self) {
        self.0.requested.store(true, Ordering::Release);
        self.0.notify.notify_waiters();
    }
}

/// A connection on its way to its worker.
struct Dealt {
    stream: std::net::TcpStream,
    peer: PeerAddress,
    place: Admitted,
    accept: Arc<dyn Accept>,
}

struct Worker {
    deal: mpsc::UnboundedSender<Dealt>,
    stop: Stop,
    thread: JoinHandle<()>,
}

/// The running threads.
pub struct Workers {
    threads: Vec<Worker>,
    standing: Arc<AtomicUsize>,
    accepting: Vec<tokio::task::JoinHandle<()>>,
}

impl Workers {
    /// Starts one thread per core; `beside` runs in the event loop of each, beside its connections.
    pub fn start<F>(beside: impl Fn() -> F) -> io::Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let standing = Arc::new(AtomicUsize::new(0));
        let threads = (0..count)
            .map(|number| worker(number, &standing, beside()))
            .collect::<Result<_, _>>()?;
        Ok(Self { threads, standing, accepting: Vec::new() })
    }

    /// Accepts on all listeners. To be called within a runtime, which does the accepting only.
    ///
    /// Connections from `balancers` say first who they are from.
    pub fn accept(
        &mut self,
        listeners: Listeners<Arc<dyn Accept>>,
        admission: &Arc<Admission>,
        balancers: &Balancers,
    ) -> io::Result<()> {
        for (socket, accept) in listeners.sockets {
            let socket = TcpListener::from_std(socket)?;
            let dealer = Arc::new(Dealer {
                deals: self.threads.iter().map(|worker| worker.deal.clone()).collect(),
                next: AtomicUsize::new(0),
                admission: Arc::clone(admission),
                balancers: balancers.clone(),
                accept,
            });
            self.accepting.push(tokio::spawn(dealer.run(socket)));
        }
        Ok(())
    }

    /// Stops accepting, asks every connection to end, and waits for them at most `patience`.
    /// Returns how many had to be cut off.
    pub async fn stop(self, patience: Duration) -> usize {
        self.accepting.iter().for_each(tokio::task::JoinHandle::abort);
        self.threads.iter().for_each(|worker| worker.stop.request());
        let until = tokio::time::Instant::now() + patience;
        while self.standing.load(Ordering::Acquire) > 0 && tokio::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let cut_off = self.standing.load(Ordering::Acquire);
        for worker in self.threads {
            drop(worker.deal);
            let _ = tokio::task::spawn_blocking(move || worker.thread.join()).await;
        }
        cut_off
    }
}

fn worker(
    number: usize,
    standing: &Arc<AtomicUsize>,
    beside: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Worker> {
    let (deal, dealt) = mpsc::unbounded_channel();
    let stop = Stop::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let standing = Arc::clone(standing);
    let told = stop.clone();
    let thread = std::thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
        runtime.block_on(async move {
            tokio::spawn(beside);
            serve(dealt, told, standing).await;
        });
    })?;
    Ok(Worker { deal, stop, thread })
}

/// Runs connections until no more can come; those that still stand then are cut off.
async fn serve(mut dealt: mpsc::UnboundedReceiver<Dealt>, stop: Stop, standing: Arc<AtomicUsize>) {
    while let Some(Dealt { stream, peer, place, accept }) = dealt.recv().await {
        let stream = match TcpStream::from_std(stream) {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(peer = %peer.ip, %error, "connection not taken over");
                continue;
            }
        };
        let serving = accept.accept(Connection::new(stream, peer, Some(place)), stop.clone());
        let standing = Counted::new(&standing);
        tokio::spawn(async move {
            serving.await;
            drop(standing);
        });
    }
}

struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

struct Dealer {
    deals: Vec<mpsc::UnboundedSender<Dealt>>,
    next: AtomicUsize,
    admission: Arc<Admission>,
    balancers: Balancers,
    accept: Arc<dyn Accept>,
}

impl Dealer {
    async fn run(self: Arc<Self>, socket: TcpListener) {
        loop {
            match socket.accept().await {
                Ok((stream, peer)) if self.balancers.include(peer.into()) => {
                    tokio::spawn(Arc::clone(&self).ask(stream, peer.into()));
                }
                Ok((stream, peer)) => self.deal(stream, peer.into()),
                Err(error) => {
                    // Out of descriptors or memory: waiting lets connections end; without it
                    // this loop would take a whole core and mend nothing.
                    tracing::error!(%error, "cannot accept connections");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Lets a balancer say who a connection is from. One that does not is closed: to go on would
    /// be to take all its clients for one.
    async fn ask(self: Arc<Self>, mut stream: TcpStream, balancer: PeerAddress) {
        match announced(&mut stream, balancer).await {
            Ok(peer) => self.deal(stream, peer),
            Err(cause) => tracing::warn!(code = %cause.code, peer = %balancer.ip,
                evidence = ?cause.evidence, "a balancer does not say who a connection is from"),
        }
    }

    fn deal(&self, stream: TcpStream, peer: PeerAddress) {
        // The stream leaves this event loop for that of its worker.
        let stream = match stream.into_std() {
            Ok(stream) => stream,
            Err(error) => return tracing::error!(%error, "connection not taken over"),
        };
        // Replies are short and awaited: they must not wait for more to send.
        let _ = stream.set_nodelay(true);
        match self.admission.admit(peer) {
            Err(cause) => {
                tracing::warn!(code = %cause.code, peer = %peer.ip, "connection turned away");
                let text = self.accept.turn_away(&cause, peer);
                let _ = io::Write::write_all(&mut &stream, &text);
            }
            Ok(place) => {
                let next = self.next.fetch_add(1, Ordering::Relaxed) % self.deals.len().max(1);
                let accept = Arc::clone(&self.accept);
                if let Some(deal) = self.deals.get(next) {
                    let _ = deal.send(Dealt { stream, peer, place, accept });
                }
            }
        }
    }
}
