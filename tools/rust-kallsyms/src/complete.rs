// SPDX-License-Identifier: GPL-2.0

//! What Tab completes, and the type of what stands before it. All that is known of the kernel comes
//! from [`Knowledge`].

use crate::{
    args::{
        FIND_KEYS,
        KINDS,
        LIST_KEYS, //
    },
    declaration::{
        closing,
        Prototype, //
    },
    types::Type,
    value::is_name, //
};

/// The words that a line can begin with.
pub const COMMANDS: [&str; 8] = [
    "call", "describe", "list", "find", "modules", "watch", "calls", "help",
];

/// What the kernel has.
pub trait Knowledge {
    /// Functions, variables and constants that begin with this.
    fn names(&self, prefix: &str) -> Vec<String>;
    /// The names after `struct`, `union` or `enum`.
    fn tags(&self, keyword: &str, prefix: &str) -> Vec<String>;
    fn modules(&self, prefix: &str) -> Vec<String>;
    fn ty(&self, name: &str) -> Option<Type>;
    fn prototype(&self, function: &str) -> Option<Prototype>;
    /// The type of a variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// The type of an earlier value.
    fn earlier(&self, number: Option<usize>) -> Option<String>;
}

/// Where the word begins that is completed, and what it can become.
pub type Candidates = (usize, Vec<String>);

/// Completes the end of a line.
pub fn line(line: &str, known: &dyn Knowledge) -> Candidates {
    let start = line.len() - line.trim_start().len();
    let Some((command, rest)) = line[start..].split_once(' ') else {
        // A command, or the beginning of an expression.
        let (at, mut found) = expression(line, known);
        let word = &line[start..];
        let commands = COMMANDS.iter().filter(|command| command.starts_with(word));
        if at == start {
            found.splice(0..0, commands.map(|command| format!("{command} ")));
        }
        return (at, found);
    };
    let offset = line.len() - rest.len();
    let (at, found) = match command {
        "list" => choices(rest, &LIST_KEYS, known),
        "find" => choices(rest, &FIND_KEYS, known),
        "help" => command_name(rest),
        "modules" | "watch" | "calls" => (rest.len(), Vec::new()),
        "call" => expression(rest, known),
        "describe" => described(rest, known),
        _ => return expression(line, known),
    };
    (offset + at, found)
}

/// Completes a line of a shell, after the program's name. Its first word is a command; an
/// expression comes after `call`, unlike in the prompt.
pub fn shell_line(text: &str, known: &dyn Knowledge) -> Candidates {
    match text.trim_start().contains(' ') {
        true => line(text, known),
        false => command_name(text),
    }
}

fn command_name(text: &str) -> Candidates {
    word(text, COMMANDS.iter().map(|command| (*command).to_owned()))
}

/// Those of some words that the last word can become.
fn word(text: &str, words: impl Iterator<Item = String>) -> Candidates {
    let start = text.rfind(' ').map_or(0, |at| at + 1);
    let prefix = &text[start..];
    (
        start,
        words.filter(|word| word.starts_with(prefix)).collect(),
    )
}

/// `key=value`.
fn choices(text: &str, keys: &[&str], known: &dyn Knowledge) -> Candidates {
    let is_key = |key: &str| keys.contains(&key);
    let Some((before, value)) = text.rsplit_once('=') else {
        return word(text, keys.iter().map(|key| format!("{key}=")));
    };
    let key = before.rsplit(' ').next().unwrap_or_default();
    // A type goes on after a space, if it stands in quotes that are still open.
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let quoted = quote.is_some_and(|quote| !value[1..].contains(quote));
    if !is_key(key) || (!quoted && value.contains(' ')) {
        return word(text, keys.iter().map(|key| format!("{key}=")));
    }
    let value_start = text.len() - value.len();
    let start = match value.rfind([',', '\'', '"']) {
        Some(at) => value_start + at + 1,
        None => value_start,
    };
    let prefix = &text[start..];
    match key {
        "module" => (start, known.modules(prefix)),
        "kind" => {
            let kinds = KINDS.iter().filter(|kind| kind.starts_with(prefix));
            (start, kinds.map(|kind| (*kind).to_owned()).collect())
        }
        "filter" | "name" if !prefix.is_empty() => (start, known.names(prefix)),
        "returns" | "takes" => {
            let (at, found) = types(prefix, known);
            (start + at, found)
        }
        _ => (text.len(), Vec::new()),
    }
}

