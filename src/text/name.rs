// SPDX-License-Identifier: GPL-2.0

//! Names of symbols, with or without the name of a module: `printk`, `ext4:ext4_iget`.

use super::cursor::{
    Cursor,
    ParseError, //
};
use core::fmt;

/// The longest name of a symbol: the kernel's `KSYM_NAME_LEN` without the NUL.
pub const MAX_SYMBOL_NAME: usize = 511;

/// The longest name of a module: the kernel's `MODULE_NAME_LEN` without the NUL.
pub const MAX_MODULE_NAME: usize = 55;

/// The name of a symbol, with or without the name of its module: `printk`, `ext4:ext4_iget`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameText<'a> {
    /// The name before the colon.
    pub module: Option<&'a str>,
    /// The name after the colon.
    pub symbol: &'a str,
    /// Which of the symbols with this name, counted from 1; 0 where none is chosen.
    pub position: usize,
}

impl<'a> NameText<'a> {
    /// A name without a module and without a number.
    pub const fn of(symbol: &'a str) -> Self {
        Self {
            module: None,
            symbol,
            position: 0,
        }
    }
}

impl fmt::Display for NameText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(module) = self.module {
            write!(f, "{module}:")?;
        }
        f.write_str(self.symbol)?;
        match self.position {
            0 => Ok(()),
            position => write!(f, "@{position}"),
        }
    }
}

/// The name in `text`. No symbol has a colon or a space in its name, or is longer than
/// [`MAX_SYMBOL_NAME`].
pub fn symbol_name(text: &[u8]) -> Result<NameText<'_>, ParseError> {
    name(Cursor::line(text))
}

/// The name that begins at `cursor` and goes on to the end.
pub(super) fn name(mut cursor: Cursor<'_>) -> Result<NameText<'_>, ParseError> {
    let start = cursor;
    let first = part(&mut cursor);
    if !cursor.eat(b':') {
        return Ok(NameText {
            module: None,
            symbol: symbol(first, start, cursor)?,
            position: 0,
        });
    }
    if first.is_empty() {
        return Err(start.error("a module's name is missing before the colon"));
    }
    if first.len() > MAX_MODULE_NAME {
        return Err(start.error("a module's name has at most 55 characters"));
    }
    let start = cursor;
    let second = part(&mut cursor);
    Ok(NameText {
        module: Some(first),
        symbol: symbol(second, start, cursor)?,
        position: 0,
    })
}

fn part<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    cursor.take_ascii(|byte| byte.is_ascii_graphic() && byte != b':')
}

/// Checks the symbol's name between `start` and `end`, and that nothing follows it.
fn symbol<'a>(name: &'a str, start: Cursor<'_>, end: Cursor<'_>) -> Result<&'a str, ParseError> {
    match end.peek() {
        Some(b':') => Err(end.error("only one colon may be in a name, as in module:symbol")),
        Some(b' ' | b'\t') => Err(end.error("a space cannot be in a symbol's name")),
        Some(_) => Err(end.error("only printable ASCII may be in a symbol's name")),
        None if name.is_empty() => Err(start.error("a symbol's name is missing")),
        None if name.len() > MAX_SYMBOL_NAME => {
            Err(start.error("a symbol's name has at most 511 characters"))
        }
        None => Ok(name),
    }
}
