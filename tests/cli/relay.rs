//! A TCP relay that breaks connections below HTTP, before servers that are not ours.
//!
//! Every connection takes the next fault of the script; when the script is over, connections pass
//! unharmed. A reset is a real one (RST, not FIN): the socket is closed with linger zero, and for
//! that nobody may hold a second handle to it, so both directions share one.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

/// What happens to one connection. Positions count bytes from the beginning of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The connection is closed before the target hears of it.
    Refuse,
    /// So much of the request arrives, then both sides are reset.
    ResetRequest(usize),
    /// So much of the response arrives, then both sides are reset.
    ResetResponse(usize),
    /// So much of the request arrives, then nothing more happens.
    StallRequest(usize),
    /// So much of the response arrives, then nothing more happens.
    StallResponse(usize),
    /// So much of the response arrives, then the connection ends in good order.
    Truncate(usize),
    /// The response comes in pieces of this size, this far apart.
    Drip(usize, Duration),
    /// The response comes this much later.
    Delay(Duration),
    /// The lowest bit of this byte of the response is another one.
    Corrupt(usize),
    /// The target gets the request a second time, on a second connection, and answers it, before
    /// the first response goes on.
    Duplicate,
}

impl Fault {
    fn request_limit(self) -> usize {
        if let Self::ResetRequest(at) | Self::StallRequest(at) = self {
            at
        } else {
            usize::MAX
        }
    }

    fn response_limit(self) -> usize {
        if let Self::ResetResponse(at) | Self::StallResponse(at) | Self::Truncate(at) = self {
            at
        } else {
            usize::MAX
        }
    }
}

