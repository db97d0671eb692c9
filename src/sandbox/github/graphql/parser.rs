//! Documents: operations and fragments (GraphQL, October 2021 edition, section 2).

use std::collections::BTreeMap;

use super::fault::{Fault, Place};
use super::lexer::{Token, tokens};

/// A document.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) operations: Vec<Operation>,
    pub(super) fragments: BTreeMap<String, Fragment>,
}

/// An operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) is_mutation: bool,
    pub(super) name: Option<String>,
    pub(super) variables: Vec<Variable>,
    pub(super) selection: Vec<Selection>,
}

/// A variable that an operation declares.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    /// As written, without blanks: `[String!]!`.
    pub(super) kind: String,
    pub(super) default: Option<Input>,
    pub(super) place: Place,
}

/// A named fragment.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) on: String,
    pub(super) selection: Vec<Selection>,
    pub(super) place: Place,
}

/// What is selected.
#[derive(Debug)]
pub(super) enum Selection {
    Field(Field),
    /// `... on T { }`, or without a type.
    Inline(Option<String>, Vec<Selection>, Place),
    /// `...Name`
    Spread(String, Place),
}

/// A field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) alias: Option<String>,
    pub(super) name: String,
    pub(super) arguments: Vec<(String, Input)>,
    pub(super) directives: Vec<(String, Vec<(String, Input)>)>,
    pub(super) selection: Vec<Selection>,
    pub(super) place: Place,
}

impl Field {
    /// Its name in the answer.
    pub(super) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

/// A value as a document writes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Input {
    Variable(String),
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Flag(bool),
    Word(String),
    List(Vec<Input>),
    Object(Vec<(String, Input)>),
}

/// Deeper documents than this are refused.
const DEPTH: usize = 40;

pub(super) fn document(text: &str) -> Result<Document, Fault> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let mut document = Document::default();
    while reader.peek().is_some() {
        reader.definition(&mut document)?;
    }
    if document.operations.is_empty() {
        let place = Place { line: 1, column: 1 };
        return Err(Fault::parse("There is no operation".to_owned(), place));
    }
    Ok(document)
}

