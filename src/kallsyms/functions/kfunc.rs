// SPDX-License-Identifier: GPL-2.0

//! The functions that BPF programs may call: kfuncs, and what the verifier is told of them.
//!
//! The kernel keeps the numbers of these functions in sets, which hang on their BTF. Their
//! layout is the kernel's private matter, so it is taken from its BTF.

use crate::kallsyms::{
    nofault,
    Btf,
    Kallsyms,
    Type,
    TypeKind, //
};
use core::ops::ControlFlow;
use kernel::prelude::*;

/// What the sets look like.
#[derive(Clone, Copy)]
pub struct Kfuncs {
    /// Where in a `struct btf` the pointer to the table is.
    table: usize,
    /// Where in the table the pointers to the sets are.
    sets: usize,
    /// How many there are.
    count: usize,
    /// Which of them has no kfuncs, but functions whose value BPF programs may change.
    other: usize,
    /// Where in a set the number of its entries is, and where the entries: two words each, a number
    /// and flags.
    length: usize,
    entries: usize,
}

impl Kallsyms {
    /// What knows the kfuncs; `None` if this kernel keeps them otherwise than this library knows.
    /// May sleep, until it has been found once.
    pub fn kfuncs(&self) -> Option<Kfuncs> {
        if let Some(kfuncs) = self.kfuncs.as_ref() {
            return Some(*kfuncs);
        }
        let found = self.find_kfuncs()?;
        self.kfuncs.populate(found);
        Some(found)
    }

    /// See [`kfuncs`](Self::kfuncs); asks the BTF.
    #[inline(never)] // frame
    fn find_kfuncs(&self) -> Option<Kfuncs> {
        let btf = self.btf_of_vmlinux()?;
        let named = |name| btf.named(name, TypeKind::Struct);
        let (table, _) = offset(named(c"btf")?, c"kfunc_set_tab")?;
        let (sets, pointers) = offset(named(c"btf_kfunc_set_tab")?, c"sets")?;
        let set = named(c"btf_id_set8")?;
        let (length, _) = offset(set, c"cnt")?;
        let (entries, array) = offset(set, c"pairs")?;
        let entry = array.array()?.0;
        let (id, _) = offset(entry, c"id")?;
        let (flags, _) = offset(entry, c"flags")?;
        if (id, flags, entry.size()) != (0, 4, 8) {
            return None;
        }
        let hooks = btf.named(c"btf_kfunc_hook", TypeKind::Enum)?;
        let other = hooks.for_each_constant(|name, value| {
            if *name == *c"BTF_KFUNC_HOOK_FMODRET" {
                ControlFlow::Break(value)
            } else {
                ControlFlow::Continue(())
            }
        });
        Some(Kfuncs {
            table,
            sets,
            count: pointers.array()?.1,
            other: other.break_value()? as usize,
            length,
            entries,
        })
    }
}

/// Where a member begins, and its type.
fn offset<'a>(ty: Type<'a>, name: &CStr) -> Option<(usize, Type<'a>)> {
    let member = ty.member(name.to_bytes())?;
    Some((member.offset(), member.ty))
}

impl Kfuncs {
    /// The flags (`KF_*`) of the function of this
    /// [`Prototype::id`](crate::kallsyms::Prototype::id), if it is a kfunc.
    pub fn flags(&self, btf: &Btf<'_>, id: u32) -> Option<u32> {
        let table = pointer(btf.as_ptr() as usize, self.table)?;
        let sets = (0..self.count).filter(|set| *set != self.other);
        let flags = sets.filter_map(|set| {
            let set = pointer(table, self.sets + set * size_of::<usize>())?;
            self.flags_in(set, id)
        });
        flags.reduce(|all, flags| all | flags)
    }

    /// The flags in one set, which is sorted.
    fn flags_in(&self, set: usize, id: u32) -> Option<u32> {
        let word = |offset| read(set, offset).map(u32::from_ne_bytes);
        let mut range = 0..word(self.length)? as usize;
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            let entry = self.entries + middle * 8;
            match word(entry)? {
                this if this == id => return word(entry + 4),
                this if this < id => range.start = middle + 1,
                _ => range.end = middle,
            }
        }
        None
    }
}

/// The pointer at this offset from an address, unless it is null.
fn pointer(base: usize, offset: usize) -> Option<usize> {
    read(base, offset)
        .map(usize::from_ne_bytes)
        .filter(|pointer| *pointer != 0)
}

/// What is at this offset from an address; `None` if it cannot be read. The address may be any: it
/// was read while others may have changed it.
fn read<const N: usize>(base: usize, offset: usize) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    nofault::read(base.checked_add(offset)?, &mut bytes)
        .is_ok()
        .then_some(bytes)
}
