// SPDX-License-Identifier: GPL-2.0

//! What a function returned.

use crate::{
    call::{
        signature::ValueKind,
        Caller, //
    },
    kallsyms::{
        nofault,
        Btf, //
    },
    kptr::{
        hides,
        may_be_address,
        Address, //
    },
    print::Pure,
    text::Escaped, //
};
use core::ops::ControlFlow;
use kernel::{
    bindings,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::{
        BStr,
        CString, //
    }, //
};

/// How much of a string is shown.
const MAX_STRING: usize = 256;

/// How long it can become with escapes: a line of the log has about 1000 bytes.
const MAX_ESCAPED: usize = 512;

/// A value, decoded by its type.
pub(crate) enum Value {
    /// None.
    Void,
    /// A `bool`.
    Bool(bool),
    /// An integer, and the name of the error that a negative one means.
    Signed(i64, Option<&'static CStr>),
    /// The same, of 64 bits.
    Long(i64, Option<&'static CStr>),
    /// An integer without a sign.
    Unsigned(u64),
    /// An enumeration's, and the constant's name if it is one.
    Enum(i64, Option<CString>),
    /// A string.
    String(Text),
    /// A pointer that is an error, and the error's name.
    Error(i64, Option<&'static CStr>),
    /// A pointer, whose target cannot be read or is no string.
    Pointer(usize),
    /// A structure, a union or an array as text, for whoever asked.
    Printed(KVVec<u8>),
    /// Bytes.
    Bytes(KVVec<u8>),
    /// The first of so many values.
    Array(KVec<Value>, usize),
}

/// The bytes of a string, as far as they are shown.
pub(crate) struct Text {
    bytes: KVec<u8>,
    /// Whether it goes on.
    more: bool,
    /// Whether one of the words that it lies in may be an address.
    in_address: bool,
}

impl Value {
    /// Decodes what a function left in the register, or what memory has, while what it points to is there.
    /// The `btf` is that which an enumeration's kind is of.
    #[inline(never)]
    pub(crate) fn new(
        caller: &Caller,
        kind: ValueKind,
        btf: Option<&Btf<'_>>,
        register: usize,
    ) -> Result<Self> {
        Ok(match kind {
            ValueKind::Void | ValueKind::Structure(_) | ValueKind::Unsupported => Self::Void,
            // What a register has beyond the value's width means nothing.
            ValueKind::Bool => Self::Bool(register & 0xff != 0),
            ValueKind::Integer {
                size,
                signed: false,
            } => Self::Unsigned(extend(register as u64, size * 8, false)),
            ValueKind::Integer { size, signed: true } => {
                let value = extend(register as u64, size * 8, true) as i64;
                match size {
                    8 => Self::Long(value, caller.error_name(value)),
                    _ => Self::Signed(value, caller.error_name(value)),
                }
            }
            ValueKind::Enum { id, size, signed } => {
                let value = extend(register as u64, size * 8, signed) as i64;
                let name = btf.map(|btf| constant(btf, id, value)).transpose()?;
                Self::Enum(value, name.flatten())
            }
            ValueKind::String { .. } | ValueKind::Pointer { .. } | ValueKind::Function => {
                let error = register as i64;
                if (-i64::from(bindings::MAX_ERRNO)..0).contains(&error) {
                    return Ok(Self::Error(error, caller.error_name(error)));
                }
                let string = match kind {
                    ValueKind::String { .. } => string(register, usize::MAX)?,
                    _ => None,
                };
                string.unwrap_or(Self::Pointer(register))
            }
        })
    }

    /// The value as text; of a pointer, the address only if `show` it may be.
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
            // Some functions return an address as a `long`, or an `unsigned long`. It is not hashed: a reader could find it
            // by hashing numbers of their own.
            Value::Long(value, _) | Value::Enum(value, None)
                if !self.show && may_be_address(*value as u64) =>
            {
                f.write_str("?")
            }
            Value::Unsigned(value) if !self.show && may_be_address(*value) => f.write_str("?"),
            Value::String(text) if !self.show && text.in_address => f.write_str("?"),
            Value::Signed(value, None) | Value::Long(value, None) => f.write_fmt(fmt!("{value}")),
            Value::Signed(value, Some(name)) | Value::Long(value, Some(name)) => {
                f.write_fmt(fmt!("{value} ({name})"))
            }
            Value::Unsigned(value) => f.write_fmt(fmt!("{value}")),
            Value::Enum(value, None) => f.write_fmt(fmt!("{value}")),
            Value::Enum(value, Some(name)) => f.write_fmt(fmt!("{} ({value})", &**name)),
            Value::String(text) => {
                let dots = if text.more { "..." } else { "" };
                let bytes = text.bytes.iter().copied();
                f.write_fmt(fmt!("\"{}\"{dots}", Pure(Escaped(bytes))))
            }
            Value::Error(value, None) => f.write_fmt(fmt!("ERR_PTR({value})")),
            Value::Error(value, Some(name)) => f.write_fmt(fmt!("ERR_PTR({value}) ({name})")),
            Value::Printed(text) => f.write_fmt(fmt!("{}", BStr::from_bytes(text))),
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
                f.write_str(match values.len() < *count {
                    true => ", ... }",
                    false => " }",
                })
            }
            Value::Pointer(0) => f.write_str("NULL"),
            Value::Pointer(address) => f.write_fmt(fmt!("{}", Address::new(*address, self.show))),
        }
    }
}

/// The lowest `bits` bits of a value, with their sign if they are `signed`.
pub(crate) fn extend(value: u64, bits: u32, signed: bool) -> u64 {
    let spare = 64u32.saturating_sub(bits);
    let value = value.wrapping_shl(spare);
    match signed {
        true => (value as i64).wrapping_shr(spare) as u64,
        false => value.wrapping_shr(spare),
    }
}

/// The name of an enumeration's constant.
fn constant(btf: &Btf<'_>, id: u32, value: i64) -> Result<Option<CString>> {
    let ty = btf.ty(id);
    let found = ty.for_each_constant(|name, constant| match constant as i64 == value {
        true => ControlFlow::Break(name),
        false => ControlFlow::Continue(()),
    });
    match found {
        ControlFlow::Break(name) => Ok(Some(CString::try_from(name)?)),
        ControlFlow::Continue(()) => Ok(None),
    }
}

/// The string at an address, which has at most `length` bytes: as much of it as is shown and can be read.
#[inline(never)]
pub(crate) fn string(address: usize, length: usize) -> Result<Option<Value>> {
    let mut text = Text {
        bytes: KVec::with_capacity(MAX_STRING, GFP_KERNEL)?,
        more: false,
        in_address: false,
    };
    let mut escaped = 0;
    let mut word = [0; 8];
    for offset in 0..length.min(MAX_STRING) {
        let at = address.wrapping_add(offset);
        let place = at % word.len();
        if offset == 0 || place == 0 {
            if nofault::read(at.wrapping_sub(place), &mut word).is_err() {
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
        if escaped > MAX_ESCAPED {
            break;
        }
        text.bytes.push(byte, GFP_KERNEL)?;
    }
    text.more = text.bytes.len() < length;
    Ok(Some(Value::String(text)))
}