/// A name, or a type and the way to a member of it.
fn described(text: &str, known: &dyn Knowledge) -> Candidates {
    let is_type = ["struct ", "union ", "enum "]
        .iter()
        .any(|keyword| text.starts_with(keyword));
    match text.rfind(['.', '>']) {
        Some(at) if is_type => {
            let before = text[..at].trim_end_matches('-');
            let end = before.find(['.', '-', '[']).unwrap_or(before.len());
            let mut ty = steps(before[..end].trim_end().to_owned(), &before[end..], known);
            if text[at..].starts_with('>') {
                ty = ty.and_then(|ty| pointee(&ty, known));
            }
            (
                at + 1,
                ty.map(|ty| members(&ty, &text[at + 1..], known))
                    .unwrap_or_default(),
            )
        }
        _ if is_type => types(text, known),
        _ => name(text, 0, known),
    }
}

/// `struct NAME`.
fn types(text: &str, known: &dyn Knowledge) -> Candidates {
    let start = text.trim_end_matches(is_part_of_name).len();
    let (before, prefix) = text.split_at(start);
    match last_name(before.trim_end()) {
        keyword @ ("struct" | "union" | "enum") => (start, known.tags(keyword, prefix)),
        _ => {
            let keywords = ["struct ", "union ", "enum "].iter();
            let found = keywords.filter(|keyword| keyword.starts_with(prefix));
            (start, found.map(|keyword| (*keyword).to_owned()).collect())
        }
    }
}

fn is_part_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The name at the end of a text; empty if there is none.
fn last_name(text: &str) -> &str {
    &text[text.trim_end_matches(is_part_of_name).len()..]
}

fn name(text: &str, start: usize, known: &dyn Knowledge) -> Candidates {
    let prefix = &text[start..];
    match prefix.is_empty() {
        true => (start, Vec::new()),
        false => (start, known.names(prefix)),
    }
}

/// Completes the end of an expression.
pub fn expression(text: &str, known: &dyn Knowledge) -> Candidates {
    if in_string(text) {
        return (text.len(), Vec::new());
    }
    let start = text.trim_end_matches(is_part_of_name).len();
    let (before, prefix) = text.split_at(start);
    // Not the digits of `0x10`, nor what comes after `$`.
    if prefix.starts_with(|c: char| c.is_ascii_digit()) || before.ends_with('$') {
        return (text.len(), Vec::new());
    }
    if let Some(object) = before.strip_suffix("->") {
        let ty = postfix(object, known).and_then(|ty| pointee(&ty, known));
        return (
            start,
            ty.map(|ty| members(&ty, prefix, known)).unwrap_or_default(),
        );
    }
    if let Some(object) = before.strip_suffix('.') {
        let object = object.trim_end();
        // In braces it is a member of what the braces make, which is the parameter's type.
        let ty = match object.ends_with(['{', ',']) {
            true => braces(object, known),
            false => postfix(object, known),
        };
        return (
            start,
            ty.map(|ty| members(&ty, prefix, known)).unwrap_or_default(),
        );
    }
    match last_name(before.trim_end()) {
        keyword @ ("struct" | "union" | "enum") if before.ends_with(' ') => {
            (start, known.tags(keyword, prefix))
        }
        _ => name(text, start, known),
    }
}

/// The members of a type that begin with `prefix`.
fn members(ty: &str, prefix: &str, known: &dyn Knowledge) -> Vec<String> {
    let Some(ty) = whole(ty, known) else {
        return Vec::new();
    };
    let names = ty
        .members()
        .into_iter()
        .map(|member| member.declaration.name.clone());
    names.filter(|name| name.starts_with(prefix)).collect()
}

/// What a type consists of, through typedefs.
fn whole(ty: &str, known: &dyn Knowledge) -> Option<Type> {
    let mut name = plain(ty).to_owned();
    for _ in 0..8 {
        match known.ty(&name)? {
            Type::Plain {
                declaration,
                typedef: true,
                ..
            } => name = plain(&declaration.ty).to_owned(),
            other => return Some(other),
        }
    }
    None
}

