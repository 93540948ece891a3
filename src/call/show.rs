// SPDX-License-Identifier: GPL-2.0

//! Structures, unions and arrays as text, by the kernel's own printer.

use super::value::{
    may_be_address,
    Value, //
};
use crate::{
    address::Address,
    bindings,
    kallsyms::{
        Kallsyms,
        Shape,
        Type, //
    },
    print::to_c_string, //
};
use kernel::{
    alloc::AllocError,
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
    ) -> i32 = bindings::btf_type_snprintf_show;
}

/// How long the text can become; the log cuts it where a line of it ends.
const MAX_TEXT: usize = 16 << 10;

/// Larger ones are shown without what is zero in them.
const MAX_WITH_ZEROS: usize = 256;

/// How many structures and arrays within each other are looked through for addresses.
const MAX_DEPTH: usize = 16;

/// Shows objects.
pub(super) struct Shower(Option<btf_type_snprintf_show>);

impl Shower {
    /// Finds the kernel's printer. Sleeps.
    pub(super) fn new(kallsyms: &Kallsyms) -> Self {
        Self(btf_type_snprintf_show::resolve(kallsyms).ok())
    }

    /// The object in `bytes`, of the type `ty`, as text. [`None`] if the kernel has no printer. Sleeps.
    pub(super) fn show(&self, ty: Type<'_>, bytes: &mut [u8]) -> Result<Option<Value>, AllocError> {
        let Some(printer) = &self.0 else {
            return Ok(None);
        };
        let shown = print(printer, ty, bytes, true)?;
        // The printer hashes pointers. An address in an integer it does not know.
        for offset in (0..bytes.len().saturating_sub(7)).step_by(8) {
            let Some(word) = bytes.get_mut(offset..offset + 8) else {
                break;
            };
            let value = word
                .iter()
                .rev()
                .fold(0, |value, byte| value << 8 | u64::from(*byte));
            if may_be_address(value) && has_word(ty, offset, MAX_DEPTH) {
                let hashed = to_c_string(fmt!("{}", Address::new(value as usize, false)))?;
                let digits = hashed
                    .to_str()
                    .ok()
                    .and_then(|text| text.strip_prefix("0x"));
                let hash = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
                word.copy_from_slice(&hash.unwrap_or(0).to_le_bytes());
            }
        }
        let hashed = print(printer, ty, bytes, false)?;
        Ok(Some(Value::Printed(shown, hashed)))
    }
}

/// Has the kernel print it, with addresses or with hashes of them.
fn print(
    printer: &btf_type_snprintf_show,
    ty: Type<'_>,
    bytes: &mut [u8],
    show: bool,
) -> Result<KVec<u8>, AllocError> {
    let mut flags = bindings::BTF_F_COMPACT;
    if bytes.len() <= MAX_WITH_ZEROS {
        flags |= bindings::BTF_F_ZERO;
    }
    if show {
        flags |= bindings::BTF_F_PTR_RAW;
    }
    let mut text = KVec::from_elem(0u8, MAX_TEXT, GFP_KERNEL)?;
    // SAFETY: The BTF is valid, and lives as long as `ty` does; the id is one of its. `bytes` has as many
    // bytes as the type, which are only read, by the fault-tolerant functions. The buffer has the length
    // that is said; what is written ends with a NUL.
    let length = unsafe {
        printer.call(
            ty.btf_ptr(),
            ty.id(),
            bytes.as_mut_ptr().cast(),
            text.as_mut_ptr().cast(),
            MAX_TEXT as i32,
            u64::from(flags),
        )
    };
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(MAX_TEXT);
    text.truncate(end);
    if length < 0 || length as usize > end {
        text.extend_from_slice(b"...", GFP_KERNEL)?;
    }
    Ok(text)
}

/// Whether an integer of eight bytes is in the type at this offset.
fn has_word(ty: Type<'_>, offset: usize, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    if let Some((element, _)) = ty.array() {
        return match element.size() {
            0 => true,
            size => has_word(element, offset % size, depth),
        };
    }
    if ty.is_struct_or_union() {
        return ty.members().any(|member| {
            let begin = member.bit_offset as usize / 8;
            (begin..begin + member.ty.size().max(1)).contains(&offset)
                && has_word(member.ty, offset - begin, depth)
        });
    }
    matches!(
        ty.shape(),
        Shape::Integer { size: 8.., .. } | Shape::Enum { size: 8.., .. }
    )
}
