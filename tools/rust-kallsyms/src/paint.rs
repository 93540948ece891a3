// SPDX-License-Identifier: GPL-2.0

//! Colours.

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Style {
    Error,
    Name,
    Number,
    Text,
    /// Types, symbols, and what one reads last.
    Faint,
    Prompt,
}

/// Paints, or leaves text as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Painter {
    pub color: bool,
}

impl Painter {
    pub fn paint(self, style: Style, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Error => "31",
            Style::Name => "36",
            Style::Number => "33",
            Style::Text => "32",
            Style::Faint => "2",
            Style::Prompt => "1;32",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}
