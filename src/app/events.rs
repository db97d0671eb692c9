//! What happened to connections in this run, for the person's programs, until they are told.

use std::cell::RefCell;

/// One thing that happened.
#[derive(Debug)]
pub struct Event {
    /// What happened, as the settings and the document name it.
    pub word: &'static str,
    /// One line of JSON, without a token.
    pub document: String,
}

/// What happened and was not told yet.
#[derive(Debug, Default)]
pub struct Events(RefCell<Vec<Event>>);

impl Events {
    /// Keeps one.
    pub fn push(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Hands them over, in their order.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        self.0.take()
    }
}
