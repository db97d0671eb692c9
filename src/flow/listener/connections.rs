//! The open connections: at most so many, each with one request and its time.
//!
//! When one more comes, the oldest goes. A stranger who opens connections and says nothing thereby
//! pushes out his own, while a browser's request is read within one turn of the loop.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::Limits;
use crate::flow::landing::Stage;
use crate::flow::page::{self, Answer, Page};
use crate::flow::request::{self, Rules, Verdict};
use crate::secret::Secret;

/// How much more is read, and for how long, after the answer was written: closing a socket with
/// unread bytes in it would reset the connection and take the answer back.
const DRAIN_BYTES: usize = 64 * 1024;
const DRAIN_TIME: Duration = Duration::from_millis(500);

/// What every connection needs to answer.
#[derive(Debug)]
pub(super) struct Desk {
    rules: Rules,
    limits: Limits,
    callbacks: mpsc::Sender<Callback>,
    stage: watch::Receiver<Stage>,
    served: mpsc::Sender<()>,
}

impl Desk {
    pub(super) fn new(
        rules: Rules,
        limits: Limits,
        callbacks: mpsc::Sender<Callback>,
        stage: watch::Receiver<Stage>,
        served: mpsc::Sender<()>,
    ) -> Self {
        Self {
            rules,
            limits,
            callbacks,
            stage,
            served,
        }
    }
}

/// A request to the redirect URI that waits for its judgement.
#[derive(Debug)]
pub(super) struct Callback {
    query: Secret,
    answer: oneshot::Sender<Answer>,
    landing: &'static str,
}

impl Callback {
    pub(super) fn query(&self) -> &str {
        self.query.expose()
    }

    /// Tells the browser that this was not the answer. That the connection is gone is no matter.
    pub(super) fn ignore(self) {
        let _gone = self
            .answer
            .send(page::page(Page::Neutral, StatusCode::BAD_REQUEST));
    }

    /// Sends the browser on to the landing page.
    pub(super) fn send_on(self) {
        let _gone = self.answer.send(page::see_other(self.landing));
    }
}

/// The open connections, oldest first. Dropping this closes them.
#[derive(Debug)]
pub(super) struct Connections {
    desk: Arc<Desk>,
    open: VecDeque<AbortHandle>,
}

impl Connections {
    pub(super) fn new(desk: Desk) -> Self {
        Self {
            desk: Arc::new(desk),
            open: VecDeque::new(),
        }
    }

    pub(super) fn admit(&mut self, stream: TcpStream) {
        self.open.retain(|connection| !connection.is_finished());
        while self.open.len() >= self.desk.limits.connections.max(1) {
            self.drop_oldest();
        }
        let serving = tokio::spawn(serve(stream, Arc::clone(&self.desk)));
        self.open.push_back(serving.abort_handle());
    }

    pub(super) fn drop_oldest(&mut self) {
        if let Some(oldest) = self.open.pop_front() {
            oldest.abort();
        }
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        for connection in &self.open {
            connection.abort();
        }
    }
}

/// Reads one request, answers it, closes.
async fn serve(mut stream: TcpStream, desk: Arc<Desk>) {
    let limits = desk.limits;
    let landed = AtomicBool::new(false);
    let service = service_fn(|request| respond(request, &desk, &landed));
    let exchange = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head_bytes)
        .max_header_size(limits.head_bytes)
        .max_headers(limits.headers)
        .keep_alive(false)
        .half_close(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(&mut stream), service);
    let ended = timeout(limits.head_time + limits.page_patience, exchange).await;
    if landed.load(Ordering::Relaxed) && matches!(ended, Ok(Ok(()))) {
        // A full channel already says that a page was served.
        let _known = desk.served.try_send(());
    }
    let _gone = timeout(DRAIN_TIME, drain(&mut stream)).await;
}

async fn drain(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut left = DRAIN_BYTES;
    let mut scrap = [0; 2048];
    while left > 0 {
        let read = stream.read(&mut scrap).await?;
        if read == 0 {
            break;
        }
        left = left.saturating_sub(read);
    }
    Ok(())
}

async fn respond(
    request: Request<Incoming>,
    desk: &Desk,
    landed: &AtomicBool,
) -> Result<Answer, Infallible> {
    let (head, _refused_body) = request.into_parts();
    let waiting = *desk.stage.borrow() == Stage::Waiting;
    Ok(match request::judge(&head, &desk.rules) {
        Verdict::Callback(query) => judged(query, desk).await,
        Verdict::Landing if waiting => page::refused(StatusCode::NOT_FOUND),
        Verdict::Landing => {
            let page = outcome(desk.stage.clone(), desk.limits.page_patience).await;
            landed.store(true, Ordering::Relaxed);
            page::page(page, StatusCode::OK)
        }
        Verdict::Refused(status) => page::refused(status),
    })
}

/// The judge's answer. There is none where another callback was accepted already or is accepted
/// while this one waits.
async fn judged(query: Secret, desk: &Desk) -> Answer {
    let (answer, answered) = oneshot::channel();
    let callback = Callback {
        query,
        answer,
        landing: desk.rules.landing,
    };
    if desk.callbacks.send(callback).await.is_err() {
        return too_late();
    }
    answered.await.unwrap_or_else(|_dropped| too_late())
}

fn too_late() -> Answer {
    page::page(Page::Neutral, StatusCode::GONE)
}

/// What became of the grant, as soon as that is known.
async fn outcome(mut stage: watch::Receiver<Stage>, patience: Duration) -> Page {
    let known = stage.wait_for(|stage| matches!(stage, Stage::Succeeded | Stage::Failed));
    match timeout(patience, known).await {
        Ok(Ok(stage)) if *stage == Stage::Succeeded => Page::Success,
        Ok(Ok(_failed)) => Page::Failure,
        // The landing was dropped, or it is late.
        Ok(Err(_)) | Err(_) => Page::Neutral,
    }
}
