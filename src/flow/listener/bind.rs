//! One bind, kept: the port that the provider is told is never let go in between, so that nobody
//! can take it.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use thiserror::Error;
use tokio::net::TcpStream;

use crate::flow::request::Rules;
use crate::provider::definition::{Redirect, RedirectHost};

/// Why the redirect URI can't be listened on.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another program has the port. Where the provider compares ports, no other one will do.
    #[error("port {} of `{}` is in use by another program", .0.port(), .0.ip())]
    Busy(SocketAddr),
    /// Anything else.
    #[error("can't listen on `{address}`")]
    Io {
        /// What was to be bound.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// The loopback sockets of one authorization attempt, bound and listening.
#[derive(Debug)]
pub struct Listener {
    ipv4: TcpListener,
    ipv6: Option<TcpListener>,
    authority: String,
    path: String,
}

impl Listener {
    /// Binds the port that `redirect` asks for, or a free one, on `127.0.0.1`; for a `localhost`
    /// redirect on `::1` too, where the machine has it, for a browser may try either family first.
    ///
    /// # Errors
    ///
    /// [`BindError::Busy`] when somebody else has the port in a family that we need.
    pub fn bind(redirect: &Redirect) -> Result<Self, BindError> {
        // Where any port will do, one that is taken in the other family is no reason to stop.
        let tries = if redirect.port.is_none() { 10 } else { 1 };
        for _ in 1..tries {
            match Self::bind_once(redirect) {
                Err(BindError::Busy(_)) => {}
                done => return done,
            }
        }
        Self::bind_once(redirect)
    }

    fn bind_once(redirect: &Redirect) -> Result<Self, BindError> {
        let ipv4 = bind((Ipv4Addr::LOCALHOST, redirect.port.unwrap_or(0)).into())?;
        let port = ipv4
            .local_addr()
            .map_err(|source| BindError::Io {
                address: (Ipv4Addr::LOCALHOST, 0).into(),
                source,
            })?
            .port();
        let (host, ipv6) = match redirect.host {
            RedirectHost::Ipv4 => ("127.0.0.1", None),
            RedirectHost::Localhost => ("localhost", bind_where_there_is_ipv6(port)?),
        };
        Ok(Self {
            ipv4,
            ipv6,
            authority: format!("{host}:{port}"),
            path: redirect.path.clone(),
        })
    }

    /// The redirect URI, exactly as it must be sent to the provider.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("http://{}{}", self.authority, self.path)
    }

    #[cfg(test)]
    pub(super) fn local_addresses(&self) -> Vec<SocketAddr> {
        [Some(&self.ipv4), self.ipv6.as_ref()]
            .into_iter()
            .flatten()
            .map(|socket| socket.local_addr().unwrap())
            .collect()
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            authority: self.authority.clone(),
            callback: self.path.clone(),
            landing: if self.path == "/done" {
                "/finished"
            } else {
                "/done"
            },
        }
    }

    pub(super) fn watch(self) -> io::Result<Sockets> {
        let watched = |socket: TcpListener| {
            socket.set_nonblocking(true)?;
            tokio::net::TcpListener::from_std(socket)
        };
        Ok(Sockets {
            ipv4: watched(self.ipv4)?,
            ipv6: self.ipv6.map(watched).transpose()?,
        })
    }
}

/// The same sockets inside the runtime.
#[derive(Debug)]
pub(super) struct Sockets {
    ipv4: tokio::net::TcpListener,
    ipv6: Option<tokio::net::TcpListener>,
}

impl Sockets {
    pub(super) async fn accept(&self) -> io::Result<TcpStream> {
        let ipv6 = async {
            match &self.ipv6 {
                Some(socket) => socket.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = self.ipv4.accept() => accepted,
            accepted = ipv6 => accepted,
        }
        .map(|(stream, _peer)| stream)
    }
}

fn bind_where_there_is_ipv6(port: u16) -> Result<Option<TcpListener>, BindError> {
    match bind((Ipv6Addr::LOCALHOST, port).into()) {
        Ok(socket) => Ok(Some(socket)),
        Err(BindError::Io { source, .. }) if lacks_ipv6(&source) => Ok(None),
        Err(error) => Err(error),
    }
}

fn lacks_ipv6(error: &io::Error) -> bool {
    #[cfg(unix)]
    if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::AFNOSUPPORT) {
        return true;
    }
    matches!(
        error.kind(),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported
    )
}

/// The standard library sets `SO_REUSEADDR` on Unix, which shares no listening port, and never
/// `SO_REUSEPORT`, which would.
fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).map_err(|source| {
        if source.kind() == io::ErrorKind::AddrInUse {
            BindError::Busy(address)
        } else {
            BindError::Io { address, source }
        }
    })
}
