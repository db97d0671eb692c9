//! GraphQL: documents are parsed, checked against the schema as a whole, and then answered.

mod check;
mod connection;
mod fault;
mod lexer;
mod mutation;
mod node;
mod objects;
mod parser;
mod schema;
mod values;

use serde::Deserialize;
use serde_json::{Map, Value};

use self::fault::Fault;
use self::node::{Held, Node, Source};
use self::parser::{Document, Field, Input, Operation, Selection};
use self::values::Variables;
use super::Hub;
use super::ask::Ask;
use super::reply::{Outcome, Problem, json_answer};
use super::shape::user_id;
use crate::json::json;
use crate::sandbox::area::Area;
use crate::sandbox::call::Answer;

/// The body of a request.
struct Posted {
    query: String,
    variables: Option<Value>,
    operation: Option<String>,
}

fn posted(body: &str) -> Result<Posted, Problem> {
    let mut value: Value =
        serde_json::from_str(body).map_err(|_| Problem::new(400, "Problems parsing JSON"))?;
    let query = value.get("query").and_then(Value::as_str);
    let query = query.ok_or_else(|| {
        Problem::new(
            400,
            "A query attribute must be specified and must be a string.",
        )
    })?;
    let operation = value.get("operationName").and_then(Value::as_str);
    Ok(Posted {
        query: query.to_owned(),
        operation: operation.map(str::to_owned),
        variables: value.get_mut("variables").map(Value::take),
    })
}

/// The operation that is meant.
fn chosen<'a>(document: &'a Document, name: Option<&str>) -> Result<&'a Operation, Fault> {
    let mut operations = document.operations.iter();
    let found = match (name, document.operations.as_slice()) {
        (Some(name), _) => operations.find(|known| known.name.as_deref() == Some(name)),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    found.ok_or_else(|| Fault::of("INVALID", "operationName names no operation"))
}

/// A body without its variables, which may be a whole manuscript.
#[derive(Deserialize)]
struct Head {
    query: String,
    #[serde(rename = "operationName")]
    operation: Option<String>,
}

/// What a body asks for, as faults and the log count and call it: `query repository`.
pub(super) fn purpose(body: &str) -> (Area, String) {
    let nothing = (Area::Query, "query".to_owned());
    let Ok(head) = serde_json::from_str::<Head>(body) else {
        return nothing;
    };
    let Ok(document) = parser::document(&head.query) else {
        return nothing;
    };
    let Ok(operation) = chosen(&document, head.operation.as_deref()) else {
        return nothing;
    };
    let (area, word) = if operation.is_mutation {
        (Area::Mutation, "mutation")
    } else {
        (Area::Query, "query")
    };
    let mut name = word.to_owned();
    for selected in operation.selection.iter().take(3) {
        if let Selection::Field(field) = selected {
            name.push(' ');
            name.push_str(&field.name);
        }
    }
    (area, name)
}

/// The answer when the hour's points are used up: status 200, unlike REST.
pub(super) fn rate_limited(login: &str) -> Answer {
    let why = format!("API rate limit exceeded for user ID {}.", user_id(login));
    failed(&[Fault::of("RATE_LIMITED", why)])
}

fn failed(faults: &[Fault]) -> Answer {
    let shown: Vec<Value> = faults.iter().map(Fault::shown).collect();
    json_answer(200, json!({"errors": shown})).noted("refused")
}

/// `POST /graphql`.
pub(super) fn respond(hub: &mut Hub, ask: &Ask<'_>) -> Outcome {
    if ask.method != "POST" {
        return Err(Problem::not_found());
    }
    if ask.asker.is_none() {
        let why = "This endpoint requires you to be authenticated.";
        return Err(Problem::new(401, why));
    }
    let posted = posted(ask.body)?;
    let document = match parser::document(&posted.query) {
        Ok(document) => document,
        Err(fault) => return Ok(failed(&[fault])),
    };
    let operation = match chosen(&document, posted.operation.as_deref()) {
        Ok(operation) => operation,
        Err(fault) => return Ok(failed(&[fault])),
    };
    let faults = check::faults(&document, operation);
    if !faults.is_empty() {
        return Ok(failed(&faults));
    }
    let variables = match values::variables(operation, posted.variables) {
        Ok(variables) => variables,
        Err(fault) => return Ok(failed(&[fault])),
    };
    let mut run = Run {
        document: &document,
        variables,
        faults: Vec::new(),
        path: Vec::new(),
    };
    let data = if operation.is_mutation {
        Some(run.mutations(hub, ask, &operation.selection))
    } else {
        let source = Source { hub, ask };
        run.selection(&source, &Node::Query, &[&operation.selection])
    };
    let mut body = json!({"data": data});
    let mut outcome = "ok";
    if !run.faults.is_empty()
        && let Some(members) = body.as_object_mut()
    {
        outcome = run
            .faults
            .iter()
            .find_map(|fault| fault.kind)
            .unwrap_or("refused");
        let shown: Vec<Value> = run.faults.iter().map(Fault::shown).collect();
        members.insert("errors".to_owned(), Value::Array(shown));
    }
    Ok(json_answer(200, body).noted(outcome))
}

