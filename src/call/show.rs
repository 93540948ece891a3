// SPDX-License-Identifier: GPL-2.0

//! Structures, unions and arrays as text, by the kernel's own printer.

use super::value::may_be_address;
use crate::{
    address::Address,
    kallsyms::{
        Kallsyms,
        Shape,
        Type, //
    },
    module_bindings,
    print::to_c_string, //
};
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::{
        fmt,
        *, //
    }, //
};

crate::import! {
    fn btf_type_snprintf_show(
        btf: *const bindings::btf,
        id: u32,
        object: *mut c_void,
        buffer: *mut c_char,
        length: i32,
        flags: u64,
    ) -> i32 = module_bindings::btf_type_snprintf_show;
}

/// How long the text can become.
const MAX_TEXT: usize = 1 << 20;

/// What is tried first.
const FIRST_TEXT: usize = 2 << 10;

/// Larger ones are shown without what is zero in them.
const MAX_WITH_ZEROS: usize = 256;

/// How many structures and arrays within each other are looked through for addresses.
const MAX_DEPTH: usize = 12;

/// Shows objects.
pub(super) struct Shower(Option<btf_type_snprintf_show>);

impl Shower {
    /// Finds the kernel's printer. Sleeps.
    pub(super) fn new(kallsyms: &Kallsyms) -> Self {
        Self(btf_type_snprintf_show::resolve(kallsyms).ok())
    }

    /// The object in `bytes`, of the type `ty`, as text; with addresses only if `show`. [`None`] if the kernel has no
    /// printer. Sleeps.
    #[inline(never)]
    pub(super) fn show(
        &self,
        ty: Type<'_>,
        bytes: &mut [u8],
        show: bool,
    ) -> Result<Option<KVVec<u8>>, AllocError> {
        let Some(printer) = &self.0 else {
            return Ok(None);
        };
        if !show {
            hide(ty, bytes)?;
        }
        let mut flags = module_bindings::BTF_F_COMPACT;
        if bytes.len() <= MAX_WITH_ZEROS {
            flags |= module_bindings::BTF_F_ZERO;
        }
        if show {
            flags |= module_bindings::BTF_F_PTR_RAW;
        }
        let mut text = KVVec::from_elem(0u8, FIRST_TEXT, GFP_KERNEL)?;
        let mut length = print(printer, ty, bytes, &mut text, flags.into());
        if (FIRST_TEXT..MAX_TEXT).contains(&length) {
            text = KVVec::from_elem(0u8, length + 1, GFP_KERNEL)?;
            length = print(printer, ty, bytes, &mut text, flags.into());
        }
        let end = text.iter().position(|byte| *byte == 0).unwrap_or(0);
        let cut = length > end;
        text.truncate(end);
        let mut tidy = tidy(&text)?;
        if cut {
            tidy.extend_from_slice(b"...", GFP_KERNEL)?;
        }
        Ok(Some(tidy))
    }
}

/// Has the kernel print an object, as much as fits in `text` with a NUL. Returns how long it is, as a whole.
fn print(
    printer: &btf_type_snprintf_show,
    ty: Type<'_>,
    bytes: &mut [u8],
    text: &mut [u8],
    flags: u64,
) -> usize {
    // SAFETY: The BTF is valid for as long as `ty` is, and the id is one of its types. `bytes` has as many bytes as the
    // type, which are only read. `text` has the length that is said; what is written ends with a NUL.
    let length = unsafe {
        printer.call(
            ty.btf().as_ptr(),
            ty.id(),
            bytes.as_mut_ptr().cast(),
            text.as_mut_ptr().cast(),
            text.len() as i32,
            flags,
        )
    };
    usize::try_from(length).unwrap_or(0)
}

