// SPDX-License-Identifier: GPL-2.0

//! The values that the module prints: parsed, and printed again.
//!
//! The parser takes whatever it does not know as [`Value::Word`], so that nothing is lost: the text
//! of a parsed line is the line.

use std::fmt;

/// A value as the module shows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number with its digits, and the error's name if it is one: `12`, `-22 (-EINVAL)`.
    Number(String, Option<String>),
    /// A constant of an enumeration, and its number if that stands beside it: `PIDTYPE_TGID (1)`.
    Constant(String, Option<String>),
    /// `0xffff888003a5c000`, with its type in an object, and with the symbol if it points into
    /// code.
    Pointer {
        ty: Option<String>,
        address: String,
        symbol: Option<String>,
    },
    /// `ERR_PTR(-22) (-EINVAL)`.
    Error(String, Option<String>),
    /// A string with its escapes as they were printed, and whether the module has cut it.
    Text(String, bool),
    /// Bytes: `ba7816bf 8f01cfea`.
    Bytes(String),
    /// `{ 1, 2 }`.
    List(Vec<Value>),
    /// `{ .a = 1, { .b = 2 } }`.
    Members(Vec<Member>),
    /// `(struct pid){ … }`.
    Typed(String, Box<Value>),
    /// `void`, `NULL`, `true`, `false`, `?`, `<fault>`, `...`, and what the parser does not know.
    Word(String),
}

/// A member of a structure or union; one without a tag has no name.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: Option<String>,
    pub value: Value,
}

/// What the first line of a call's answer has: the value, and what is in the temporaries.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub value: Value,
    pub out: Vec<(String, Value)>,
}

/// In the place of a value that holds addresses.
pub const HIDDEN: &str = "(it may hold addresses, which you may not see)";

impl Outcome {
    /// Parses a line. `is_bytes` says whether the temporary of this name has bytes, which can look
    /// like a number.
    pub fn parse(line: &str, is_bytes: impl Fn(&str) -> bool) -> Self {
        let unknown = || Self {
            value: Value::Word(line.to_owned()),
            out: Vec::new(),
        };
        let mut parser = Parser { rest: line };
        let Some(value) = parser.value(false) else {
            return unknown();
        };
        let mut out = Vec::new();
        while parser.eat(", ") {
            let Some((name, rest)) = parser.rest.split_once(" = ") else {
                return unknown();
            };
            parser.rest = rest;
            match parser.value(is_bytes(name)) {
                Some(value) => out.push((name.to_owned(), value)),
                None => return unknown(),
            }
        }
        let outcome = Self { value, out };
        // What was left out, or stands otherwise, would be lost.
        if outcome.to_string() == line {
            outcome
        } else {
            unknown()
        }
    }
}

impl Value {
    /// Parses a whole text.
    pub fn parse(text: &str) -> Self {
        let mut parser = Parser { rest: text };
        match parser.value(false) {
            Some(value) if parser.rest.is_empty() && value.to_string() == text => value,
            _ => Self::Word(text.to_owned()),
        }
    }

    /// The text without its escapes.
    pub fn unescape(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte != b'\\' {
                bytes.push(byte);
                continue;
            }
            match rest.next() {
                Some(b'n') => bytes.push(b'\n'),
                Some(b't') => bytes.push(b'\t'),
                Some(b'r') => bytes.push(b'\r'),
                Some(b'x') => {
                    let digits: String = rest.by_ref().take(2).map(char::from).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
                }
                Some(digit @ b'0'..=b'7') => {
                    let mut ahead = rest.clone();
                    let mut code = u32::from(digit - b'0');
                    for _ in 0..2 {
                        match ahead.next() {
                            Some(digit @ b'0'..=b'7') => {
                                code = code * 8 + u32::from(digit - b'0');
                                rest.next();
                            }
                            _ => break,
                        }
                    }
                    bytes.push(code as u8);
                }
                Some(other) => bytes.push(other),
                None => {}
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Goes along a text.
struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The characters up to the first that is not one of these.
    fn take(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// What stands in the parentheses that begin here.
    fn parenthesised(&mut self) -> Option<&'a str> {
        let mut depth = 0;
        for (at, c) in self.rest.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inside = self.rest.get(1..at)?;
                self.rest = self.rest.get(at + 1..)?;
                return Some(inside);
            }
        }
        None
    }

    /// ` (NOTE)`, if the note is one of these.
    fn note(&mut self, is: impl Fn(&str) -> bool) -> Option<String> {
        let (note, rest) = self.rest.strip_prefix(" (")?.split_once(')')?;
        is(note).then(|| {
            self.rest = rest;
            note.to_owned()
        })
    }

    fn value(&mut self, bytes: bool) -> Option<Value> {
        if self.eat(HIDDEN) {
            return Some(Value::Word(HIDDEN.to_owned()));
        }
        match self.rest.chars().next()? {
            '{' => self.braces(),
            '(' => {
                let ty = self.parenthesised()?.to_owned();
                Some(match self.value(false)? {
                    Value::Pointer {
                        ty: None,
                        address,
                        symbol,
                    } => Value::Pointer {
                        ty: Some(ty),
                        address,
                        symbol,
                    },
                    value => Value::Typed(ty, Box::new(value)),
                })
            }
            '"' => self.text(),
            '<' => {
                let end = self.rest.find('>')?;
                let (word, rest) = self.rest.split_at(end + 1);
                self.rest = rest;
                Some(Value::Word(word.to_owned()))
            }
            _ => self.word(bytes),
        }
    }

