//! Whether an operation fits the schema, before anything of it is done.

use std::collections::BTreeSet;

use super::fault::{Fault, Place};
use super::parser::{Document, Field, Input, Operation, Selection};
use super::schema;

struct Checker<'a> {
    document: &'a Document,
    operation: &'a Operation,
    faults: Vec<Fault>,
    used: BTreeSet<String>,
    spread: BTreeSet<String>,
    /// The spreads that are being looked into: a fragment must not hold itself.
    open: Vec<String>,
    path: Vec<String>,
}

/// Everything that is wrong with an operation.
pub(super) fn faults(document: &Document, operation: &Operation) -> Vec<Fault> {
    let (root, word) = if operation.is_mutation {
        ("Mutation", "mutation")
    } else {
        ("Query", "query")
    };
    let name = operation.name.as_ref();
    let title = name.map_or_else(|| word.to_owned(), |name| format!("{word} {name}"));
    let mut checker = Checker {
        document,
        operation,
        faults: Vec::new(),
        used: BTreeSet::new(),
        spread: BTreeSet::new(),
        open: Vec::new(),
        path: vec![title.clone()],
    };
    checker.selection(root, &operation.selection);
    for variable in &operation.variables {
        if !checker.used.contains(&variable.name) {
            let message = format!(
                "Variable ${} is declared by {title} but not used",
                variable.name
            );
            checker.fault("variableNotUsed", message, variable.place);
        }
    }
    for (name, fragment) in &document.fragments {
        if !checker.spread.contains(name) {
            let message = format!("Fragment {name} was defined, but not used");
            checker.fault("useAndDefineFragment", message, fragment.place);
        }
    }
    checker.faults
}

