// SPDX-License-Identifier: GPL-2.0

//! Values, decoded by their types.

use super::{
    error_name::{self},
    symbol_name,
    Facts, //
};
use crate::{
    ctype::{
        bits::extend,
        decimal::Decimal,
        named::constants,
        value_kind::ValueKind, //
    },
    kallsyms::Btf,
    kptr::{
        hides,
        may_be_address,
        Address, //
    },
    print::{
        self,
        Pure, //
    },
    text::Escaped, //
};
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// How many bytes of a string are shown in a line of the log, which has about 1000 bytes. Escapes
/// can double the length.
pub(crate) const MAX_STRING: usize = 256;

/// A value, decoded by its type.
pub(crate) enum Value {
    /// No value.
    Void,
    /// A `bool`.
    Bool(bool),
    /// A signed integer, and the name of the error that a negative one may mean.
    Signed(i64, Option<&'static CStr>),
    /// The same, with 64 bits.
    Long(i64, Option<&'static CStr>),
    /// An unsigned integer.
    Unsigned(u64),
    /// An integer or a pointer in hexadecimal.
    Hexadecimal(u64),
    /// A value of an enumeration, whether that is signed, and the constant's name if there is one.
    Enum(u64, bool, Option<CString>),
    /// An integer of 128 bits.
    Wide(Decimal),
    /// A string.
    String(Text),
    /// A pointer that is an error, and the error's name.
    Error(i64, Option<&'static CStr>),
    /// A pointer whose target is not a string or cannot be read; and the symbol there, if it is
    /// known.
    Pointer(usize, Option<CString>),
    /// A structure, a union or an array as text, made for this reader.
    Printed(KVVec<u8>),
    /// Bytes.
    Bytes(KVVec<u8>),
    /// The first of this many values.
    Array(KVec<Value>, usize),
}

/// The bytes of a string that are shown.
pub(crate) struct Text {
    bytes: KVec<u8>,
    /// Whether the string goes on.
    more: bool,
    /// Whether a word with some of these bytes may be an address.
    in_address: bool,
}

impl Value {
    /// Decodes a value from a register or from memory. If it is a `char *`, the string is read now.
    /// `btf` has the enumeration of [`ValueKind::Enum`].
    #[inline(never)]
    pub(crate) fn new(
        facts: Facts<'_>,
        kind: ValueKind,
        btf: Option<&Btf<'_>>,
        register: usize,
    ) -> Result<Self> {
        Ok(match kind {
            ValueKind::Void | ValueKind::Structure(_) | ValueKind::Unsupported => Self::Void,
            // The bits of a register above the value's width mean nothing.
            ValueKind::Bool => Self::Bool(register & 0xff != 0),
            ValueKind::Integer {
                size,
                signed: false,
            } => Self::Unsigned(extend(register as u64, size * 8, false)),
            ValueKind::Integer { size, signed: true } => {
                let value = extend(register as u64, size * 8, true) as i64;
                match size {
                    8 => Self::Long(value, facts.errors.name(value)),
                    _ => Self::Signed(value, facts.errors.name(value)),
                }
            }
            ValueKind::Enum { id, size, signed } => {
                let value = extend(register as u64, size * 8, signed);
                let name = btf.and_then(|btf| constants::name_of(btf.ty(id), value));
                Self::Enum(value, signed, name.map(CString::try_from).transpose()?)
            }
            ValueKind::String { .. } | ValueKind::Pointer { .. } | ValueKind::Function => {
                if let Some(error) = error_name::of_pointer(register) {
                    return Ok(Self::Error(error, facts.errors.name(error)));
                }
                let string = match kind {
                    ValueKind::String { .. } => {
                        string(facts, register, usize::MAX, facts.text_limit)?
                    }
                    _ => None,
                };
                match string {
                    Some(string) => string,
                    None => Self::Pointer(
                        register,
                        symbol_name::of_code(
                            facts.kallsyms,
                            register,
                            kind == ValueKind::Function,
                        )?,
                    ),
                }
            }
        })
    }

    /// Forgets the name of an error: some functions return negative numbers that are not errors.
    pub(crate) fn forget_error(&mut self) {
        if let Self::Signed(_, name) | Self::Long(_, name) = self {
            *name = None;
        }
    }

    /// Whether it is a string without any text.
    pub(crate) fn is_empty_string(&self) -> bool {
        matches!(self, Self::String(text) if text.bytes.is_empty())
    }

    /// The value as text; a pointer's address only if `show`.
    pub(crate) fn display(&self, show: bool) -> impl fmt::Display + '_ {
        Display { value: self, show }
    }
}

/// See [`Value::display`].
struct Display<'a> {
    value: &'a Value,
    show: bool,
}

impl fmt::Display for Display<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Value::Void => f.write_str("void"),
            Value::Bool(value) => f.write_fmt(fmt!("{value}")),
            // Some functions return an address as a `long` or an `unsigned long`. It is hidden and
            // not hashed: a reader could find it by hashing numbers.
            Value::Long(value, _) if !self.show && may_be_address(*value as u64) => {
                f.write_str("?")
            }
            Value::Enum(value, _, None) if !self.show && may_be_address(*value) => f.write_str("?"),
            Value::Unsigned(value) if !self.show && may_be_address(*value) => f.write_str("?"),
            Value::String(text) if !self.show && text.in_address => f.write_str("?"),
            Value::Signed(value, None) | Value::Long(value, None) => f.write_fmt(fmt!("{value}")),
            Value::Signed(value, Some(name)) | Value::Long(value, Some(name)) => {
                f.write_fmt(fmt!("{value} ({name})"))
            }
            Value::Hexadecimal(value) if !self.show && may_be_address(*value) => f.write_str("?"),
            Value::Hexadecimal(value) => f.write_fmt(fmt!("{value:#x}")),
            Value::Unsigned(value) => f.write_fmt(fmt!("{value}")),
            Value::Enum(value, signed, name) => {
                let value = Decimal::of_u64(*value, *signed);
                match name {
                    Some(name) => f.write_fmt(fmt!("{} ({value})", &**name)),
                    None => f.write_fmt(fmt!("{value}")),
                }
            }
            Value::Wide(value) => f.write_fmt(fmt!("{value}")),
            Value::String(text) => {
                let dots = if text.more { "..." } else { "" };
                let bytes = text.bytes.iter().copied();
                f.write_fmt(fmt!("\"{}\"{dots}", Pure(Escaped(bytes))))
            }
            Value::Error(value, None) => f.write_fmt(fmt!("ERR_PTR({value})")),
            Value::Error(value, Some(name)) => f.write_fmt(fmt!("ERR_PTR({value}) ({name})")),
            Value::Printed(text) => print::Text(text).fmt(f),
            Value::Bytes(bytes) => {
                for (index, word) in bytes.chunks(8).enumerate() {
                    f.write_str(if index > 0 { " " } else { "" })?;
                    if hides(self.show, word) {
                        f.write_str("?")?;
                        continue;
                    }
                    for (index, byte) in word.iter().enumerate() {
                        let space = if index == 4 { " " } else { "" };
                        f.write_fmt(fmt!("{space}{byte:02x}"))?;
                    }
                }
                Ok(())
            }
            Value::Array(values, count) => {
                f.write_str("{")?;
                for (index, value) in values.iter().enumerate() {
                    let comma = if index == 0 { " " } else { ", " };
                    f.write_fmt(fmt!("{comma}{}", value.display(self.show)))?;
                }
                f.write_str(if values.len() < *count {
                    ", ... }"
                } else {
                    " }"
                })
            }
            Value::Pointer(0, _) => f.write_str("NULL"),
            Value::Pointer(address, name) => {
                f.write_fmt(fmt!("{}", Address::new(*address, self.show)))?;
                match name {
                    Some(name) => f.write_fmt(fmt!(" <{}>", &**name)),
                    None => Ok(()),
                }
            }
        }
    }
}

