// SPDX-License-Identifier: GPL-2.0

//! Values laid out in lines for a reader.

use crate::{
    paint::{
        Painter,
        Style, //
    },
    value::{
        Member,
        Outcome,
        Value, //
    }, //
};

/// How far what is in braces is moved to the right.
const INDENT: usize = 4;

/// How values are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    pub painter: Painter,
    /// How many columns there are; without it, all is one line, and nothing is folded.
    pub width: Option<usize>,
}

impl Layout {
    /// A value and what is in the temporaries, in one or more lines, of which the last does not
    /// end.
    pub fn outcome(self, outcome: &Outcome) -> String {
        let mut text = String::new();
        self.value(&outcome.value, 0, 0, &mut text);
        for (name, value) in &outcome.out {
            let whole = outcome.to_string().chars().count();
            let fits = self.width.is_none_or(|width| whole <= width);
            text.push_str(if fits { ", " } else { ",\n" });
            text.push_str(&self.painter.paint(Style::Name, name));
            text.push_str(" = ");
            self.value(value, 0, name.len() + 3, &mut text);
        }
        text
    }

    /// Adds a value that begins in `column`; what is in its braces is indented further than
    /// `indent`.
    fn value(self, value: &Value, indent: usize, column: usize, text: &mut String) {
        let fits = |value: &Value| match self.width {
            Some(width) => column + value.to_string().chars().count() < width,
            None => true,
        };
        match value {
            Value::Typed(ty, value) => {
                text.push_str(&self.painter.paint(Style::Faint, &format!("({ty})")));
                self.value(value, indent, column + ty.len() + 2, text);
            }
            Value::Members(members) if !fits(value) => {
                let shown = members.iter().filter(|member| !is_zero(&member.value));
                let lines = shown.map(|member| (member.name.as_deref(), &member.value));
                let lines: Vec<_> = lines.collect();
                let folded = members.len() - lines.len();
                self.lines(&lines, folded, "zero", indent, text);
            }
            Value::List(values) if !fits(value) => {
                let end = values.len()
                    - values
                        .iter()
                        .rev()
                        .take_while(|value| is_zero(value))
                        .count();
                let lines: Vec<_> = values[..end].iter().map(|value| (None, value)).collect();
                self.lines(&lines, values.len() - end, "zero", indent, text);
            }
            Value::Members(members) => {
                let members = members.iter();
                self.braces(
                    members.map(|Member { name, value }| (name.as_deref(), value)),
                    text,
                );
            }
            Value::List(values) => self.braces(values.iter().map(|value| (None, value)), text),
            leaf => text.push_str(&self.leaf(leaf)),
        }
    }

    /// Braces with a line for each value.
    fn lines(
        self,
        values: &[(Option<&str>, &Value)],
        folded: usize,
        why: &str,
        indent: usize,
        text: &mut String,
    ) {
        let inner = indent + INDENT;
        text.push_str("{\n");
        for (name, value) in values {
            let name = name.map(|name| format!(".{name}"));
            text.push_str(&" ".repeat(inner));
            let mut column = inner;
            if let Some(name) = name {
                text.push_str(&self.painter.paint(Style::Name, &name));
                text.push_str(" = ");
                column += name.len() + 3;
            }
            self.value(value, inner, column, text);
            text.push_str(",\n");
        }
        if folded > 0 {
            let note = format!("/* {folded} {why} */");
            text.push_str(&" ".repeat(inner));
            text.push_str(&self.painter.paint(Style::Faint, &note));
            text.push('\n');
        }
        text.push_str(&" ".repeat(indent));
        text.push('}');
    }

    /// Braces in a line.
    fn braces<'a>(
        self,
        values: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
        text: &mut String,
    ) {
        text.push('{');
        let mut empty = true;
        for (name, value) in values {
            text.push_str(if empty { " " } else { ", " });
            empty = false;
            if let Some(name) = name {
                text.push_str(&self.painter.paint(Style::Name, &format!(".{name}")));
                text.push_str(" = ");
            }
            let flat = Self {
                width: None,
                ..self
            };
            flat.value(value, 0, 0, text);
        }
        text.push_str(if empty { "}" } else { " }" });
    }

    fn leaf(self, value: &Value) -> String {
        let text = value.to_string();
        let style = match value {
            Value::Number(..) | Value::Bytes(_) => Style::Number,
            Value::Text(..) => Style::Text,
            Value::Error(..) => Style::Error,
            Value::Pointer { .. } => return self.pointer(value),
            _ => return text,
        };
        self.painter.paint(style, &text)
    }

    fn pointer(self, value: &Value) -> String {
        let Value::Pointer {
            ty,
            address,
            symbol,
        } = value
        else {
            return value.to_string();
        };
        let ty = ty.as_ref().map(|ty| format!("({ty})")).unwrap_or_default();
        let symbol = symbol
            .as_ref()
            .map(|symbol| format!(" <{symbol}>"))
            .unwrap_or_default();
        let paint = |style, text| self.painter.paint(style, text);
        format!(
            "{}{}{}",
            paint(Style::Faint, &ty),
            paint(Style::Number, address),
            paint(Style::Faint, &symbol)
        )
    }
}

/// Whether all of its bits are known to be zero.
pub fn is_zero(value: &Value) -> bool {
    match value {
        Value::Number(number, _) => number == "0",
        Value::Text(text, cut) => text.is_empty() && !cut,
        Value::Word(word) => word == "NULL" || word == "false",
        Value::Constant(_, number) => number.as_deref() == Some("0"),
        Value::List(values) => values.iter().all(is_zero),
        Value::Members(members) => members.iter().all(|member| is_zero(&member.value)),
        Value::Typed(_, value) => is_zero(value),
        _ => false,
    }
}

/// The same value, with its numbers in hexadecimal.
pub fn in_hexadecimal(value: &Value) -> Value {
    match value {
        Value::Number(number, name) => {
            let hex = match number.strip_prefix('-') {
                Some(digits) => digits.parse::<u128>().map(|digits| format!("-{digits:#x}")),
                None => number.parse::<u128>().map(|digits| format!("{digits:#x}")),
            };
            Value::Number(hex.unwrap_or_else(|_| number.clone()), name.clone())
        }
        Value::List(values) => Value::List(values.iter().map(in_hexadecimal).collect()),
        Value::Members(members) => {
            let members = members.iter().map(|member| Member {
                name: member.name.clone(),
                value: in_hexadecimal(&member.value),
            });
            Value::Members(members.collect())
        }
        Value::Typed(ty, value) => Value::Typed(ty.clone(), Box::new(in_hexadecimal(value))),
        other => other.clone(),
    }
}
