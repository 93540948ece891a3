// SPDX-License-Identifier: GPL-2.0

//! Functions of the kernel that may be called: what they are, and the direct calls that reach them.

mod entry;
mod function;
mod import;
mod kfunc;
mod signature;
mod slots;
pub mod static_call;
mod target;
mod variable;

pub(super) use self::{
    entry::may_call,
    variable::fits, //
};

pub use self::{
    function::{
        Function,
        Words, //
    },
    import::{
        same,
        Header,
        Import, //
    },
    kfunc::Kfuncs,
    signature::{
        Arguments,
        Register,
        Signature,
        Takes, //
    },
    slots::{
        Slot,
        SLOTS,
        WORDS,
        WORD_SLOTS, //
    },
    target::Target,
    variable::Variable, //
};
