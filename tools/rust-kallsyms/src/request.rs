// SPDX-License-Identifier: GPL-2.0

//! What is written to the module.

use crate::args::{
    FIND_KEYS,
    LIST_KEYS, //
};

/// A request: the live file that takes it, and its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub file: &'static str,
    pub text: String,
}

impl Request {
    pub fn new(file: &'static str, text: impl Into<String>) -> Self {
        Self {
            file,
            text: text.into(),
        }
    }

    /// What the words after `list` ask for. A word without a key is a glob for the name.
    pub fn list(choices: &[String]) -> Result<Self, String> {
        Ok(Self::new(
            "symbols",
            choose("list", &LIST_KEYS, "filter", choices)?,
        ))
    }

    /// What the words after `find` ask for.
    pub fn find(choices: &[String]) -> Result<Self, String> {
        Ok(Self::new(
            "functions",
            choose("find", &FIND_KEYS, "name", choices)?,
        ))
    }
}

fn choose(command: &str, keys: &[&str], plain: &str, choices: &[String]) -> Result<String, String> {
    let mut globs = Vec::new();
    let mut text = Vec::new();
    for choice in choices {
        match choice.split_once('=') {
            None => globs.push(choice.as_str()),
            Some((key, value)) if keys.contains(&key) => {
                text.push(format!("{key}={}", quote(value)))
            }
            Some((key, _)) => {
                let near = crate::nearest::nearest(key, keys.iter().copied());
                let meant = near.first().map(|near| format!("; did you mean {near}=?"));
                return Err(format!(
                    "{command} has no {key}=, but {}={}",
                    keys.join("=, "),
                    meant.unwrap_or_default()
                ));
            }
        }
    }
    if !globs.is_empty() {
        text.insert(0, format!("{plain}={}", globs.join(",")));
    }
    Ok(text.join(" "))
}

/// A value in quotes, if it has to be.
fn quote(value: &str) -> String {
    if !value.contains(char::is_whitespace) || value.starts_with(['\'', '"']) {
        return value.to_owned();
    }
    let quote = if value.contains('\'') { '"' } else { '\'' };
    format!("{quote}{value}{quote}")
}

/// The words of a line at the prompt, as a shell would have them. [`None`]: a quote is not closed.
pub fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The options before an expression at the prompt, and the expression as one word.
pub fn call_words(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some((word, more)) = rest.split_once(' ') {
        match word {
            "--json" | "-x" | "--hex" | "--no-pager" => parts.push(word.to_owned()),
            "-n" => {
                let (count, more) = more.trim_start().split_once(' ')?;
                parts.extend([word.to_owned(), count.to_owned()]);
                rest = more.trim_start();
                continue;
            }
            _ => break,
        }
        rest = more.trim_start();
    }
    for option in ["--json", "-x"] {
        if let Some(before) = rest
            .strip_suffix(option)
            .filter(|before| before.ends_with(' '))
        {
            parts.push(option.to_owned());
            rest = before.trim_end();
        }
    }
    parts.push(unquoted(rest).to_owned());
    Some(parts)
}

/// A type has spaces, and needs no quotes here.
pub fn describe_words(text: &str) -> Option<Vec<String>> {
    match text.contains(['\'', '"']) {
        true => words(text),
        false => Some(text.split_whitespace().map(str::to_owned).collect()),
    }
}

/// Who comes from a shell may write the quotes that are needed there.
fn unquoted(text: &str) -> &str {
    let inside = text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    inside.filter(|text| text.len() > 2).unwrap_or(text)
}
