// SPDX-License-Identifier: GPL-2.0

//! Formats for `printk()` and the like: which arguments their conversions take.
//!
//! Unknown conversions are errors: a conversion that takes another kind of argument than it gets
//! would read arbitrary memory.

/// The largest width: the kernel warns of a larger one.
pub const MAX_WIDTH: u64 = (1 << 23) - 1;

/// The largest precision: the kernel warns of a larger one.
pub const MAX_PRECISION: u64 = (1 << 15) - 1;

const POINTERS: &str = "of the format's pointers, only %p, %pI4, %pI6 and %pM are supported";

/// What a conversion takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// An integer.
    Integer,
    /// An integer that is a width: at most [`MAX_WIDTH`], positive or negative.
    Width,
    /// An integer that is a precision: at most [`MAX_PRECISION`].
    Precision,
    /// A string.
    String,
    /// A pointer that is only printed.
    Pointer,
    /// A pointer to a network address of this many bytes: IPv4, Ethernet or IPv6.
    Address(usize),
}

/// Calls `each` for every argument that the conversions of `format` take, in order.
///
/// Fails if the format is wrong, or with the error of `each`.
pub fn conversions<E: From<&'static str>>(
    format: impl Iterator<Item = u8>,
    mut each: impl FnMut(Wants) -> Result<(), E>,
) -> Result<(), E> {
    let mut format = format.peekable();
    while let Some(byte) = format.next() {
        if byte != b'%' {
            continue;
        }
        while format.next_if(|byte| b"-+ #0".contains(byte)).is_some() {}
        number(&mut format, Wants::Width, MAX_WIDTH, &mut each)?;
        if format.next_if_eq(&b'.').is_some() {
            number(&mut format, Wants::Precision, MAX_PRECISION, &mut each)?;
        }
        // The kernel knows only these lengths; `h` and `l` may be doubled.
        if let Some(length) = format.next_if(|byte| b"hlLzt".contains(byte)) {
            if matches!(length, b'h' | b'l') {
                format.next_if_eq(&length);
            }
        }
        match format.next() {
            Some(b'%') => {}
            Some(b'd' | b'i' | b'u' | b'x' | b'X' | b'o' | b'c') => each(Wants::Integer)?,
            Some(b's') => each(Wants::String)?,
            Some(b'p') => {
                // The kernel takes all letters and digits that follow.
                let mut suffix = [0; 4];
                let mut length = 0usize;
                while let Some(byte) = format.next_if(u8::is_ascii_alphanumeric) {
                    if let Some(place) = suffix.get_mut(length) {
                        *place = byte;
                    }
                    length = length.saturating_add(1);
                }
                each(pointer(suffix.get(..length).unwrap_or(b"?")).ok_or(POINTERS)?)?;
            }
            Some(_) => return Err("the format has a conversion that is not supported".into()),
            None => return Err("the format ends within a conversion".into()),
        }
    }
    Ok(())
}

/// What a pointer's conversion takes, by what follows `%p`. Not supported are `%pS` and the like,
/// which follow the pointer, each in its own way; and `%px` and `%pK`, which print the address for
/// every reader.
fn pointer(suffix: &[u8]) -> Option<Wants> {
    Some(match suffix {
        b"" => Wants::Pointer,
        b"I4" | b"i4" | b"I4h" | b"I4n" | b"I4b" | b"I4l" => Wants::Address(4),
        b"M" | b"MR" | b"MF" | b"m" | b"mR" => Wants::Address(6),
        b"I6" | b"i6" | b"I6c" => Wants::Address(16),
        _ => return None,
    })
}

/// A width or a precision, of at most `limit`: digits, or a `*` that takes it from an argument.
fn number<E: From<&'static str>>(
    format: &mut core::iter::Peekable<impl Iterator<Item = u8>>,
    wants: Wants,
    limit: u64,
    each: &mut impl FnMut(Wants) -> Result<(), E>,
) -> Result<(), E> {
    if format.next_if_eq(&b'*').is_some() {
        return each(wants);
    }
    let mut number = 0u64;
    while let Some(digit) = format.next_if(u8::is_ascii_digit) {
        number = number
            .saturating_mul(10)
            .saturating_add(digit.wrapping_sub(b'0').into());
    }
    if number > limit {
        Err("the format has a width or a precision that is too large".into())
    } else {
        Ok(())
    }
}
