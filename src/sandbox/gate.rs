//! The socket that the world sees.
//!
//! `tiny_http` never closes a connection that a client keeps, so it can neither drop an answer nor
//! cut it short, and it waits for ever for what does not come. It therefore listens on an inner
//! port, and every connection reaches it through this gate, which holds both ends: a fault writes
//! to the client itself, and stopping closes everything.

use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// More connections than this are closed at once.
const AT_MOST: usize = 1024;

/// The open connections. Each is named by the port that the inner server sees.
#[derive(Default)]
pub(super) struct Lines {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    closed: bool,
    open: BTreeMap<u16, Line>,
}

struct Line {
    client: TcpStream,
    inner: TcpStream,
    client_left: bool,
}

/// Accepts connections and passes them to `inner` until the lines are closed. Returns when the
/// last connection is gone.
pub(super) fn accept(listener: &TcpListener, inner: SocketAddr, lines: &Lines) {
    thread::scope(|scope| {
        for client in listener.incoming() {
            if lines.state().closed {
                break;
            }
            let Ok(Some((port, client, server))) =
                client.and_then(|client| lines.open(client, inner))
            else {
                continue;
            };
            if let (Ok(client_end), Ok(server_end)) = (client.try_clone(), server.try_clone()) {
                scope.spawn(move || {
                    let _ = io::copy(&mut &client_end, &mut &server_end);
                    let _ = server_end.shutdown(Shutdown::Write);
                    lines.client_left(port);
                });
                scope.spawn(move || {
                    let _ = io::copy(&mut &server, &mut &client);
                    lines.cut(port);
                });
            } else {
                lines.cut(port);
            }
        }
    });
}

impl Lines {
    /// The client's end of a connection, to write to it past the inner server.
    pub(super) fn client(&self, port: u16) -> Option<TcpStream> {
        self.state().open.get(&port)?.client.try_clone().ok()
    }

    /// Whether a connection came through the gate.
    pub(super) fn knows(&self, port: u16) -> bool {
        self.state().open.contains_key(&port)
    }

    /// Waits for `duration`, or until the client has left or the gate closes.
    pub(super) fn wait(&self, port: u16, duration: Duration) {
        let waiting =
            |state: &mut State| state.open.get(&port).is_some_and(|line| !line.client_left);
        let state = self.state();
        drop(self.changed.wait_timeout_while(state, duration, waiting));
    }

    /// Closes one connection.
    pub(super) fn cut(&self, port: u16) {
        if let Some(line) = self.state().open.remove(&port) {
            line.shut();
        }
        self.changed.notify_all();
    }

    /// Closes all connections and takes no more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        while let Some((_, line)) = state.open.pop_first() {
            line.shut();
        }
        drop(state);
        self.changed.notify_all();
    }

    fn open(
        &self,
        client: TcpStream,
        inner: SocketAddr,
    ) -> io::Result<Option<(u16, TcpStream, TcpStream)>> {
        let server = TcpStream::connect(inner)?;
        for end in [&client, &server] {
            end.set_nodelay(true)?; // answers are small; waiting for more costs 40 ms
        }
        let port = server.local_addr()?.port();
        let line = Line {
            client: client.try_clone()?,
            inner: server.try_clone()?,
            client_left: false,
        };
        let mut state = self.state();
        if state.closed || state.open.len() >= AT_MOST {
            line.shut();
            return Ok(None);
        }
        state.open.insert(port, line);
        Ok(Some((port, client, server)))
    }

    fn client_left(&self, port: u16) {
        if let Some(line) = self.state().open.get_mut(&port) {
            line.client_left = true;
        }
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn shut(&self) {
        for end in [&self.client, &self.inner] {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}
