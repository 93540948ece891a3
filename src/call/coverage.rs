// SPDX-License-Identifier: GPL-2.0

//! How many of the kernel's functions can be given arguments, by what the language has for the types of their
//! parameters.
//!
//! An object of a structure or union can be had if it is what a function returns whose own arguments can be had, or
//! a member of such an object, or what a member of one points to; or a per-CPU variable. That is found out by going over all
//! functions until nothing new turns up.

use super::signature::{
    of_btf,
    ValueKind,
    MAX_ARGUMENTS, //
};
use crate::kallsyms::{
    Btf,
    Prototype,
    Type, //
};
use kernel::{
    alloc::AllocError,
    prelude::*,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};

/// What a function's arguments take, in order of what is asked of the language: the last that one of them takes counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    /// Numbers, constants and strings.
    Values,
    /// `out` and `out[n]` of numbers and bytes.
    Buffers,
    /// Objects of structures and unions, from calls and their members.
    Objects,
    /// Objects of which only zeroed or initialised temporaries can be had.
    Temporaries,
    /// An object of a structure of which the kernel's types have only the name, and that no function returns.
    Unknown,
    /// Variable arguments.
    Variable,
    /// A function to call back.
    Callback,
    /// A structure by value, in or out, or a very long number.
    ByValue,
    /// More arguments than fit in registers.
    Many,
}

/// How many there are.
const KINDS: usize = 9;

/// What each is called.
const NAMES: [&str; KINDS] = [
    "numbers and strings",
    "buffers and out parameters of numbers",
    "objects from calls and members",
    "structures that only a temporary can be",
    "(structures of which only the name is known)",
    "(variable arguments)",
    "(functions to call back)",
    "(structures by value)",
    "(more than six arguments)",
];

/// How many kinds there are that can be called.
const CALLABLE: usize = 4;

/// How many functions need what.
pub(crate) struct Coverage {
    counts: [usize; KINDS],
}

impl Coverage {
    /// Goes over all functions of the kernel itself. Takes a while, and sleeps.
    pub(crate) fn new(btf: &Btf<'_>) -> Result<Self, AllocError> {
        let mut objects = Objects::new(btf)?;
        objects.find()?;
        let mut counts = [0; KINDS];
        for (index, function) in btf.functions().enumerate() {
            rest(index);
            if let Some(count) = counts.get_mut(objects.needs(&function) as usize) {
                *count += 1;
            }
        }
        Ok(Self { counts })
    }

    /// How many functions there are, and how many of them can be given arguments.
    pub(crate) fn totals(&self) -> (usize, usize) {
        (
            self.counts.iter().sum(),
            self.counts.iter().take(CALLABLE).sum(),
        )
    }

    /// How many functions need what, by its name.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'static str, usize)> + '_ {
        NAMES.iter().copied().zip(self.counts.iter().copied())
    }
}

/// Lets others run from time to time.
fn rest(index: usize) {
    if index % 1024 == 0 {
        fsleep(Delta::from_micros(10));
    }
}

/// The structures and unions of which objects can be had.
struct Objects<'a> {
    btf: &'a Btf<'a>,
    /// A bit for each type.
    known: KVVec<u64>,
    /// Those whose members have not been looked at.
    new: KVVec<u32>,
}

impl<'a> Objects<'a> {
    fn new(btf: &'a Btf<'a>) -> Result<Self, AllocError> {
        let words = btf.count() as usize / 64 + 1;
        Ok(Self {
            btf,
            known: KVVec::from_elem(0, words, GFP_KERNEL)?,
            new: KVVec::new(),
        })
    }

    fn is_known(&self, id: u32) -> bool {
        let word = self.known.get(id as usize / 64).copied().unwrap_or(0);
        word >> (id % 64) & 1 != 0
    }

    /// Adds a type, if it is a structure or union, or an array or a pointer of one.
    fn add(&mut self, ty: Type<'_>) -> Result<(), AllocError> {
        let mut ty = ty.strip();
        while let Some(inner) = ty
            .pointee()
            .or_else(|| ty.array().map(|(element, _)| element))
        {
            ty = inner.strip();
        }
        if !ty.is_struct_or_union() || self.is_known(ty.id()) {
            return Ok(());
        }
        if let Some(word) = self.known.get_mut(ty.id() as usize / 64) {
            *word |= 1 << (ty.id() % 64);
        }
        self.new.push(ty.id(), GFP_KERNEL)
    }

    /// Finds all.
    fn find(&mut self) -> Result<(), AllocError> {
        let btf = self.btf;
        for ty in btf.variables() {
            self.add(ty)?;
        }
        loop {
            while let Some(id) = self.new.pop() {
                for member in btf.ty(id).members() {
                    self.add(member.ty)?;
                }
            }
            for (index, function) in btf.functions().enumerate() {
                rest(index);
                let returns = function.returns();
                if returns.is_pointer() && self.needs(&function) <= Needs::Objects {
                    self.add(returns)?;
                }
            }
            if self.new.is_empty() {
                return Ok(());
            }
        }
    }

    /// What a function's arguments take, as far as is known yet.
    fn needs(&self, function: &Prototype<'_>) -> Needs {
        let mut most = match of_btf(function.returns()) {
            ValueKind::Unsupported => Needs::ByValue,
            _ if function.is_variadic() => Needs::Variable,
            _ if function.parameters().len() > MAX_ARGUMENTS => Needs::Many,
            _ => Needs::Values,
        };
        for parameter in function.parameters() {
            most = most.max(self.parameter(parameter.ty));
        }
        most
    }

    fn parameter(&self, ty: Type<'_>) -> Needs {
        match of_btf(ty) {
            ValueKind::Bool
            | ValueKind::Integer { .. }
            | ValueKind::Enum { .. }
            | ValueKind::String { .. } => Needs::Values,
            ValueKind::Function => Needs::Callback,
            ValueKind::Void | ValueKind::Unsupported => Needs::ByValue,
            ValueKind::Pointer { size, .. } => {
                let target = ty.pointee().map(Type::strip);
                match target {
                    Some(target) if target.is_struct_or_union() => {
                        match (self.is_known(target.id()), size) {
                            (true, _) => Needs::Objects,
                            (false, 0) => Needs::Unknown,
                            (false, _) => Needs::Temporaries,
                        }
                    }
                    _ => Needs::Buffers,
                }
            }
        }
    }
}