/// One operation on its way.
struct Run<'a> {
    document: &'a Document,
    variables: Variables,
    faults: Vec<Fault>,
    path: Vec<Value>,
}

impl<'a> Run<'a> {
    /// The fields of a mutation, one after the other.
    fn mutations(&mut self, hub: &mut Hub, ask: &Ask<'_>, selection: &'a [Selection]) -> Value {
        let mut data = Map::new();
        for (key, fields) in self.collected(selection, "Mutation") {
            let Some(field) = fields.first() else {
                continue;
            };
            self.path.push(json!(key));
            let known = schema::field("Mutation", &field.name).map_or(&[][..], |f| f.arguments);
            let done = values::arguments(known, &field.arguments, &self.variables)
                .and_then(|given| mutation::act(hub, ask, &field.name, &given));
            let value = match done {
                Ok(node) => {
                    let source = Source { hub, ask };
                    let selections: Vec<_> = fields
                        .iter()
                        .map(|field| field.selection.as_slice())
                        .collect();
                    self.selection(&source, &node, &selections)
                }
                Err(fault) => {
                    self.note(fault, field);
                    None
                }
            };
            self.path.pop();
            data.insert(key.to_owned(), value.unwrap_or_default());
        }
        Value::Object(data)
    }

    fn note(&mut self, mut fault: Fault, field: &Field) {
        fault.path.clone_from(&self.path);
        fault.place = fault.place.or(Some(field.place));
        self.faults.push(fault);
    }

    /// The selected fields of a node; `None` where a field that can't be null is.
    fn selection(
        &mut self,
        source: &Source<'_>,
        node: &Node,
        selections: &[&'a [Selection]],
    ) -> Option<Value> {
        let kind = node.kind(source);
        let mut collected: Vec<(&str, Vec<&'a Field>)> = Vec::new();
        for selection in selections {
            for (key, fields) in self.collected(selection, kind) {
                match collected.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => known.extend(fields),
                    None => collected.push((key, fields)),
                }
            }
        }
        let mut data = Map::new();
        for (key, fields) in collected {
            self.path.push(json!(key));
            let value = self.field(source, node, kind, &fields);
            self.path.pop();
            data.insert(key.to_owned(), value?);
        }
        Some(Value::Object(data))
    }

    fn field(
        &mut self,
        source: &Source<'_>,
        node: &Node,
        kind: &str,
        fields: &[&'a Field],
    ) -> Option<Value> {
        let field = fields.first()?;
        if field.name == "__typename" {
            return Some(json!(kind));
        }
        let known = schema::field(kind, &field.name)?;
        let held = values::arguments(known.arguments, &field.arguments, &self.variables)
            .and_then(|given| node.field(source, &field.name, &given));
        let held = match held {
            Ok(held) => held,
            Err(fault) => {
                self.note(fault, field);
                return (!known.kind.ends_with('!')).then_some(Value::Null);
            }
        };
        let inner: Vec<_> = fields
            .iter()
            .map(|field| field.selection.as_slice())
            .collect();
        let value = match held {
            Held::Value(value) => value,
            Held::Node(node) => self.selection(source, &node, &inner).unwrap_or_default(),
            Held::Nodes(nodes) => {
                let mut values = Vec::with_capacity(nodes.len());
                for (index, node) in nodes.iter().enumerate() {
                    self.path.push(json!(index));
                    let value = self.selection(source, node, &inner);
                    self.path.pop();
                    values.push(value.unwrap_or_default());
                }
                Value::Array(values)
            }
        };
        (!(value.is_null() && known.kind.ends_with('!'))).then_some(value)
    }

    /// The fields that a selection means for a type, fragments taken in, by their key.
    fn collected(&self, selection: &'a [Selection], kind: &str) -> Vec<(&'a str, Vec<&'a Field>)> {
        let document: &'a Document = self.document;
        let mut found: Vec<(&str, Vec<&Field>)> = Vec::new();
        let mut add = |key: &'a str, fields: Vec<&'a Field>| match found
            .iter_mut()
            .find(|(known, _)| *known == key)
        {
            Some((_, known)) => known.extend(fields),
            None => found.push((key, fields)),
        };
        for selected in selection {
            let (on, inner) = match selected {
                Selection::Field(field) => {
                    if self.included(field) {
                        add(field.key(), vec![field]);
                    }
                    continue;
                }
                Selection::Inline(on, inner, _) => (on.as_deref(), inner),
                Selection::Spread(name, _) => match document.fragments.get(name) {
                    Some(fragment) => (Some(fragment.on.as_str()), &fragment.selection),
                    None => continue,
                },
            };
            if on.is_none_or(|on| schema::fits(kind, on)) {
                for (key, fields) in self.collected(inner, kind) {
                    add(key, fields);
                }
            }
        }
        found
    }

    /// `@include` and `@skip`.
    fn included(&self, field: &Field) -> bool {
        field.directives.iter().all(|(name, arguments)| {
            let condition = arguments.iter().find(|(name, _)| name == "if");
            let holds = match condition {
                Some((_, Input::Flag(flag))) => *flag,
                Some((_, Input::Variable(name))) => {
                    self.variables.get(name).and_then(Value::as_bool) == Some(true)
                }
                _ => false,
            };
            holds == (name == "include")
        })
    }
}
