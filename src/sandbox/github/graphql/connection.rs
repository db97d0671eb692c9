//! Lists in pages (the cursor connections of Relay).

use serde_json::Value;

use super::fault::Fault;
use super::node::{Held, Node};
use super::values::Arguments;
use crate::json::json;

/// The most of one page.
const MOST: u64 = 100;

/// One page of a list.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) kind: &'static str,
    edge: &'static str,
    nodes: Vec<Node>,
    /// Where this page begins in the whole list, and how long that is.
    start: usize,
    total: usize,
}

/// A node and its place in the list.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) kind: &'static str,
    cursor: String,
    node: Box<Node>,
}

fn cursor(at: usize) -> String {
    format!("cursor:{at}")
}

fn position(given: &Arguments, name: &str) -> Result<Option<usize>, Fault> {
    let Some(text) = given.get(name).and_then(Value::as_str) else {
        return Ok(None);
    };
    let at = text.strip_prefix("cursor:").and_then(|at| at.parse().ok());
    at.map(Some).ok_or_else(|| {
        let why = format!("`{text}` does not appear to be a valid cursor.");
        Fault::of("INVALID_CURSOR_ARGUMENTS", why)
    })
}

impl Connection {
    /// The page that is asked for: `first` or `last` must say how much, and not more than 100.
    pub(super) fn cut(
        name: &str,
        (kind, edge): (&'static str, &'static str),
        all: Vec<Node>,
        given: &Arguments,
    ) -> Result<Node, Fault> {
        let size = |which: &str| -> Result<Option<usize>, Fault> {
            let Some(number) = given.get(which).and_then(Value::as_i64) else {
                return Ok(None);
            };
            let size = u64::try_from(number).unwrap_or(u64::MAX);
            if size > MOST {
                let why = format!(
                    "Requesting {number} records on the `{name}` connection exceeds the `{which}` \
                     limit of {MOST} records."
                );
                return Err(Fault::of("EXCESSIVE_PAGINATION", why));
            }
            Ok(usize::try_from(size).ok())
        };
        let (first, last) = (size("first")?, size("last")?);
        let total = all.len();
        let mut start = position(given, "after")?.map_or(0, |at| at + 1).min(total);
        let mut end = position(given, "before")?
            .unwrap_or(total)
            .clamp(start, total);
        match (first, last) {
            (Some(first), None) => end = end.min(start + first),
            (None, Some(last)) => start = start.max(end.saturating_sub(last)),
            (None, None) => {
                let why = format!(
                    "You must provide a `first` or `last` value to properly paginate the `{name}` \
                     connection."
                );
                return Err(Fault::of("MISSING_PAGINATION_BOUNDARIES", why));
            }
            (Some(_), Some(_)) => {
                let why = format!(
                    "Passing both `first` and `last` to paginate the `{name}` connection is not \
                     supported."
                );
                return Err(Fault::of("UNPROCESSABLE", why));
            }
        }
        Ok(Node::Connection(Box::new(Self {
            kind,
            edge,
            nodes: all.into_iter().skip(start).take(end - start).collect(),
            start,
            total,
        })))
    }

    pub(super) fn field(&self, name: &str) -> Held {
        match name {
            "nodes" => Held::Nodes(self.nodes.clone()),
            "edges" => {
                let edges = self.nodes.iter().enumerate();
                let edge = |(index, node): (usize, &Node)| {
                    Node::Edge(Edge {
                        kind: self.edge,
                        cursor: cursor(self.start + index),
                        node: Box::new(node.clone()),
                    })
                };
                Held::Nodes(edges.map(edge).collect())
            }
            "pageInfo" => Held::Node(Node::Page(Box::new(self.clone()))),
            _ => Held::Value(json!(self.total)),
        }
    }

    pub(super) fn page(&self, name: &str) -> Value {
        let end = self.start + self.nodes.len();
        let empty = self.nodes.is_empty();
        match name {
            "hasNextPage" => json!(end < self.total),
            "hasPreviousPage" => json!(self.start > 0),
            "startCursor" => json!((!empty).then(|| cursor(self.start))),
            _ => json!((!empty).then(|| cursor(end.saturating_sub(1)))),
        }
    }
}

impl Edge {
    pub(super) fn field(&self, name: &str) -> Held {
        match name {
            "node" => Held::Node((*self.node).clone()),
            _ => Held::Value(json!(self.cursor)),
        }
    }
}
