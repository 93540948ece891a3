// SPDX-License-Identifier: GPL-2.0

//! Puts back the quotes that the kernel has removed from a value.
//!
//! When a module is loaded, the kernel removes a quote at the beginning of each value and one at
//! its end, whether or not they belong together. `args="a",5` arrives as `a",5`.

use crate::{
    kallsyms::nofault,
    parser_memory::ParserMemory,
    text::{
        Literal,
        NodeKind, //
    }, //
};
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// The arguments in `text`, with the quotes that they lost.
pub(super) fn restore(text: &[u8]) -> Result<KVec<u8>, AllocError> {
    let mut value = KVec::new();
    let lost = are_lost(text)?;
    if lost {
        value.push(b'"', GFP_KERNEL)?;
    }
    value.extend_from_slice(text, GFP_KERNEL)?;
    let closed = !lost || ParserMemory::new(&value)?.expressions(&value).is_ok();
    if !closed {
        value.push(b'"', GFP_KERNEL)?;
    }
    Ok(value)
}

/// Whether `text` began with a quote that the user wrote.
///
/// A removed quote is still in memory before the value. But insmod(8) itself puts quotes around a
/// value that has a space and does not begin with a quote. So quotes around a value with a space
/// count as the user's only if the value makes no sense without them.
fn are_lost(text: &[u8]) -> Result<bool, AllocError> {
    let mut before = 0u8;
    let address = text.as_ptr().wrapping_sub(1) as usize;
    let there = nofault::read(address, core::slice::from_mut(&mut before)).is_ok();
    Ok(there && before == b'"' && (!text.contains(&b' ') || !is_plain(text)?))
}

/// Whether arguments make sense without quotes. A lone word does not: it could be a constant, but
/// with a space beside it, it is more likely a word of a sentence.
fn is_plain(text: &[u8]) -> Result<bool, AllocError> {
    let mut memory = ParserMemory::new(text)?;
    let Ok(tree) = memory.expressions(text) else {
        return Ok(false);
    };
    let nodes = tree.nodes();
    let is_word = |node: usize| {
        // Only operands of the list count: no other later node uses them.
        let inner = nodes
            .iter()
            .skip(node + 1)
            .any(|outer| outer.first() <= node && !matches!(outer.kind, NodeKind::Arguments(_)));
        !inner
            && matches!(nodes.get(node), Some(node) if matches!(node.kind, NodeKind::Value(Literal::Name(_))))
    };
    Ok(!(0..nodes.len()).any(is_word))
}