/// The string at an address, which ends after `length` bytes at the latest. At most `limit` bytes
/// of it are read; [`None`] if the first one cannot be.
#[inline(never)]
pub(crate) fn string(
    facts: Facts<'_>,
    address: usize,
    length: usize,
    limit: usize,
) -> Result<Option<Value>> {
    let mut text = Text {
        bytes: KVec::with_capacity(length.min(limit), GFP_KERNEL)?,
        more: false,
        in_address: false,
    };
    let mut escaped = 0;
    let mut word = [0; 8];
    for offset in 0..length.min(limit) {
        let at = address.wrapping_add(offset);
        let place = at % word.len();
        if offset == 0 || place == 0 {
            if facts.read(at.wrapping_sub(place), &mut word).is_err() {
                if offset == 0 {
                    return Ok(None);
                }
                break;
            }
            text.in_address |= may_be_address(u64::from_le_bytes(word));
        }
        let byte = word.get(place).copied().unwrap_or_default();
        if byte == 0 {
            return Ok(Some(Value::String(text)));
        }
        escaped += match byte {
            b'\n' | b'\t' | b'\r' | b'\\' | b'"' => 2,
            b' '..=b'~' => 1,
            _ => 4,
        };
        if escaped > 2 * limit {
            break;
        }
        text.bytes.push(byte, GFP_KERNEL)?;
    }
    text.more = text.bytes.len() < length;
    Ok(Some(Value::String(text)))
}
