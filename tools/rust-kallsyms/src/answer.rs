// SPDX-License-Identifier: GPL-2.0

//! The lines that the module answers with, as data.

use crate::{
    declaration::Prototype,
    value::Outcome, //
};

/// What a call or another single expression gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub outcome: Outcome,
    /// The type of the value, or the prototype of the function.
    pub ty: String,
    pub function: Option<Function>,
    pub nanoseconds: u64,
}

/// The function that was called, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub prototype: Prototype,
    pub module: String,
    pub size: u64,
}

impl Evaluation {
    /// Parses the three lines, which a warning may follow. [`None`]: a program has printed these.
    pub fn parse(lines: &[&str]) -> Option<Self> {
        let ([value, ty, time] | [value, ty, time, _]) = lines else {
            return None;
        };
        let nanoseconds = time.strip_suffix(" ns")?.parse().ok()?;
        let (ty, place) = match ty.rsplit_once("  [") {
            Some((ty, place)) => (ty, Some(place.strip_suffix(']')?)),
            None => (*ty, None),
        };
        let function = match place {
            None => None,
            Some(place) => {
                let (module, rest) = place.split_once(", ")?;
                let (_, size) = rest.rsplit_once(", ")?;
                let size = size.strip_suffix(" bytes")?;
                Some(Function {
                    prototype: Prototype::parse(ty)?,
                    module: module.to_owned(),
                    size: u64::from_str_radix(size.strip_prefix("0x")?, 16).ok()?,
                })
            }
        };
        let is_bytes = |name: &str| match &function {
            Some(function) => holds_bytes(&function.prototype, name),
            None => false,
        };
        Some(Self {
            outcome: Outcome::parse(value, is_bytes),
            ty: ty.to_owned(),
            nanoseconds,
            function,
        })
    }
}

impl Evaluation {
    /// The type of the value.
    pub fn value_type(&self) -> &str {
        match &self.function {
            Some(function) => &function.prototype.returns,
            None => &self.ty,
        }
    }
}

/// Whether what this parameter points to is shown as bytes.
fn holds_bytes(prototype: &Prototype, name: &str) -> bool {
    let parameter = prototype.parameter(name);
    parameter.is_some_and(|parameter| {
        let mut words = parameter.ty.rsplit([' ', '*', '[', ']']);
        let last = words.find(|word| !word.is_empty() && *word != "const");
        matches!(
            last,
            Some("void" | "u8" | "__u8" | "uint8_t" | "char" | "s8" | "__s8" | "int8_t")
        )
    })
}

/// A symbol, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Symbol {
    pub address: String,
    pub kind: String,
    pub name: String,
    pub module: String,
    pub size: u64,
    /// `section=.text stack=0 sympos=1`, or `offset=0x5`.
    pub keys: Vec<(String, String)>,
    pub prototype: Option<Prototype>,
    pub marks: Vec<String>,
}

impl Symbol {
    /// Parses `ADDRESS KIND NAME [MODULE] SIZE KEY=VALUE…  PROTOTYPE;  MARK, MARK…`.
    pub fn parse(line: &str) -> Option<Self> {
        let (symbol, about) = match line.split_once("  ") {
            Some((symbol, about)) => (symbol, Some(about)),
            None => (line, None),
        };
        let mut words = symbol.split(' ');
        let address = words.next()?;
        let kind = words.next()?;
        if address.len() != 16
            || !address.bytes().all(|byte| byte.is_ascii_hexdigit())
            || kind.len() != 1
        {
            return None;
        }
        let name = words.next()?.to_owned();
        let module = words.next()?.strip_prefix('[')?.strip_suffix(']')?;
        let size = words.next()?.strip_prefix("0x")?;
        let keys = words.map(|word| {
            let (key, value) = word.split_once('=')?;
            Some((key.to_owned(), value.to_owned()))
        });
        let (prototype, marks) = about.map(described).unwrap_or_default();
        Some(Self {
            address: format!("0x{address}"),
            kind: kind.to_owned(),
            name,
            module: module.to_owned(),
            size: u64::from_str_radix(size, 16).ok()?,
            keys: keys.collect::<Option<_>>()?,
            prototype,
            marks,
        })
    }
}

/// What a name of Rust code means.
pub fn demangled(name: &str) -> Option<String> {
    if !name.starts_with("_R") {
        return None;
    }
    let demangled = rustc_demangle::try_demangle(name).ok()?;
    Some(format!("{demangled:#}"))
}

/// A function that was found by its prototype.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub module: String,
    pub prototype: Prototype,
    pub marks: Vec<String>,
}

impl Found {
    /// Parses `MODULE  PROTOTYPE;  MARK, MARK…`.
    pub fn parse(line: &str) -> Option<Self> {
        let (module, about) = line.split_once("  ")?;
        let (prototype, marks) = described(about);
        Some(Self {
            module: module.to_owned(),
            prototype: prototype?,
            marks,
        })
    }
}

/// `PROTOTYPE;  MARK, MARK…`: each of them may be missing.
fn described(about: &str) -> (Option<Prototype>, Vec<String>) {
    let (prototype, marks) = match about.split_once(';') {
        Some((prototype, marks)) => (Prototype::parse(prototype), marks),
        None => (None, about),
    };
    let marks = crate::declaration::split(marks).filter(|mark| !mark.is_empty());
    (prototype, marks.map(str::to_owned).collect())
}

/// The numbers of a module's symbols, by the names in the first line.
pub fn counts<'a>(head: &'a str, line: &'a str) -> Option<(&'a str, Vec<(&'a str, u64)>)> {
    let mut words = line.split(' ');
    let module = words.next()?;
    let counts = head.split(' ').skip(1).zip(words);
    let counts = counts.map(|(name, count)| Some((name, count.parse().ok()?)));
    Some((module, counts.collect::<Option<_>>()?))
}

/// A module that came or went.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Change {
        what: String,
        module: String,
        symbols: u64,
    },
    Lost(u64),
}

impl Event {
    /// Parses `coming xfs symbols=23712` or `lost events=12`.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        match (words.next()?, words.next()?, words.next()) {
            ("lost", events, None) => {
                Some(Self::Lost(events.strip_prefix("events=")?.parse().ok()?))
            }
            (what, module, Some(symbols)) => Some(Self::Change {
                what: what.to_owned(),
                module: module.to_owned(),
                symbols: symbols.strip_prefix("symbols=")?.parse().ok()?,
            }),
            _ => None,
        }
    }
}

/// A call that still runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    pub function: String,
    pub seconds: u64,
    pub pid: u64,
    /// Whether somebody waits for it.
    pub state: String,
}

impl Running {
    /// Parses `msleep  3 s  pid 123  abandoned`.
    pub fn parse(line: &str) -> Option<Self> {
        let mut parts = line.splitn(4, "  ");
        Some(Self {
            function: parts.next()?.to_owned(),
            seconds: parts.next()?.strip_suffix(" s")?.parse().ok()?,
            pid: parts.next()?.strip_prefix("pid ")?.parse().ok()?,
            state: parts.next()?.to_owned(),
        })
    }
}
