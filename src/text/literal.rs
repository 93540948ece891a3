// SPDX-License-Identifier: GPL-2.0

//! C's literals, as the user writes them: `144`, `0xffUL`, `'c'`, `"a string\n"`.
//!
//! There is no floating point.

use super::{
    cursor::{
        is_word,
        Cursor,
        ParseError, //
    },
    name::NameText, //
};
use core::fmt::{
    self,
    Write, //
};

pub(super) const FLOAT: &str = "floating point is not supported";
const CONTROL: &str = "a control character must be written as an escape, such as \\n or \\x1b";
const TOO_LARGE_ESCAPE: &str = "this escape does not fit in a byte";

/// A literal, as it was written. As an argument, it gets the type of its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal<'a> {
    /// A number: `144`, `-1`, `0x7f`, `0644`, `0o644`, `0b101`, `1UL`.
    Integer {
        /// Whether it is less than zero.
        negative: bool,
        /// Without the sign.
        magnitude: u64,
        /// The type that C gives it.
        ty: IntegerType,
    },
    /// A character: `'c'`, `'\n'`.
    Char(u8),
    /// `true` or `false`.
    Bool(bool),
    /// `NULL`.
    Null,
    /// Any other identifier: an enumerator.
    Name(&'a str),
    /// A string: `"abc\n"`.
    String(StringLiteral<'a>),
    /// The address of a symbol: `&jiffies`, `&ext4:ext4_fs_type`.
    Address(NameText<'a>),
}

pub(super) fn integer<'a>(cursor: &mut Cursor<'a>) -> Result<Literal<'a>, ParseError> {
    let start = *cursor;
    let radix = radix(cursor)?;
    let mut magnitude = Some(0u64);
    while let Some(digit) = cursor.peek().and_then(|byte| digit(byte, radix)) {
        magnitude = magnitude
            .and_then(|value| value.checked_mul(radix.into()))
            .and_then(|value| value.checked_add(digit.into()));
        cursor.bump();
    }
    let (unsigned, long) = suffix(cursor, radix)?;
    let Some(magnitude) = magnitude else {
        return Err(start.error("this number does not fit in 64 bits"));
    };
    Ok(Literal::Integer {
        negative: false,
        magnitude,
        ty: IntegerType::of(magnitude, unsigned, long, radix == 10),
    })
}

/// The type that C gives to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegerType {
    /// `int`
    Int,
    /// `unsigned int`
    Unsigned,
    /// `long`
    Long,
    /// `unsigned long`
    UnsignedLong,
    /// No type: a decimal number without a suffix that fits in no signed type.
    Huge,
}

impl IntegerType {
    /// The first type in which the number fits, of those that its suffix and radix allow.
    const fn of(magnitude: u64, unsigned: bool, long: bool, decimal: bool) -> Self {
        let signed = !unsigned;
        match magnitude {
            0..=0x7fff_ffff if signed && !long => Self::Int,
            0..=0xffff_ffff if !long && (unsigned || !decimal) => Self::Unsigned,
            0..=0x7fff_ffff_ffff_ffff if signed => Self::Long,
            _ if signed && decimal => Self::Huge,
            _ => Self::UnsignedLong,
        }
    }

    /// The suffix that gives a decimal number this type.
    const fn suffix(self, magnitude: u64) -> &'static str {
        match (Self::of(magnitude, false, false, true), self) {
            (Self::Int, Self::Int) | (Self::Long, Self::Long) | (_, Self::Huge) => "",
            (_, Self::Int | Self::Long) => "L",
            (_, Self::Unsigned) => "U",
            (_, Self::UnsignedLong) => "UL",
        }
    }
}

/// Takes the prefix of a number, and returns the radix. A leading zero may be all of the number.
fn radix(cursor: &mut Cursor<'_>) -> Result<u8, ParseError> {
    if !cursor.eat(b'0') {
        return Ok(10);
    }
    let (radix, missing) = match cursor.peek() {
        Some(b'x' | b'X') => (16, "a hexadecimal digit must follow `0x`"),
        Some(b'o' | b'O') => (8, "an octal digit must follow `0o`"),
        Some(b'b' | b'B') => (2, "a binary digit must follow `0b`"),
        _ => return Ok(8),
    };
    cursor.bump();
    match cursor.peek().and_then(|byte| digit(byte, radix)) {
        Some(_) => Ok(radix),
        None => Err(cursor.error(missing)),
    }
}

fn digit(byte: u8, radix: u8) -> Option<u8> {
    let digit = match byte {
        b'0'..=b'9' => byte.wrapping_sub(b'0'),
        b'a'..=b'f' => byte.wrapping_sub(b'a' - 10),
        b'A'..=b'F' => byte.wrapping_sub(b'A' - 10),
        _ => return None,
    };
    (digit < radix).then_some(digit)
}