    fn braces(&mut self) -> Option<Value> {
        self.eat("{");
        let mut members = Vec::new();
        if !self.eat("}") {
            loop {
                self.eat(" ").then_some(())?;
                let name = match self.rest.strip_prefix('.') {
                    Some(rest) if !rest.starts_with('.') => {
                        let (name, rest) = rest.split_once(" = ")?;
                        self.rest = rest;
                        Some(name.to_owned())
                    }
                    _ => None,
                };
                let value = self.value(false)?;
                members.push(Member { name, value });
                if self.eat(" }") {
                    break;
                }
                self.eat(",").then_some(())?;
            }
        }
        Some(if members.iter().any(|member| member.name.is_some()) {
            Value::Members(members)
        } else {
            Value::List(members.into_iter().map(|member| member.value).collect())
        })
    }

    fn text(&mut self) -> Option<Value> {
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let (end, _) = end?;
        let text = self.rest.get(1..end)?.to_owned();
        self.rest = self.rest.get(end + 1..)?;
        Some(Value::Text(text, self.eat("...")))
    }

    fn word(&mut self, bytes: bool) -> Option<Value> {
        if self.eat("ERR_PTR(") {
            let (number, rest) = self.rest.split_once(')')?;
            self.rest = rest;
            let name = self.note(is_errno);
            return Some(Value::Error(number.to_owned(), name));
        }
        let word = self.take(|c| !matches!(c, ' ' | ',' | '}' | ')'));
        if word.is_empty() {
            return None;
        }
        if is_group(word) && (bytes || self.goes_on_with_bytes() || !is_number(word)) {
            return Some(self.bytes(word));
        }
        if is_number(word) {
            if word.starts_with("0x") {
                let symbol = self.symbol();
                return Some(Value::Pointer {
                    ty: None,
                    address: word.to_owned(),
                    symbol,
                });
            }
            let name = self.note(is_errno);
            return Some(Value::Number(word.to_owned(), name));
        }
        if is_name(word) && !matches!(word, "void" | "true" | "false" | "NULL") {
            let number = self.note(is_number);
            return Some(Value::Constant(word.to_owned(), number));
        }
        Some(Value::Word(word.to_owned()))
    }

    /// ` <vfs_read+0x10>` after an address.
    fn symbol(&mut self) -> Option<String> {
        let (symbol, rest) = self.rest.strip_prefix(" <")?.split_once('>')?;
        self.rest = rest;
        Some(symbol.to_owned())
    }

    /// Whether another group of bytes comes after one.
    fn goes_on_with_bytes(&self) -> bool {
        let next = self.rest.strip_prefix(' ').unwrap_or_default();
        is_group(next.split([' ', ',']).next().unwrap_or_default())
    }

    fn bytes(&mut self, first: &str) -> Value {
        let mut bytes = first.to_owned();
        while self.goes_on_with_bytes() {
            self.eat(" ");
            bytes.push(' ');
            bytes.push_str(self.take(|c| c.is_ascii_hexdigit()));
        }
        Value::Bytes(bytes)
    }
}

/// One to four bytes, as the module groups them.
fn is_group(word: &str) -> bool {
    let digits = word
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digits && matches!(word.len(), 2 | 4 | 6 | 8)
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    match digits.strip_prefix("0x") {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => {
            (digits == "0" || !digits.starts_with('0'))
                && !digits.is_empty()
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

fn is_errno(word: &str) -> bool {
    word.strip_prefix("-E")
        .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Whether C takes it for a name.
pub fn is_name(word: &str) -> bool {
    !word.starts_with(|c: char| c.is_ascii_digit())
        && !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)?;
        self.out
            .iter()
            .try_for_each(|(name, value)| write!(f, ", {name} = {value}"))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let note = |f: &mut fmt::Formatter<'_>, note: &Option<String>| match note {
            Some(note) => write!(f, " ({note})"),
            None => Ok(()),
        };
        match self {
            Self::Number(text, name) | Self::Constant(text, name) => {
                f.write_str(text)?;
                note(f, name)
            }
            Self::Pointer {
                ty,
                address,
                symbol,
            } => {
                if let Some(ty) = ty {
                    write!(f, "({ty})")?;
                }
                f.write_str(address)?;
                match symbol {
                    Some(symbol) => write!(f, " <{symbol}>"),
                    None => Ok(()),
                }
            }
            Self::Error(number, name) => {
                write!(f, "ERR_PTR({number})")?;
                note(f, name)
            }
            Self::Text(text, cut) => write!(f, "\"{text}\"{}", if *cut { "..." } else { "" }),
            Self::Bytes(text) | Self::Word(text) => f.write_str(text),
            Self::List(values) => braces(f, values.iter().map(|value| (None, value))),
            Self::Members(members) => {
                let members = members.iter();
                braces(
                    f,
                    members.map(|member| (member.name.as_deref(), &member.value)),
                )
            }
            Self::Typed(ty, value) => write!(f, "({ty}){value}"),
        }
    }
}

fn braces<'a>(
    f: &mut fmt::Formatter<'_>,
    members: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
) -> fmt::Result {
    f.write_str("{")?;
    let mut empty = true;
    for (name, value) in members {
        f.write_str(if empty { " " } else { ", " })?;
        empty = false;
        if let Some(name) = name {
            write!(f, ".{name} = ")?;
        }
        write!(f, "{value}")?;
    }
    f.write_str(if empty { "}" } else { " }" })
}
