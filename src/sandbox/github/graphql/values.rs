//! Values of arguments: of the type that the schema says, or refused.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fault::Fault;
use super::parser::{Input, Operation};
use super::schema;
use crate::json::json;

/// What the request gives for the variables of an operation.
pub(super) type Variables = BTreeMap<String, Value>;

/// The arguments of one field.
pub(super) type Arguments = Map<String, Value>;

/// Reads the variables; members that the operation does not declare are refused, although GitHub
/// passes over them.
pub(super) fn variables(operation: &Operation, given: Option<Value>) -> Result<Variables, Fault> {
    let mut given = match given.unwrap_or_default() {
        Value::Null => Map::new(),
        Value::Object(members) => members,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(Fault::of("INVALID", "variables is not an object"));
        }
    };
    let declared = |name: &str| operation.variables.iter().any(|known| known.name == name);
    if let Some(name) = given.keys().find(|name| !declared(name)) {
        return Err(Fault::of(
            "INVALID",
            format!("Variable ${name} is not declared"),
        ));
    }
    let mut variables = Variables::new();
    for variable in &operation.variables {
        let value = match (given.remove(&variable.name), &variable.default) {
            (Some(value), _) => value,
            (None, Some(default)) => literal(default, &Variables::new()),
            (None, None) if !variable.kind.ends_with('!') => continue,
            (None, None) => Value::Null,
        };
        checked(&variable.kind, &value, "").map_err(|(place, why)| {
            let mut fault = Fault::of(
                "INVALID",
                format!(
                    "Variable ${} of type {} was provided invalid value{} ({why})",
                    variable.name,
                    variable.kind,
                    if place.is_empty() {
                        String::new()
                    } else {
                        format!(" for {place}")
                    },
                ),
            );
            fault.kind = None;
            fault.place = Some(variable.place);
            fault.extensions = Some(json!({"problems": [{
                "path": place.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>(),
                "explanation": why,
            }]}));
            fault
        })?;
        variables.insert(variable.name.clone(), value);
    }
    Ok(variables)
}

/// The arguments of a field, with variables put in.
pub(super) fn arguments(
    known: &[(&str, &str)],
    given: &[(String, Input)],
    variables: &Variables,
) -> Result<Arguments, Fault> {
    let mut arguments = Arguments::new();
    for (name, input) in given {
        if let Input::Variable(variable) = input
            && !variables.contains_key(variable)
        {
            continue; // as if it were not there
        }
        let value = literal(input, variables);
        let kind = known.iter().find(|(known, _)| known == name);
        let kind = kind.map_or("", |(_, kind)| kind);
        checked(kind, &value, "").map_err(|(place, why)| {
            Fault::of(
                "INVALID",
                format!("Argument '{name}' is invalid at '{place}': {why}"),
            )
        })?;
        arguments.insert(name.clone(), value);
    }
    Ok(arguments)
}

fn literal(input: &Input, variables: &Variables) -> Value {
    match input {
        Input::Variable(name) => variables.get(name).cloned().unwrap_or_default(),
        Input::Null => Value::Null,
        Input::Int(number) => json!(number),
        Input::Float(number) => json!(number),
        Input::Text(text) | Input::Word(text) => json!(text),
        Input::Flag(flag) => json!(flag),
        Input::List(items) => items.iter().map(|item| literal(item, variables)).collect(),
        Input::Object(members) => {
            let mut object = Map::new();
            let members = members.iter();
            object.extend(members.map(|(name, value)| (name.clone(), literal(value, variables))));
            object.into()
        }
    }
}

/// RFC 4648 section 4, with its padding; the last bits are looked at when it is decoded.
fn is_base64(text: &str) -> bool {
    let content = text.trim_end_matches('=');
    let padding = text.len() - content.len();
    let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    text.len().is_multiple_of(4) && padding <= 2 && content.bytes().all(inside)
}

type Wrong = (String, String);

/// Whether a value is of a type; where not, and why not.
fn checked(kind: &str, value: &Value, place: &str) -> Result<(), Wrong> {
    let wrong = |why: String| Err((place.to_owned(), why));
    let below = |name: &str| {
        if place.is_empty() {
            name.to_owned()
        } else {
            format!("{place}.{name}")
        }
    };
    let (kind, required) = match kind.strip_suffix('!') {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    if value.is_null() {
        return if required {
            wrong("Expected value to not be null".to_owned())
        } else {
            Ok(())
        };
    }
    if let Some(inner) = kind
        .strip_prefix('[')
        .and_then(|kind| kind.strip_suffix(']'))
    {
        let Some(items) = value.as_array() else {
            return checked(inner, value, place); // one value stands for a list of it
        };
        for (index, item) in items.iter().enumerate() {
            checked(inner, item, &below(&index.to_string()))?;
        }
        return Ok(());
    }
    if let Some(known) = schema::input(kind) {
        let Some(members) = value.as_object() else {
            return wrong(format!("Expected an object for {kind}"));
        };
        for name in members.keys() {
            if !known.iter().any(|(known, _)| known == name) {
                return Err((below(name), format!("Field is not defined on {kind}")));
            }
        }
        for (name, kind) in known {
            let value = members.get(*name).unwrap_or(&Value::Null);
            checked(kind, value, &below(name))?;
        }
        return Ok(());
    }
    let text = value.as_str();
    let fits = match kind {
        "Boolean" => value.is_boolean(),
        "Int" => value
            .as_i64()
            .is_some_and(|number| i32::try_from(number).is_ok()),
        "GitObjectID" => {
            text.is_some_and(|text| text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        }
        "Base64String" => text.is_some_and(is_base64),
        "GitRefname" => text.is_some_and(|text| text.starts_with("refs/")),
        _ => text.is_some(),
    };
    if fits {
        return Ok(());
    }
    wrong(format!("Could not coerce value to {kind}"))
}