/// A type without qualifiers.
fn plain(ty: &str) -> &str {
    let mut ty = ty.trim();
    for word in ["const ", "volatile "] {
        ty = ty.strip_prefix(word).unwrap_or(ty);
    }
    ty
}

/// What a pointer of this type leads to, or an array consists of.
fn pointee(ty: &str, known: &dyn Knowledge) -> Option<String> {
    let ty = plain(ty);
    if ty.ends_with(']') {
        return element(ty);
    }
    let bare = ty.strip_suffix("const").unwrap_or(ty).trim_end();
    match bare.strip_suffix('*') {
        Some(ty) => Some(ty.trim_end().to_owned()),
        // A typedef of a pointer.
        None => match known.ty(bare)? {
            Type::Plain {
                declaration,
                typedef: true,
                ..
            } => pointee(&declaration.ty, known),
            _ => None,
        },
    }
}

/// The type of an array's elements.
fn element(ty: &str) -> Option<String> {
    let (before, rest) = ty.split_once('[')?;
    let (_, after) = rest.split_once(']')?;
    Some(format!("{}{after}", before.trim_end()))
}

/// The type of the chain of calls, members and elements at the end of a text.
pub fn postfix(text: &str, known: &dyn Knowledge) -> Option<String> {
    let text = text.trim_end();
    if text.ends_with(']') {
        let ty = postfix(&text[..opening(text)?], known)?;
        return element(&ty).or_else(|| pointee(&ty, known));
    }
    if text.ends_with(')') {
        let open = opening(text)?;
        let before = text[..open].trim_end();
        let inside = &text[open + 1..text.len() - 1];
        return match last_name(before) {
            "" => whole_expression(inside, known),
            "per_cpu" => known.variable(inside.split(',').next()?.trim()),
            "per_cpu_ptr" => whole_expression(inside.split(',').next()?, known),
            "container_of" => {
                let ty = inside.split(',').nth(1)?;
                Some(format!("{} *", ty.trim()))
            }
            function => Some(known.prototype(function)?.returns),
        };
    }
    let name = last_name(text);
    let before = text[..text.len() - name.len()].trim_end();
    if before.ends_with('$') {
        return match name {
            "" => known.earlier(None),
            digits => known.earlier(Some(digits.parse().ok()?)),
        };
    }
    if !is_name(name) {
        return None;
    }
    let object = match (before.strip_suffix("->"), before.strip_suffix('.')) {
        (Some(object), _) => pointee(&postfix(object, known)?, known)?,
        (None, Some(object)) => postfix(object, known)?,
        (None, None) if name == "current" => return Some("struct task_struct *".to_owned()),
        (None, None) => return local(before, name).or_else(|| known.variable(name)),
    };
    member(&object, name, known)
}

/// The type of a member of a type.
fn member(ty: &str, name: &str, known: &dyn Knowledge) -> Option<String> {
    let whole = whole(ty, known)?;
    let members = whole.members();
    let found = members
        .iter()
        .find(|member| member.declaration.name == name)?;
    Some(found.declaration.ty.clone())
}

/// The type at the end of a way such as `.mm->owner[3]`, from a type on.
fn steps(ty: String, way: &str, known: &dyn Knowledge) -> Option<String> {
    let mut ty = ty;
    let mut way = way;
    while !way.is_empty() {
        if let Some(rest) = way.strip_prefix('[') {
            ty = element(&ty)?;
            way = rest.split_once(']')?.1;
            continue;
        }
        let rest = match way.strip_prefix("->") {
            Some(rest) => {
                ty = pointee(&ty, known)?;
                rest
            }
            None => way.strip_prefix('.')?,
        };
        let end = rest.find(['.', '-', '[']).unwrap_or(rest.len());
        ty = member(&ty, &rest[..end], known)?;
        way = &rest[end..];
    }
    Some(ty)
}

