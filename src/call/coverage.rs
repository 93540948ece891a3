// SPDX-License-Identifier: GPL-2.0

//! How many of the kernel's functions can be given arguments, by what the language has for the types of their
//! parameters.
//!
//! An object of a structure or union can be had if it is what a function returns whose own arguments can be had, or
//! a member of such an object, or what a member of one points to; or a per-CPU variable. That is found out by going
//! over all functions until nothing new turns up. A function to call back can be had if one of the kernel's has its
//! prototype, and may be called by a pointer.

use super::{
    callback::is_reachable,
    signature::{
        by_value,
        ValueKind,
        MAX_ARGUMENTS, //
    }, //
};
use crate::kallsyms::{
    Btf,
    Kallsyms,
    Kind,
    Prototype,
    Shape,
    Type, //
};
use kernel::{
    alloc::AllocError,
    prelude::*,
    rbtree::RBTree,
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
    /// A function to call back, of a prototype that no function has which may be called so.
    Callback,
    /// A structure by value that does not travel in registers, in or out, or a very long number.
    ByValue,
    /// More arguments than are supported.
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
    "(functions to call back, of which there are none)",
    "(structures by value that do not travel in registers)",
    "(more than twelve arguments)",
];

/// How many kinds there are that can be called.
const CALLABLE: usize = 4;

/// How many functions need what.
pub(crate) struct Coverage {
    counts: [usize; KINDS],
}

impl Coverage {
    /// Goes over all functions of the kernel itself. Takes a while, and sleeps.
    pub(crate) fn new(kallsyms: &Kallsyms, btf: &Btf<'_>) -> Result<Self, AllocError> {
        let mut objects = Objects::new(btf)?;
        objects.find_callbacks(kallsyms)?;
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
    /// The prototypes of functions that can be called back.
    callbacks: Digests,
}

impl<'a> Objects<'a> {
    fn new(btf: &'a Btf<'a>) -> Result<Self, AllocError> {
        let words = btf.count() as usize / 64 + 1;
        Ok(Self {
            btf,
            known: KVVec::from_elem(0, words, GFP_KERNEL)?,
            new: KVVec::new(),
            callbacks: Digests(RBTree::new()),
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

    /// Finds the functions that can be called back: those whose prototype some parameter wants.
    fn find_callbacks(&mut self, kallsyms: &Kallsyms) -> Result<(), AllocError> {
        let btf = self.btf;
        let mut wanted = Digests(RBTree::new());
        for function in btf.functions() {
            for parameter in function.parameters() {
                let target = parameter.ty.pointee().and_then(Type::prototype);
                if let Some(prototype) = target {
                    wanted.add(digest(&prototype, DIGEST_DEPTH))?;
                }
            }
        }
        for (index, function) in btf.functions().enumerate() {
            rest(index);
            let digest = digest(&function, DIGEST_DEPTH);
            if wanted.has(digest) && !self.callbacks.has(digest) {
                let address = kallsyms.lookup_name(function.name());
                let is_text = |address: &usize| kallsyms.layout().kind(*address) == Kind::Text;
                if address.filter(is_text).is_some_and(is_reachable) {
                    self.callbacks.add(digest)?;
                }
            }
        }
        Ok(())
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
                let is_object = returns.is_pointer() || returns.is_struct_or_union();
                if is_object && self.needs(&function) <= Needs::Objects {
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
        let mut most = match by_value(function.returns()) {
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
        match by_value(ty) {
            ValueKind::Bool
            | ValueKind::Integer { .. }
            | ValueKind::Enum { .. }
            | ValueKind::String { .. } => Needs::Values,
            ValueKind::Function => match ty.pointee().and_then(Type::prototype) {
                Some(wanted) if self.callbacks.has(digest(&wanted, DIGEST_DEPTH)) => Needs::Values,
                _ => Needs::Callback,
            },
            ValueKind::Structure(_) if self.is_known(ty.strip().id()) => Needs::Objects,
            ValueKind::Structure(_) => Needs::Temporaries,
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

/// How many pointers and functions deep types are looked into.
const DIGEST_DEPTH: usize = 4;

/// A set of numbers that stand for prototypes; see [`digest`].
struct Digests(RBTree<u64, ()>);

impl Digests {
    fn has(&self, digest: u64) -> bool {
        self.0.get(&digest).is_some()
    }

    fn add(&mut self, digest: u64) -> Result<(), AllocError> {
        match self.0.try_create_and_insert(digest, (), GFP_KERNEL) {
            Ok(_) => Ok(()),
            Err(_) => Err(AllocError),
        }
    }
}

/// A number that two prototypes have in common if a comparison finds that they are the same, and hardly ever otherwise.
fn digest(prototype: &Prototype<'_>, depth: usize) -> u64 {
    let parameters = prototype.parameters().map(|parameter| parameter.ty);
    let all = Iterator::chain(core::iter::once(prototype.returns()), parameters);
    let first = 1 + u64::from(prototype.is_variadic());
    all.fold(first, |sum, ty| mix(sum, digest_of(ty, depth)))
}

/// The same of a type.
fn digest_of(ty: Type<'_>, depth: usize) -> u64 {
    let Some(depth) = depth.checked_sub(1) else {
        return 3;
    };
    if let Some(target) = ty.pointee() {
        let qualifiers = u64::from(target.is_const()) | u64::from(target.is_volatile()) << 1;
        return mix(4 + qualifiers, digest_of(target, depth));
    }
    if let Some(prototype) = ty.prototype() {
        return digest(&prototype, depth);
    }
    if let Some((element, count)) = ty.array() {
        return mix(count as u64, digest_of(element, depth));
    }
    match ty.shape() {
        Shape::Void => 8,
        Shape::Bool => 9,
        Shape::Integer { size, signed } => 16 + u64::from(size) * 2 + u64::from(signed),
        _ => {
            let tag = ty.tag().to_bytes().iter();
            tag.fold(10, |sum, byte| mix(sum, u64::from(*byte)))
        }
    }
}

fn mix(sum: u64, more: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    (sum ^ more.wrapping_mul(ODD))
        .rotate_left(29)
        .wrapping_mul(ODD)
}