/// Takes what follows the digits: one of C's suffixes, or nothing. Returns whether it says
/// `unsigned`, and whether `long`.
fn suffix(cursor: &mut Cursor<'_>, radix: u8) -> Result<(bool, bool), ParseError> {
    let start = *cursor;
    let what = match cursor.peek() {
        Some(b'.') => FLOAT,
        Some(b'e' | b'E') if radix <= 10 => FLOAT,
        Some(b'p' | b'P') if radix == 16 => FLOAT,
        Some(b'_') => "digits cannot be separated",
        Some(b'0'..=b'9') if radix == 8 => "not an octal digit, and a leading 0 means octal",
        Some(b'0'..=b'9') => "not a binary digit",
        _ => "not a digit, and not one of the suffixes u, l, ul, ll and ull",
    };
    match cursor.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
        b"" => Ok((false, false)),
        b"u" | b"U" => Ok((true, false)),
        b"l" | b"L" | b"ll" | b"LL" => Ok((false, true)),
        b"ul" | b"uL" | b"Ul" | b"UL" | b"lu" | b"lU" | b"Lu" | b"LU" => Ok((true, true)),
        b"ull" | b"uLL" | b"Ull" | b"ULL" | b"llu" | b"llU" | b"LLu" | b"LLU" => Ok((true, true)),
        _ => Err(start.error(what)),
    }
}

pub(super) fn character(cursor: &mut Cursor<'_>) -> Result<u8, ParseError> {
    let quote = *cursor;
    let unterminated = quote.error("unterminated character");
    cursor.bump();
    if cursor.peek() == Some(b'\'') {
        return Err(quote.error("a character is missing between the quotes"));
    }
    let byte = element(cursor)?.ok_or(unterminated)?;
    if cursor.at_end() {
        return Err(unterminated);
    }
    if !cursor.eat(b'\'') {
        return Err(cursor.error("a character is one byte; longer text needs double quotes"));
    }
    Ok(byte)
}

/// Reads one byte of a character or a string, which may be written as an escape; `None` at the end
/// of the text.
fn element(cursor: &mut Cursor<'_>) -> Result<Option<u8>, ParseError> {
    let start = *cursor;
    match cursor.bump() {
        None => Ok(None),
        Some(b'\\') => escape(start, cursor).map(Some),
        Some(byte) if byte.is_ascii_control() && byte != b'\t' => Err(start.error(CONTROL)),
        Some(byte) => Ok(Some(byte)),
    }
}

/// Reads an escape after its backslash, which is at `start`.
fn escape(start: Cursor<'_>, cursor: &mut Cursor<'_>) -> Result<u8, ParseError> {
    let byte = match cursor.peek() {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'a') => 0x07,
        Some(b'b') => 0x08,
        Some(b'v') => 0x0b,
        Some(b'f') => 0x0c,
        Some(b'e') => 0x1b,
        Some(byte @ (b'\\' | b'"' | b'\'' | b'?')) => byte,
        // As in C, an octal escape ends after three digits.
        Some(b'0'..=b'7') => return coded(start, cursor, 8, 3),
        Some(b'x') => {
            cursor.bump();
            if !cursor.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                return Err(start.error("a hexadecimal digit must follow `\\x`"));
            }
            // As in C, a hexadecimal escape goes on as long as digits do.
            return coded(start, cursor, 16, usize::MAX);
        }
        Some(_) => return Err(start.error("unknown escape; a backslash itself is written \\\\")),
        None => return Err(start.error("unterminated escape")),
    };
    cursor.bump();
    Ok(byte)
}

/// Reads a byte that is written as up to `length` digits.
fn coded(
    start: Cursor<'_>,
    cursor: &mut Cursor<'_>,
    radix: u8,
    length: usize,
) -> Result<u8, ParseError> {
    let mut value = 0u32;
    for _ in 0..length {
        let Some(digit) = cursor.peek().and_then(|byte| digit(byte, radix)) else {
            break;
        };
        value = value
            .saturating_mul(radix.into())
            .saturating_add(digit.into());
        cursor.bump();
    }
    u8::try_from(value).map_err(|_| start.error(TOO_LARGE_ESCAPE))
}

/// A string, or several in a row, which are one in C. It has no NUL in it.
#[derive(Clone, Copy, Debug)]
pub struct StringLiteral<'a> {
    bytes: StringBytes<'a>,
    len: usize,
}