impl Checker<'_> {
    fn fault(&mut self, code: &str, message: String, place: Place) {
        let fault = Fault::invalid(code, message, &self.path, place);
        self.faults.push(fault);
    }

    fn selection(&mut self, kind: &str, selection: &[Selection]) {
        self.conflicts(kind, selection);
        for selected in selection {
            match selected {
                Selection::Field(field) => self.field(kind, field),
                Selection::Inline(on, selection, place) => {
                    let on = on.as_deref().unwrap_or(kind);
                    self.inside(kind, on, selection, *place);
                }
                Selection::Spread(name, place) => self.fragment(kind, name, *place),
            }
        }
    }

    /// Two fields with one key must be the same field, and where they belong to different types, of
    /// one type themselves.
    fn conflicts(&mut self, kind: &str, selection: &[Selection]) {
        let document = self.document;
        let mut all = Vec::new();
        flatten(document, kind, selection, &mut all, 0);
        let returned = |(kind, field): &(&str, &Field)| {
            let known = schema::field(kind, &field.name);
            known.map(|known| known.kind)
        };
        for (index, one) in all.iter().enumerate() {
            let earlier = all.iter().take(index);
            let mut same = earlier.filter(|other| other.1.key() == one.1.key());
            let conflict = same.any(|other| {
                let differs = other.1.name != one.1.name || other.1.arguments != one.1.arguments;
                (other.0 == one.0 && differs) || returned(other) != returned(one)
            });
            if conflict {
                let message = format!("Field '{}' has a field conflict", one.1.key());
                self.fault("fieldConflict", message, one.1.place);
            }
        }
    }

    fn fragment(&mut self, kind: &str, name: &str, place: Place) {
        let Some(fragment) = self.document.fragments.get(name) else {
            let message = format!("Fragment {name} was used, but not defined");
            return self.fault("useAndDefineFragment", message, place);
        };
        if self.open.iter().any(|open| open == name) {
            let message = format!("Fragment {name} contains an infinite loop");
            return self.fault("infiniteLoop", message, place);
        }
        self.spread.insert(name.to_owned());
        self.open.push(name.to_owned());
        self.inside(kind, &fragment.on, &fragment.selection, place);
        self.open.pop();
    }

    fn inside(&mut self, kind: &str, on: &str, selection: &[Selection], place: Place) {
        if schema::fields(on).is_none() {
            let message = format!("No such type {on}, so it can't be a fragment condition");
            self.fault("undefinedType", message, place);
        } else if schema::fits(on, kind) || schema::fits(kind, on) {
            self.selection(on, selection);
        } else {
            let message = format!("Fragment on {on} can't be spread inside {kind}");
            self.fault("cannotSpreadFragment", message, place);
        }
    }

    fn field(&mut self, kind: &str, field: &Field) {
        self.path.push(field.key().to_owned());
        self.checked_field(kind, field);
        self.path.pop();
    }

    fn checked_field(&mut self, kind: &str, field: &Field) {
        for (name, arguments) in &field.directives {
            if !["include", "skip"].contains(&name.as_str()) {
                let message = format!("Directive @{name} is not defined");
                self.fault("undefinedDirective", message, field.place);
            }
            for (_, value) in arguments {
                self.input("Boolean!", value, field.place);
            }
        }
        if field.name == "__typename" {
            return;
        }
        let Some(known) = schema::field(kind, &field.name) else {
            let message = format!("Field '{}' doesn't exist on type '{kind}'", field.name);
            return self.fault("undefinedField", message, field.place);
        };
        for (name, value) in &field.arguments {
            let accepted = known.arguments.iter().find(|(known, _)| known == name);
            if let Some((_, kind)) = accepted {
                self.input(kind, value, field.place);
            } else {
                let message = format!("Field '{}' doesn't accept argument '{name}'", field.name);
                self.fault("argumentNotAccepted", message, field.place);
            }
        }
        for (name, kind) in known.arguments {
            if kind.ends_with('!') && !field.arguments.iter().any(|(given, _)| given == name) {
                let message = format!(
                    "Field '{}' is missing required arguments: {name}",
                    field.name
                );
                self.fault("missingRequiredArguments", message, field.place);
            }
        }
        let inner = schema::named(known.kind);
        match (schema::fields(inner), field.selection.as_slice()) {
            (Some(_), []) => {
                let message = format!(
                    "Field must have selections (field '{}' returns {inner} but has no selections.)",
                    field.name
                );
                self.fault("selectionMismatch", message, field.place);
            }
            (Some(_), selection) => self.selection(inner, selection),
            (None, []) => {}
            (None, _) => {
                let message = format!(
                    "Selections can't be made on scalars (field '{}' returns {inner} but has selections)",
                    field.name
                );
                self.fault("selectionMismatch", message, field.place);
            }
        }
    }

    /// Variables are declared, of the right type, and literals name known members. The values
    /// themselves are checked when they are read.
    fn input(&mut self, kind: &str, value: &Input, place: Place) {
        match value {
            Input::Variable(name) => self.variable(kind, name, place),
            Input::List(items) => {
                let inner = kind.trim_end_matches('!');
                let inner = inner.strip_prefix('[').and_then(|k| k.strip_suffix(']'));
                for item in items {
                    self.input(inner.unwrap_or(kind), item, place);
                }
            }
            Input::Object(members) => {
                let known = schema::input(schema::named(kind)).unwrap_or_default();
                for (name, value) in members {
                    if let Some((_, kind)) = known.iter().find(|(known, _)| known == name) {
                        self.input(kind, value, place);
                    } else {
                        let message =
                            format!("InputObject '{kind}' doesn't accept argument '{name}'");
                        self.fault("argumentNotAccepted", message, place);
                    }
                }
            }
            Input::Null
            | Input::Int(_)
            | Input::Float(_)
            | Input::Text(_)
            | Input::Flag(_)
            | Input::Word(_) => {}
        }
    }

    fn variable(&mut self, kind: &str, name: &str, place: Place) {
        self.used.insert(name.to_owned());
        let declared = self.operation.variables.iter();
        let Some(variable) = declared.into_iter().find(|variable| variable.name == name) else {
            let message = format!("Variable ${name} is used but not declared");
            return self.fault("variableNotDefined", message, place);
        };
        let nullable = !variable.kind.ends_with('!') && variable.default.is_none();
        let same = variable.kind.trim_end_matches('!') == kind.trim_end_matches('!');
        if !same || (kind.ends_with('!') && nullable) {
            let message = format!(
                "Type mismatch on variable ${name} and argument ({} / {kind})",
                variable.kind
            );
            self.fault("variableMismatch", message, place);
        }
    }
}

/// All fields of a selection, those of its fragments too, each with the type that it is asked of.
fn flatten<'a>(
    document: &'a Document,
    kind: &'a str,
    selection: &'a [Selection],
    all: &mut Vec<(&'a str, &'a Field)>,
    depth: usize,
) {
    for selected in selection {
        match selected {
            Selection::Field(field) => all.push((kind, field)),
            Selection::Inline(on, inner, _) => {
                flatten(
                    document,
                    on.as_deref().unwrap_or(kind),
                    inner,
                    all,
                    depth + 1,
                );
            }
            // one that holds itself is found elsewhere
            Selection::Spread(name, _) if depth < document.fragments.len() + 10 => {
                if let Some(fragment) = document.fragments.get(name) {
                    flatten(document, &fragment.on, &fragment.selection, all, depth + 1);
                }
            }
            Selection::Spread(..) => {}
        }
    }
}
