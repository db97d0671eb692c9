//! One connection kept open for requests that come one after the other, from code that is not
//! async. A signal ends what is waited for.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::{Http, Limits, Response, SendError};

/// What ends when the person wants to stop.
pub type Stop = fn() -> Pin<Box<dyn Future<Output = ()>>>;

/// Why there is no response on a line.
#[derive(Debug)]
pub enum LineError {
    /// The request failed.
    Send(SendError),
    /// The person wants to stop.
    Stopped,
}

/// A client and the runtime that its connections live on.
#[derive(Debug)]
pub struct Line {
    runtime: Option<Runtime>,
    http: Http,
    stop: Stop,
}

impl Line {
    /// A line within `limits`, which `stop` ends.
    ///
    /// # Errors
    /// When the system refuses the runtime.
    pub fn new(limits: Limits, stop: Stop) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self {
            runtime: Some(runtime),
            http: Http::new(limits),
            stop,
        })
    }

    /// Sends one request, once.
    ///
    /// # Errors
    /// When no answer came, or the person wants to stop: then the request may have been sent.
    pub fn send(&self, request: http::Request<Vec<u8>>) -> Result<Response, LineError> {
        let Some(runtime) = &self.runtime else {
            return Err(LineError::Stopped);
        };
        runtime.block_on(async {
            tokio::select! {
                biased; // first, so that it is listened to before anything is done
                () = (self.stop)() => Err(LineError::Stopped),
                answer = self.http.send(request) => answer.map_err(LineError::Send),
            }
        })
    }

    /// Waits.
    ///
    /// # Errors
    /// When the person wants to stop.
    pub fn pause(&self, time: Duration) -> Result<(), LineError> {
        let Some(runtime) = &self.runtime else {
            return Err(LineError::Stopped);
        };
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = (self.stop)() => Err(LineError::Stopped),
                () = tokio::time::sleep(time) => Ok(()),
            }
        })
    }
}

impl Drop for Line {
    /// A name lookup that hangs in the system's resolver holds nobody up.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
