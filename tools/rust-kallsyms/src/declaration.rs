// SPDX-License-Identifier: GPL-2.0

//! C's declarations, as far as the module prints them: `const char *name`,
//! `int f(struct pid *pid, ...)`.

use crate::value::is_name;
use std::fmt;

/// A name and its type. What has no name, such as a parameter of a pointer to a function, is a type
/// alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    pub ty: String,
    pub name: String,
}

/// A function with its parameters; the last of them has the type `...` if there can be more.
#[derive(Clone, Debug, PartialEq)]
pub struct Prototype {
    pub name: String,
    pub returns: String,
    pub parameters: Vec<Declaration>,
}

/// The words that are a part of a type and no name.
const KEYWORDS: [&str; 17] = [
    "const", "volatile", "restrict", "struct", "union", "enum", "void", "char", "short", "int",
    "long", "signed", "unsigned", "bool", "_Bool", "float", "double",
];

impl Declaration {
    /// Parses `const char *name`, `int (*f)(void)`, `struct upid numbers[1]`.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let (from, to) = name_of(text).unwrap_or((text.len(), text.len()));
        let (before, after) = (&text[..from], &text[to..]);
        // Between the words of a type and what comes after the name stands no space.
        let ty = match before.ends_with("(*") {
            true => format!("{before}{after}"),
            false => format!("{}{after}", before.trim_end()),
        };
        Self {
            ty,
            name: text[from..to].to_owned(),
        }
    }
}

impl Prototype {
    /// Parses `struct pid *find_vpid(int nr)`. [`None`]: it is another type.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(';');
        let (from, to) = name_of(text)?;
        let list = text.get(to..)?.strip_prefix('(')?;
        let (list, after) = list.split_at(closing(list)?);
        let returns = format!("{}{}", text[..from].trim_end(), &after[1..]);
        let parameters = match list.trim() {
            "" | "void" => Vec::new(),
            list => split(list).map(Declaration::parse).collect(),
        };
        Some(Self {
            name: text[from..to].to_owned(),
            returns,
            parameters,
        })
    }

    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Declaration> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
    }
}

/// Where the declared name is.
fn name_of(text: &str) -> Option<(usize, usize)> {
    // `int (*name)(void)`: the name stands within, unless the first parenthesis begins a function's
    // parameters.
    let open = text.find('(').unwrap_or(text.len());
    if text[open..].starts_with("(*") && (open == 0 || text[..open].ends_with(' ')) {
        let start = open + 1 + text[open + 1..].find(|c| !matches!(c, '*' | ' '))?;
        let end = start + name_length(&text[start..]);
        return (end > start).then_some((start, end));
    }
    let end = text.find(['(', '[', ':']).unwrap_or(text.len());
    let head = text[..end].trim_end();
    if !is_named(head) {
        return None;
    }
    Some((head.len() - trailing_name(head).len(), head.len()))
}

/// Whether the last word of it can be a name, since there is a type before it.
fn is_named(head: &str) -> bool {
    let name = trailing_name(head);
    let before = head[..head.len() - name.len()].trim_end();
    let is_type = |word: &str| !matches!(word, "const" | "volatile");
    is_name(name.split('.').next().unwrap_or_default())
        && !KEYWORDS.contains(&name)
        && !before.is_empty()
        && !matches!(before.rsplit(' ').next(), Some("struct" | "union" | "enum"))
        && before
            .split([' ', '*'])
            .any(|word| !word.is_empty() && is_type(word))
}

fn trailing_name(text: &str) -> &str {
    let is = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
    &text[text.trim_end_matches(is).len()..]
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

/// Where the parenthesis is closed that was opened before `text`.
pub fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// The parts of a list, which are separated by commas that stand in no brackets.
pub fn split(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    list.split(move |c| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
}

impl fmt::Display for Declaration {
    /// As C declares it: the name may stand within the type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ty, name } = self;
        let at = match ty.find("(*") {
            Some(star) => star + 1 + ty[star + 1..].find(|c| c != '*').unwrap_or(0),
            None => ty.find('[').unwrap_or(ty.len()),
        };
        let (before, after) = ty.split_at(at);
        let space = match name.is_empty() || before.ends_with(['*', ' ']) {
            true => "",
            false => " ",
        };
        write!(f, "{before}{space}{name}{after}")
    }
}

impl fmt::Display for Prototype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = self
            .parameters
            .iter()
            .map(Declaration::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        if list.is_empty() {
            list = "void".to_owned();
        }
        let called = Declaration {
            ty: self.returns.clone(),
            name: format!("{}({list})", self.name),
        };
        called.fmt(f)
    }
}
