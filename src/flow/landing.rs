//! What the browser is told at the end, and by whom.
//!
//! The page never says "success" before the tokens are durably stored, and only who stored them
//! knows. So the wait for a callback hands out a [`Landing`] together with the answer; the browser's
//! page hangs until it is told how it ended.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How far an authorization attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// No callback was accepted.
    Waiting,
    /// One was; what became of it isn't known.
    Accepted,
    /// The tokens are stored.
    Succeeded,
    /// They are not.
    Failed,
}

/// The browser's page, which waits to be told how it ended. Dropped without a word, it shows a
/// neutral page that sends the person back to the terminal, for as long as the runtime lives.
#[derive(Debug)]
#[must_use = "the browser waits for `succeed` or `fail`"]
pub struct Landing {
    stage: watch::Sender<Stage>,
    keeper: JoinHandle<()>,
    grace: Duration,
}

impl Landing {
    /// Shows the success page. Call it when the tokens are durably stored. Returns when the browser
    /// has the page, after two seconds at most; then the port is closed.
    pub async fn succeed(self) {
        self.end(Stage::Succeeded).await;
    }

    /// Shows the failure page, and returns as [`Landing::succeed`] does.
    pub async fn fail(self) {
        self.end(Stage::Failed).await;
    }

    /// Runs `admitting`, which takes connections in, until a page was served or nobody is left who
    /// could say how it ended.
    pub(super) fn keep(
        stage: watch::Sender<Stage>,
        mut served: mpsc::Receiver<()>,
        grace: Duration,
        admitting: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let mut seen = stage.subscribe();
        let keeper = tokio::spawn(async move {
            let dropped = async {
                while seen.changed().await.is_ok() {}
                sleep(grace).await;
            };
            tokio::select! {
                () = admitting => {}
                _ = served.recv() => {}
                () = dropped => {}
            }
        });
        Self {
            stage,
            keeper,
            grace,
        }
    }

    async fn end(self, stage: Stage) {
        let Self {
            stage: sender,
            mut keeper,
            grace,
        } = self;
        sender.send_replace(stage);
        if timeout(grace, &mut keeper).await.is_err() {
            keeper.abort();
            let _aborted = keeper.await;
        }
    }
}