/// The type of what stands in parentheses.
fn whole_expression(text: &str, known: &dyn Knowledge) -> Option<String> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('&') {
        return Some(format!("{} *", whole_expression(rest, known)?));
    }
    if let Some(rest) = text.strip_prefix('*') {
        return pointee(&whole_expression(rest, known)?, known);
    }
    if let Some(rest) = text.strip_prefix("unsafe ") {
        return whole_expression(rest, known);
    }
    if let Some(rest) = text.strip_prefix('(') {
        let close = closing(rest)?;
        let (inside, after) = (&rest[..close], rest[close + 1..].trim_start());
        let operand = after.starts_with(|c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '_' | '(' | '&' | '*' | '$')
        });
        if operand
            && inside
                .ends_with(|c: char| c == '*' || c == ' ' || c.is_ascii_alphanumeric() || c == '_')
        {
            return Some(inside.trim().to_owned());
        }
    }
    postfix(text, known)
}

/// The type of the parameter whose value is written in the braces that are open at the end of a
/// text.
fn braces(text: &str, known: &dyn Knowledge) -> Option<String> {
    let open = open_brackets(text);
    let (brace, '{') = *open.last()? else {
        return None;
    };
    let (list, '(') = *open.get(open.len().checked_sub(2)?)? else {
        // Within other braces it is a member.
        let outer = text[..brace].trim_end().strip_suffix('=')?.trim_end();
        let start = outer.rfind('.')?;
        let ty = braces(outer[..start].trim_end(), known)?;
        return member(&ty, &outer[start + 1..], known);
    };
    let (prototype, index) = parameter(text, list, brace, known)?;
    pointee(&prototype.parameters.get(index)?.ty, known)
        .or_else(|| Some(prototype.parameters[index].ty.clone()))
}

/// The function whose list of arguments begins at `list`, and which of them `end` is in.
fn parameter(
    text: &str,
    list: usize,
    end: usize,
    known: &dyn Knowledge,
) -> Option<(Prototype, usize)> {
    let function = last_name(text[..list].trim_end());
    let prototype = known.prototype(Some(function).filter(|name| is_name(name))?)?;
    Some((
        prototype,
        crate::declaration::split(&text[list + 1..end]).count() - 1,
    ))
}

/// The prototype to show at the end of a text: of the function whose argument is written there, and
/// its number.
pub fn hint(text: &str, known: &dyn Knowledge) -> Option<(Prototype, usize)> {
    if in_string(text) {
        return None;
    }
    let open = open_brackets(text);
    let (list, _) = open.iter().rev().find(|(_, c)| *c == '(')?;
    parameter(text, *list, text.len(), known)
}

/// A declaration of a local in the text before: `struct pid *name`.
fn local(text: &str, name: &str) -> Option<String> {
    text.match_indices(name).find_map(|(at, _)| {
        let before = text[..at].trim_end_matches([' ', '*']);
        let stars = &text[before.len()..at];
        let tag = last_name(before);
        let head = before[..before.len() - tag.len()].trim_end();
        let keyword = ["struct", "union"]
            .into_iter()
            .find(|keyword| head.ends_with(keyword))?;
        let whole_word = !text[at + name.len()..].starts_with(is_part_of_name);
        (whole_word && !stars.is_empty()).then(|| {
            format!("{keyword} {tag} {}", stars.replace(' ', ""))
                .trim()
                .to_owned()
        })
    })
}

/// Where the bracket is that the one at the end of `text` closes.
fn opening(text: &str) -> Option<usize> {
    open_brackets(&text[..text.len() - 1])
        .last()
        .map(|(at, _)| *at)
}

/// The brackets that are open at the end of a text, with their places.
pub fn open_brackets(text: &str) -> Vec<(usize, char)> {
    let mut open = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '(' | '[' | '{' => open.push((at, c)),
            ')' | ']' | '}' => {
                open.pop();
            }
            '"' | '\'' => skip_quoted(&mut chars, c),
            '/' if chars.peek().is_some_and(|(_, c)| *c == '/') => {
                chars.by_ref().find(|(_, c)| *c == '\n');
            }
            _ => {}
        }
    }
    open
}

fn skip_quoted(chars: &mut impl Iterator<Item = (usize, char)>, quote: char) {
    while let Some((_, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            c if c == quote => return,
            _ => {}
        }
    }
}

/// Whether a text ends within a string.
fn in_string(text: &str) -> bool {
    let mut inside = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' => inside = !inside,
            _ => {}
        }
    }
    inside
}