/// Makes the kernel's text shorter, and more like C: a value's type is not repeated unless it is a pointer's or the
/// whole's, there are blanks where people write them, and characters of an array are a string.
fn tidy(text: &[u8]) -> Result<KVVec<u8>, AllocError> {
    let mut out = KVVec::with_capacity(text.len(), GFP_KERNEL)?;
    let mut rest = text;
    let mut first = true;
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'(' && !first {
            if let Some(end) = rest.iter().position(|byte| *byte == b')') {
                if let Some((ty, value)) = rest.split_at_checked(end + 1) {
                    rest = value;
                    if ty.ends_with(b"*)") {
                        out.extend_from_slice(ty, GFP_KERNEL)?;
                    }
                    continue;
                }
            }
        }
        if let (b'[', Some((string, tail))) = (byte, characters(rest)) {
            rest = tail;
            out.push(b'"', GFP_KERNEL)?;
            for byte in string.chunks(4).filter_map(|chunk| chunk.get(1)) {
                if matches!(byte, b'"' | b'\\') {
                    out.push(b'\\', GFP_KERNEL)?;
                }
                out.push(*byte, GFP_KERNEL)?;
            }
            out.push(b'"', GFP_KERNEL)?;
            continue;
        }
        if byte == b'\'' {
            // A character, whatever it is.
            if let Some((character, tail)) = rest.split_at_checked(3) {
                out.extend_from_slice(character, GFP_KERNEL)?;
                rest = tail;
                continue;
            }
        }
        rest = tail;
        first = false;
        match (byte, tail.first()) {
            (b',', Some(b'}')) => {
                out.extend_from_slice(b" }", GFP_KERNEL)?;
                rest = tail.get(1..).unwrap_or_default();
            }
            (b',', Some(b']')) => {
                out.push(b']', GFP_KERNEL)?;
                rest = tail.get(1..).unwrap_or_default();
            }
            (b',', _) => out.extend_from_slice(b", ", GFP_KERNEL)?,
            (b'{', Some(b'}')) => out.push(byte, GFP_KERNEL)?,
            (b'{', Some(_)) => out.extend_from_slice(b"{ ", GFP_KERNEL)?,
            _ => out.push(byte, GFP_KERNEL)?,
        }
    }
    Ok(out)
}

/// The characters in `['a','b',]`, four bytes for each, and what follows, if there is nothing else in the brackets.
fn characters(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.get(1..)?;
    let is_one = |chunk: &&[u8]| matches!(chunk, [b'\'', _, b'\'', b',']);
    let count = inner.chunks(4).take_while(is_one).count();
    let (string, tail) = inner.split_at_checked(count * 4)?;
    match (count, tail.split_first()) {
        (1.., Some((b']', tail))) => Some((string, tail)),
        _ => None,
    }
}

/// Replaces what may be an address, other than a pointer's that the printer hashes itself.
fn hide(ty: Type<'_>, bytes: &mut [u8]) -> Result<(), AllocError> {
    for offset in (0..bytes.len() & !7).step_by(8) {
        let Some(word) = bytes.get_mut(offset..offset + 8) else {
            break;
        };
        let value = word
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte));
        if may_be_address(value) && !is_pointer(ty, offset, MAX_DEPTH) {
            let hashed = to_c_string(fmt!("{}", Address::new(value as usize, false)))?;
            let digits = hashed
                .to_str()
                .ok()
                .and_then(|text| text.strip_prefix("0x"));
            let hash = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
            word.copy_from_slice(&hash.unwrap_or(0).to_le_bytes());
        }
    }
    Ok(())
}

/// Whether all that the type has at this offset is a pointer.
fn is_pointer(ty: Type<'_>, offset: usize, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    if let Some((element, _)) = ty.array() {
        return match element.size() {
            0 => false,
            size => is_pointer(element, offset % size, depth),
        };
    }
    if ty.is_struct_or_union() {
        let mut inside = ty.members().filter(|member| {
            let begin = member.bit_offset as usize / 8;
            let end = begin.saturating_add(member.ty.size().max(1));
            begin < offset.saturating_add(8) && offset < end
        });
        return inside.all(|member| {
            let begin = member.bit_offset as usize / 8;
            begin <= offset && is_pointer(member.ty, offset - begin, depth)
        });
    }
    offset == 0 && ty.shape() == Shape::Pointer
}