/// A running relay. Dropping it closes its connections and waits for its threads.
pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Relay {
    /// Listens on a free port of 127.0.0.1 and passes everything to `target`.
    pub(crate) fn start(target: SocketAddr, script: &[Fault]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            target,
            state: Mutex::new(State {
                script: script.iter().copied().collect(),
                ..State::default()
            }),
            changed: Condvar::new(),
        });
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.accept(&listener))
        };
        Ok(Self {
            address,
            shared,
            accepting: Some(accepting),
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a fault for a connection to come.
    pub(crate) fn then(&self, fault: Fault) {
        self.shared.state().script.push_back(fault);
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> usize {
        self.shared.state().seen
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.closed = true;
        for end in state.open.drain(..).filter_map(|end| end.upgrade()) {
            let _ = end.shutdown(Shutdown::Both);
        }
        drop(state);
        self.shared.changed.notify_all();
        drop(TcpStream::connect(self.address)); // wakes the thread that accepts
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
    }
}

struct Shared {
    target: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    closed: bool,
    script: VecDeque<Fault>,
    seen: usize,
    open: Vec<Weak<TcpStream>>,
}

impl Shared {
    fn accept(&self, listener: &TcpListener) {
        thread::scope(|scope| {
            for client in listener.incoming() {
                let fault = {
                    let mut state = self.state();
                    if state.closed {
                        break;
                    }
                    state.seen += 1;
                    state.open.retain(|end| end.strong_count() > 0);
                    state.script.pop_front().unwrap_or(Fault::None)
                };
                if let Ok(client) = client
                    && fault != Fault::Refuse
                {
                    scope.spawn(move || self.pass(client, fault));
                }
            }
        });
    }

    fn pass(&self, client: TcpStream, fault: Fault) -> io::Result<()> {
        let server = TcpStream::connect(self.target)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let connection = Connection {
            client: self.registered(client)?,
            server: self.registered(server)?,
            request: Mutex::default(),
            reset: AtomicBool::new(false),
        };
        thread::scope(|scope| {
            scope.spawn(|| self.request(&connection, fault));
            self.response(&connection, fault)
        })
    }

    /// Makes a socket known to `drop`, which may have happened already.
    fn registered(&self, end: TcpStream) -> io::Result<Arc<TcpStream>> {
        let end = Arc::new(end);
        let mut state = self.state();
        if state.closed {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        state.open.push(Arc::downgrade(&end));
        Ok(end)
    }

    fn request(&self, connection: &Connection, fault: Fault) -> io::Result<()> {
        let limit = fault.request_limit();
        let mut position = 0;
        let mut buffer = [0; 8192];
        loop {
            let read = (&*connection.client).read(&mut buffer).unwrap_or(0);
            if read == 0 {
                connection.finish(&connection.server);
                return Ok(());
            }
            let allowed = first(&buffer, read.min(limit - position));
            if fault == Fault::Duplicate {
                lock(&connection.request).extend(&allowed);
            }
            (&*connection.server).write_all(&allowed)?;
            position += allowed.len();
            if position == limit {
                self.strike(connection, fault);
                return Ok(());
            }
        }
    }

    fn response(&self, connection: &Connection, fault: Fault) -> io::Result<()> {
        let limit = fault.response_limit();
        let mut position = 0;
        let mut buffer = [0; 8192];
        loop {
            let read = (&*connection.server).read(&mut buffer).unwrap_or(0);
            if read == 0 {
                connection.finish(&connection.client);
                return Ok(());
            }
            if position == 0 {
                self.before_the_response(connection, fault)?;
            }
            let mut allowed = first(&buffer, read.min(limit - position));
            if let Fault::Corrupt(at) = fault
                && let Some(byte) = at.checked_sub(position).and_then(|at| allowed.get_mut(at))
            {
                *byte ^= 1;
            }
            self.deliver(&connection.client, &allowed, fault)?;
            position += allowed.len();
            if position == limit {
                self.strike(connection, fault);
                return Ok(());
            }
        }
    }

    fn before_the_response(&self, connection: &Connection, fault: Fault) -> io::Result<()> {
        if let Fault::Delay(duration) = fault {
            self.wait(duration);
        }
        if fault == Fault::Duplicate {
            let mut second = TcpStream::connect(self.target)?;
            second.write_all(&lock(&connection.request))?;
            let _ = second.read(&mut [0; 1])?; // it has been answered, so it has been acted on
        }
        Ok(())
    }

    fn deliver(&self, mut client: &TcpStream, bytes: &[u8], fault: Fault) -> io::Result<()> {
        let Fault::Drip(size, gap) = fault else {
            return client.write_all(bytes);
        };
        for piece in bytes.chunks(size.max(1)) {
            client.write_all(piece)?;
            self.wait(gap);
        }
        Ok(())
    }

    /// What happens at the position that a fault names.
    fn strike(&self, connection: &Connection, fault: Fault) {
        let ends = [&connection.client, &connection.server];
        if matches!(fault, Fault::StallRequest(_) | Fault::StallResponse(_)) {
            self.wait(Duration::MAX);
        } else if matches!(fault, Fault::Truncate(_)) {
            for end in ends {
                let _ = end.shutdown(Shutdown::Both);
            }
        } else {
            connection.reset.store(true, Ordering::SeqCst);
            for end in ends {
                let _ = SockRef::from(&**end).set_linger(Some(Duration::ZERO));
                let _ = end.shutdown(Shutdown::Read); // wakes the other direction, sends nothing
            }
        }
    }

    /// Waits this long, or until the relay is dropped.
    fn wait(&self, duration: Duration) {
        let state = self.state();
        let waited = self
            .changed
            .wait_timeout_while(state, duration, |state| !state.closed);
        drop(waited);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

struct Connection {
    client: Arc<TcpStream>,
    server: Arc<TcpStream>,
    request: Mutex<Vec<u8>>,
    reset: AtomicBool,
}

impl Connection {
    /// Passes the end of one direction on, unless a reset is under way, which a FIN would spoil.
    fn finish(&self, to: &TcpStream) {
        if !self.reset.load(Ordering::SeqCst) {
            let _ = to.shutdown(Shutdown::Write);
        }
    }
}

fn first(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.get(..length).unwrap_or(bytes).to_vec()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{self, Receiver};
    use std::time::Instant;

    const ANSWER: &[u8] = b"0123456789";

    /// A server that answers four bytes with ten, and tells what it read.
    fn target() -> (SocketAddr, Receiver<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let _ = (&mut stream).take(4).read_to_end(&mut request);
                if request.len() == 4 {
                    let _ = stream.write_all(ANSWER);
                }
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        (address, receiver)
    }

    /// Sends `ping` and reads to the end; what came, and how it ended.
    fn ask(relay: &Relay) -> (Vec<u8>, io::Result<()>) {
        let mut stream = TcpStream::connect(relay.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut came = Vec::new();
        let sent = stream.write_all(b"ping");
        let ended = sent
            .and_then(|()| stream.read_to_end(&mut came))
            .map(|_| ());
        (came, ended)
    }

    fn is_reset(ended: &io::Result<()>) -> bool {
        let kind = ended.as_ref().err().map(io::Error::kind);
        kind == Some(io::ErrorKind::ConnectionReset)
    }

    #[test]
    fn a_relay_without_faults_passes_everything() {
        let (target, read) = target();
        let relay = Relay::start(target, &[]).unwrap();
        for _ in 0..3 {
            let (came, ended) = ask(&relay);
            assert_eq!(came, ANSWER);
            ended.unwrap();
            assert_eq!(read.recv().unwrap(), b"ping");
        }
        assert_eq!(relay.connections(), 3);
    }

    #[test]
    fn the_script_is_followed_connection_by_connection() {
        let (target, _read) = target();
        let relay = Relay::start(target, &[Fault::Truncate(3), Fault::None]).unwrap();
        relay.then(Fault::Corrupt(9));
        let came: Vec<_> = (0..4).map(|_| ask(&relay).0).collect();
        assert_eq!(came, [&ANSWER[..3], ANSWER, b"0123456788", ANSWER]);
    }

    #[test]
    fn a_reset_is_a_reset_and_a_truncation_ends_in_good_order() {
        for at in [0, 1, 9, 10] {
            let (target, read) = target();
            let faults = [Fault::ResetResponse(at), Fault::Truncate(at)];
            let relay = Relay::start(target, &faults).unwrap();
            let (came, ended) = ask(&relay);
            assert_eq!(came, ANSWER[..at]);
            assert!(is_reset(&ended), "{ended:?}");
            assert_eq!(read.recv().unwrap(), b"ping"); // the server has acted
            let (came, ended) = ask(&relay);
            assert_eq!(came, ANSWER[..at]);
            ended.unwrap();
        }
    }

    #[test]
    fn a_reset_request_arrives_in_part() {
        for at in [0, 1, 3] {
            let (target, read) = target();
            let relay = Relay::start(target, &[Fault::ResetRequest(at)]).unwrap();
            let (came, ended) = ask(&relay);
            assert!(came.is_empty() && is_reset(&ended), "{came:?} {ended:?}");
            assert!(read.recv().unwrap().len() <= at);
        }
    }

    #[test]
    fn a_refused_connection_never_reaches_the_target() {
        let (target, read) = target();
        let relay = Relay::start(target, &[Fault::Refuse]).unwrap();
        assert!(ask(&relay).0.is_empty());
        assert!(read.try_recv().is_err());
    }

    #[test]
    fn a_stalled_connection_says_nothing_until_the_relay_is_dropped() {
        for fault in [Fault::StallRequest(2), Fault::StallResponse(4)] {
            let (target, _read) = target();
            let relay = Relay::start(target, &[fault]).unwrap();
            let mut stream = TcpStream::connect(relay.address()).unwrap();
            stream.write_all(b"ping").unwrap();
            if fault == Fault::StallResponse(4) {
                let mut came = [0; 4];
                stream.read_exact(&mut came).unwrap();
                assert_eq!(came, ANSWER[..4]);
            }
            stream
                .set_read_timeout(Some(Duration::from_millis(20)))
                .unwrap();
            let nothing = stream.read(&mut [0; 1]).unwrap_err().kind();
            let patience = [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut];
            assert!(patience.contains(&nothing), "{nothing:?}");
            drop(relay);
            stream
                .set_read_timeout(Some(Duration::from_secs(20)))
                .unwrap();
            assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
        }
    }

    #[test]
    fn a_dripping_or_delayed_response_is_whole_and_late() {
        let (target, _read) = target();
        let gap = Duration::from_millis(5);
        let faults = [Fault::Drip(2, gap), Fault::Delay(gap * 5)];
        let relay = Relay::start(target, &faults).unwrap();
        for _ in faults {
            let begun = Instant::now();
            let (came, ended) = ask(&relay);
            assert_eq!(came, ANSWER);
            ended.unwrap();
            assert!(begun.elapsed() >= gap * 5);
        }
    }

    #[test]
    fn a_duplicated_request_is_acted_on_twice_and_answered_once() {
        let (target, read) = target();
        let relay = Relay::start(target, &[Fault::Duplicate]).unwrap();
        assert_eq!(ask(&relay).0, ANSWER);
        assert_eq!(read.recv().unwrap(), b"ping");
        assert_eq!(read.recv().unwrap(), b"ping");
        assert_eq!(ask(&relay).0, ANSWER);
        assert_eq!(read.recv().unwrap(), b"ping");
        assert!(read.try_recv().is_err());
    }
}
