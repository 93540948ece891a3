// SPDX-License-Identifier: GPL-2.0

//! What went wrong, and how it is shown.

use crate::paint::{
    Painter,
    Style, //
};
use std::fmt::Write;

/// The exit statuses; the manual page explains them.
pub const REFUSED: u8 = 1;
pub const UNREACHABLE: u8 = 2;
pub const INTERRUPTED: u8 = 130;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The module said no.
    Refused(Refusal),
    /// The module cannot be asked, or the question is none; and what to do.
    Unreachable(String, Vec<String>),
    /// Nothing was found, which is not wrong.
    Nothing(String),
    /// Nobody reads the output any more.
    Closed,
}

/// What the module said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refusal {
    /// Such as `ENOENT`.
    pub errno: String,
    /// Where in the text, counted from 1.
    pub column: Option<usize>,
    pub message: String,
    /// Names that may have been meant, and what else to do.
    pub nearest: Box<[String]>,
    pub advice: Option<String>,
    /// What a program had printed before.
    pub printed: Box<[String]>,
}

impl Refusal {
    /// Parses what a file holds after a write that failed:
    /// `error ENOENT column 9: find_vpi: no such symbol; nearest: find_vpid`. One that is about no
    /// place has no column. Before it are the lines that a program had printed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut printed: Vec<_> = text.lines().map(str::to_owned).collect();
        let line = printed.pop()?;
        let rest = line.trim_end().strip_prefix("error ")?;
        let (errno, rest) = rest.split_once(' ')?;
        let errno = errno.trim_end_matches(':');
        let placed = rest.strip_prefix("column ").and_then(|rest| {
            let (column, message) = rest.split_once(": ")?;
            Some((column.parse().ok()?, message))
        });
        let (column, message) = match placed {
            Some((column, message)) => (Some(column), message),
            None => (None, rest),
        };
        let (message, nearest) = match message.rsplit_once("; nearest: ") {
            Some((message, names)) => (message, names.split(", ").map(str::to_owned).collect()),
            None => (message, Box::default()),
        };
        Some(Self {
            errno: errno.to_owned(),
            column,
            message: message.to_owned(),
            nearest,
            advice: None,
            printed: printed.into(),
        })
    }
}

impl Failure {
    /// The module cannot be asked.
    pub fn unreachable<const N: usize>(what: impl Into<String>, advice: [&str; N]) -> Self {
        Self::Unreachable(
            what.into(),
            advice.iter().map(|line| (*line).to_owned()).collect(),
        )
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        match self {
            Self::Refused(refusal) if refusal.errno == "EINTR" => INTERRUPTED,
            Self::Refused(_) | Self::Nothing(_) => REFUSED,
            Self::Unreachable(..) => UNREACHABLE,
            Self::Closed => 0,
        }
    }

    /// The lines for a reader. Under the text that was asked stands a caret, if the module said
    /// where it is wrong.
    pub fn text(&self, asked: &str, painter: Painter) -> String {
        let mut text = String::new();
        match self {
            Self::Closed => {}
            Self::Nothing(message) => text = format!("{message}\n"),
            Self::Unreachable(message, advice) => {
                text = format!("{}\n", painter.paint(Style::Error, message));
                for line in advice {
                    let _ = writeln!(text, "  {line}");
                }
            }
            Self::Refused(refusal) => {
                let caret = refusal.column.and_then(|column| caret(asked, column));
                let nothing = asked.trim().is_empty() && caret.is_some();
                let caret = caret.filter(|_| !nothing);
                let place = match (refusal.column, &caret) {
                    (Some(column), None) if !nothing => format!("column {column}: "),
                    _ => String::new(),
                };
                let message = format!("{place}{}", refusal.message);
                let _ = writeln!(text, "{}", painter.paint(Style::Error, &message));
                if let Some((line, at)) = caret {
                    let _ = writeln!(
                        text,
                        "  {line}\n  {}{}",
                        blank(&line, at),
                        painter.paint(Style::Error, "^")
                    );
                }
                if !refusal.nearest.is_empty() {
                    let _ = writeln!(text, "  did you mean {}?", refusal.nearest.join(" or "));
                }
                if let Some(advice) = &refusal.advice {
                    let _ = writeln!(text, "  {advice}");
                }
            }
        }
        text
    }
}

/// The line of `text` that has this column, counted from 1 in the whole, and how many characters
/// stand before it there. A column right after the end counts to the last line.
pub fn caret(text: &str, column: usize) -> Option<(String, usize)> {
    let mut rest = column.checked_sub(1)?;
    for line in text.split('\n') {
        if rest <= line.len() {
            let before = line
                .get(..rest)
                .map_or(rest, |before| before.chars().count());
            return Some((line.to_owned(), before));
        }
        rest -= line.len() + 1;
    }
    None
}

/// As wide as the first characters of a line: its tabs stay tabs.
fn blank(line: &str, count: usize) -> String {
    let blank = line
        .chars()
        .take(count)
        .map(|c| if c == '\t' { '\t' } else { ' ' });
    let mut blank: String = blank.collect();
    blank.push_str(&" ".repeat(count - blank.len().min(count)));
    blank
}