struct Reader {
    tokens: Vec<(Token, Place)>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn place(&self) -> Place {
        let here = self.tokens.get(self.at).or(self.tokens.last());
        here.map(|(_, place)| *place).unwrap_or_default()
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, mark: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Mark(found)) if *found == mark);
        self.at += usize::from(there);
        there
    }

    fn need(&mut self, mark: &str) -> Result<(), Fault> {
        if self.takes(mark) {
            return Ok(());
        }
        Err(self.unexpected(&format!("{mark:?}")))
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = self.peek().map_or_else(
            || "end of file".to_owned(),
            |token| match token {
                Token::Mark(mark) => format!("{mark:?}"),
                Token::Name(name) => format!("{name:?}"),
                Token::Int(number) => number.to_string(),
                Token::Float(number) => number.to_string(),
                Token::Text(_) => "a string".to_owned(),
            },
        );
        Fault::parse(format!("Expected {wanted}, actual: {found}"), self.place())
    }

    fn name(&mut self) -> Result<String, Fault> {
        if let Some(Token::Name(name)) = self.peek() {
            let name = name.clone();
            self.at += 1;
            return Ok(name);
        }
        Err(self.unexpected("a name"))
    }

    fn definition(&mut self, document: &mut Document) -> Result<(), Fault> {
        let place = self.place();
        if matches!(self.peek(), Some(Token::Mark("{"))) {
            document.operations.push(Operation {
                is_mutation: false,
                name: None,
                variables: Vec::new(),
                selection: self.selection()?,
            });
            return Ok(());
        }
        match self.name()?.as_str() {
            "fragment" => {
                let name = self.name()?;
                if self.name()? != "on" {
                    return Err(Fault::parse("Expected \"on\"".to_owned(), place));
                }
                let fragment = Fragment {
                    on: self.name()?,
                    selection: self.selection()?,
                    place,
                };
                document.fragments.insert(name, fragment);
            }
            kind @ ("query" | "mutation") => {
                let is_mutation = kind == "mutation";
                let named = matches!(self.peek(), Some(Token::Name(_)));
                document.operations.push(Operation {
                    is_mutation,
                    name: if named { Some(self.name()?) } else { None },
                    variables: self.variables()?,
                    selection: self.selection()?,
                });
            }
            other => {
                let message = format!("Expected a definition, actual: {other:?}");
                return Err(Fault::parse(message, place));
            }
        }
        Ok(())
    }

    fn variables(&mut self) -> Result<Vec<Variable>, Fault> {
        let mut variables = Vec::new();
        if !self.takes("(") {
            return Ok(variables);
        }
        while !self.takes(")") {
            let place = self.place();
            self.need("$")?;
            let name = self.name()?;
            self.need(":")?;
            let kind = self.kind()?;
            let default = if self.takes("=") {
                Some(self.input()?)
            } else {
                None
            };
            variables.push(Variable {
                name,
                kind,
                default,
                place,
            });
        }
        Ok(variables)
    }

    fn kind(&mut self) -> Result<String, Fault> {
        let mut kind = if self.takes("[") {
            let inner = self.kind()?;
            self.need("]")?;
            format!("[{inner}]")
        } else {
            self.name()?
        };
        if self.takes("!") {
            kind.push('!');
        }
        Ok(kind)
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::parse(
                "The document is too deep".to_owned(),
                self.place(),
            ));
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn selection(&mut self) -> Result<Vec<Selection>, Fault> {
        self.deeper(|reader| {
            reader.need("{")?;
            let mut selection = Vec::new();
            while !reader.takes("}") {
                selection.push(reader.selected()?);
            }
            if selection.is_empty() {
                return Err(Fault::parse(
                    "A selection is empty".to_owned(),
                    reader.place(),
                ));
            }
            Ok(selection)
        })
    }

    fn selected(&mut self) -> Result<Selection, Fault> {
        let place = self.place();
        if self.takes("...") {
            let mut on = None;
            if let Some(Token::Name(name)) = self.peek().cloned() {
                self.at += 1;
                if name != "on" {
                    return Ok(Selection::Spread(name, place));
                }
                on = Some(self.name()?);
            }
            return Ok(Selection::Inline(on, self.selection()?, place));
        }
        let first = self.name()?;
        let (alias, name) = if self.takes(":") {
            (Some(first), self.name()?)
        } else {
            (None, first)
        };
        let arguments = self.arguments()?;
        let mut directives = Vec::new();
        while self.takes("@") {
            directives.push((self.name()?, self.arguments()?));
        }
        let selection = if matches!(self.peek(), Some(Token::Mark("{"))) {
            self.selection()?
        } else {
            Vec::new()
        };
        Ok(Selection::Field(Field {
            alias,
            name,
            arguments,
            directives,
            selection,
            place,
        }))
    }

    fn arguments(&mut self) -> Result<Vec<(String, Input)>, Fault> {
        let mut arguments = Vec::new();
        if !self.takes("(") {
            return Ok(arguments);
        }
        while !self.takes(")") {
            let name = self.name()?;
            self.need(":")?;
            arguments.push((name, self.input()?));
        }
        Ok(arguments)
    }

    fn input(&mut self) -> Result<Input, Fault> {
        self.deeper(|reader| {
            if reader.takes("$") {
                return reader.name().map(Input::Variable);
            }
            if reader.takes("[") {
                let mut items = Vec::new();
                while !reader.takes("]") {
                    items.push(reader.input()?);
                }
                return Ok(Input::List(items));
            }
            if reader.takes("{") {
                let mut members = Vec::new();
                while !reader.takes("}") {
                    let name = reader.name()?;
                    reader.need(":")?;
                    members.push((name, reader.input()?));
                }
                return Ok(Input::Object(members));
            }
            let unexpected = reader.unexpected("a value");
            match reader.next() {
                Some(Token::Int(number)) => Ok(Input::Int(number)),
                Some(Token::Float(number)) => Ok(Input::Float(number)),
                Some(Token::Text(text)) => Ok(Input::Text(text)),
                Some(Token::Name(name)) => Ok(match name.as_str() {
                    "true" => Input::Flag(true),
                    "false" => Input::Flag(false),
                    "null" => Input::Null,
                    _ => Input::Word(name),
                }),
                Some(Token::Mark(_)) | None => Err(unexpected),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read() {
        let text = r#"
            # two operations and a fragment
            query Read($owner: String!, $n: Int = 3, $l: [ID!]!) {
              a: repository(owner: $owner, name: "x\u00e9\n") {
                ... on Repository { id } ...Head
                object(oid: "1", more: [1, -2.5, true, null, WORD, {k: "v"}]) { oid }
              }
            }
            fragment Head on Repository { ref(qualifiedName: """main""") { target { oid } } }
            mutation { x @include(if: true) }
        "#;
        let document = document(text).unwrap();
        assert_eq!(document.operations.len(), 2);
        let read = &document.operations[0];
        assert_eq!(read.name.as_deref(), Some("Read"));
        let kinds: Vec<_> = read.variables.iter().map(|v| v.kind.as_str()).collect();
        assert_eq!(kinds, ["String!", "Int", "[ID!]!"]);
        let Selection::Field(field) = &read.selection[0] else {
            panic!("not a field")
        };
        assert_eq!((field.key(), field.name.as_str()), ("a", "repository"));
        assert!(matches!(&field.arguments[1].1, Input::Text(text) if text == "xé\n"));
        assert_eq!(document.fragments["Head"].on, "Repository");
        assert!(document.operations[1].is_mutation);
    }

    #[test]
    fn what_is_not_graphql_is_refused_with_its_place() {
        for (bad, line) in [
            ("", 1),
            ("{", 1),
            ("{ }", 1),
            ("query\n{ a(b: ) }", 2),
            ("{ a(b: 01) }", 1),
            ("{ a(b: \"x) }", 1),
            ("{ a ? }", 1),
            ("subscription { a }", 1),
        ] {
            let fault = document(bad).unwrap_err();
            assert_eq!(fault.place.unwrap().line, line, "{bad}");
        }
        let deep = "{a".repeat(100) + &"}".repeat(100);
        assert!(document(&deep).is_err());
    }
}
