// SPDX-License-Identifier: GPL-2.0

//! Functions of the kernel that may be called: what they are, and the direct calls that reach them.

mod function;
mod import;
pub mod static_call;
mod target;

pub use self::{
    function::{
        Arguments,
        Function,
        Register,
        Signature,
        Slot,
        Takes,
        Words,
        SLOTS,
        WORDS, //
    },
    import::{
        same,
        Import, //
    },
    target::Target,
};
