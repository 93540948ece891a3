// SPDX-License-Identifier: GPL-2.0

//! Format strings of `printk()` and its like: which arguments their conversions take.
//!
//! Pure logic. What it does not know it refuses: a conversion that takes another argument than the
//! one it is given reads memory that nobody meant.

/// The largest width; of a larger one the kernel warns.
pub const MAX_WIDTH: u64 = (1 << 23) - 1;

/// The largest precision; of a larger one the kernel warns.
pub const MAX_PRECISION: u64 = (1 << 15) - 1;

const POINTERS: &str = "of the format's pointers, only %p, %pI4, %pI6 and %pM are supported";

/// What a conversion takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// An integer.
    Integer,
    /// An integer that says how wide something is printed: at most [`MAX_WIDTH`], either way.
    Width,
    /// An integer that says how precisely something is printed: at most [`MAX_PRECISION`].
    Precision,
    /// A string.
    String,
    /// A pointer, which is printed and not followed.
    Pointer,
    /// A pointer to an address of so many bytes: IPv4's, Ethernet's or IPv6's.
    Address(usize),
}

/// Calls `each` for every argument that the conversions of `format` take, in order.
///
/// Fails with what is wrong with the format, or with what `each` fails with.
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
        // The kernel knows these lengths, and no others; `h` and `l` may stand twice.
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

/// What a pointer's conversion takes, by what follows `%p`. `%pS` and its like follow the pointer,
/// each in its own way; `%px` shows the address, and so does `%pK`, if the caller may see it, to
/// all who read what is printed.
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
