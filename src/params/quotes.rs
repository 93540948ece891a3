// SPDX-License-Identifier: GPL-2.0

//! What the kernel did to the quotes that the user wrote.
//!
//! When a module is loaded, the kernel takes a quote off the beginning of each value, and one off its end,
//! whether or not they belong together. `args="a",5` arrives as `a",5`.

use crate::text;
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::*, //
};

/// The arguments in `text`, with the quotes that they lost.
pub(super) fn restore(text: &[u8]) -> Result<KVec<u8>, AllocError> {
    let mut value = KVec::new();
    let lost = are_lost(text);
    if lost {
        value.push(b'"', GFP_KERNEL)?;
    }
    value.extend_from_slice(text, GFP_KERNEL)?;
    if lost && text::arguments(&value).any(|argument| argument.is_err()) {
        value.push(b'"', GFP_KERNEL)?;
    }
    Ok(value)
}

/// Whether `text` began with a quote, and the user wrote it.
///
/// The quote that the kernel takes off stands before the value still. But insmod(8) puts quotes around a value that
/// has a space and does not begin with one; so those of such a value are taken to be the user's only if it makes
/// no sense without them.
fn are_lost(text: &[u8]) -> bool {
    let mut before = 0u8;
    // SAFETY: `before` is valid for writes of one byte; the function takes any address to read from.
    let failed = unsafe {
        bindings::copy_from_kernel_nofault(
            (&raw mut before).cast(),
            text.as_ptr().wrapping_sub(1).cast(),
            1,
        )
    };
    failed == 0
        && before == b'"'
        && (!text.contains(&b' ') || text::arguments(text).any(|argument| !is_plain(&argument)))
}

/// Whether an argument makes sense without quotes; a word could be the constant of an enumeration, but with
/// a space beside it is more likely one of a sentence.
fn is_plain(argument: &Result<text::Argument<'_>, text::ParseError>) -> bool {
    matches!(argument, Ok(argument) if !matches!(argument.value, text::Value::Name(_)))
}