impl<'a> StringLiteral<'a> {
    pub(super) fn parse(cursor: &mut Cursor<'a>) -> Result<Self, ParseError> {
        let mut bytes = StringBytes {
            cursor: *cursor,
            quote: *cursor,
            level: b"",
            closed: false,
        };
        bytes.open();
        let mut end = bytes;
        let mut len = 0usize;
        while end.read()?.is_some() {
            len = len.saturating_add(1);
        }
        *cursor = end.cursor;
        Ok(Self { bytes, len })
    }

    /// How many bytes it has, without the NUL that will end it.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no bytes.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its bytes, with escapes resolved.
    pub const fn bytes(&self) -> StringBytes<'a> {
        self.bytes
    }
}

impl PartialEq for StringLiteral<'_> {
    /// Strings are equal when their bytes are, however they were written.
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for StringLiteral<'_> {}

/// The bytes of a `printk()` level, which stands before a string as if it were one itself.
fn level(word: &str) -> Option<&'static [u8]> {
    Some(match word {
        "KERN_EMERG" => b"\x010",
        "KERN_ALERT" => b"\x011",
        "KERN_CRIT" => b"\x012",
        "KERN_ERR" => b"\x013",
        "KERN_WARNING" => b"\x014",
        "KERN_NOTICE" => b"\x015",
        "KERN_INFO" => b"\x016",
        "KERN_DEBUG" => b"\x017",
        "KERN_CONT" => b"\x01c",
        _ => return None,
    })
}

/// Whether a word that ends at `after` is such a level before a string.
pub(super) fn is_level(word: &str, mut after: Cursor<'_>) -> bool {
    after.skip_blanks();
    after.peek() == Some(b'"') && level(word).is_some()
}

/// An iterator over the bytes of a string.
#[derive(Clone, Copy, Debug)]
pub struct StringBytes<'a> {
    cursor: Cursor<'a>,
    /// The opening quote of the string that is being read.
    quote: Cursor<'a>,
    /// The remaining bytes of a level, which come first.
    level: &'static [u8],
    closed: bool,
}

impl StringBytes<'_> {
    /// Takes the quote that opens a string, and a level before it. If there is none, all has been
    /// read.
    fn open(&mut self) {
        let mut next = self.cursor;
        next.skip_blanks();
        self.level = level(next.take_ascii(is_word)).unwrap_or_default();
        next.skip_blanks();
        self.quote = next;
        if next.eat(b'"') {
            self.cursor = next;
        } else {
            self.closed = true;
            self.level = b"";
        }
    }

    fn read(&mut self) -> Result<Option<u8>, ParseError> {
        while !self.closed {
            if let Some((&byte, rest)) = self.level.split_first() {
                self.level = rest;
                return Ok(Some(byte));
            }
            let start = self.cursor;
            if self.cursor.eat(b'"') {
                self.open();
                continue;
            }
            return match element(&mut self.cursor)? {
                None => Err(self.quote.error("unterminated string")),
                Some(0) => Err(start.error("a string cannot hold a NUL")),
                Some(byte) => Ok(Some(byte)),
            };
        }
        Ok(None)
    }
}

impl Iterator for StringBytes<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        // There is no error: the text was read once when the string was parsed.
        self.read().ok().flatten()
    }
}

/// Writes the value so that parsing it gives the same value, whatever bytes are in it.
impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Integer {
                negative,
                magnitude,
                ty,
            } => {
                let sign = if negative { "-" } else { "" };
                write!(f, "{sign}{magnitude}{}", ty.suffix(magnitude))
            }
            Self::Char(byte) => {
                f.write_char('\'')?;
                escaped(f, byte, b'\'')?;
                f.write_char('\'')
            }
            Self::Bool(value) => f.write_str(if value { "true" } else { "false" }),
            Self::Null => f.write_str("NULL"),
            Self::Name(name) => f.write_str(name),
            Self::String(string) => write!(f, "\"{}\"", Escaped(string.bytes())),
            Self::Address(name) => write!(f, "&{name}"),
        }
    }
}

/// Writes bytes as they stand between the quotes of a C string; only printable ASCII comes out.
pub struct Escaped<I>(pub I);

impl<I: Iterator<Item = u8> + Clone> fmt::Display for Escaped<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.clone().try_for_each(|byte| escaped(f, byte, b'"'))
    }
}

fn escaped(f: &mut fmt::Formatter<'_>, byte: u8, quote: u8) -> fmt::Result {
    match byte {
        b'\n' => f.write_str("\\n"),
        b'\t' => f.write_str("\\t"),
        b'\r' => f.write_str("\\r"),
        b'\\' => f.write_str("\\\\"),
        _ if byte == quote => write!(f, "\\{}", char::from(quote)),
        b' '..=b'~' => f.write_char(byte.into()),
        // All three digits, so that a digit may follow.
        _ => write!(f, "\\{byte:03o}"),
    }
}
