// SPDX-License-Identifier: GPL-2.0

//! Types in the user's text.

use super::{
    base,
    duplicates::Duplicates,
    module_types::{
        self,
        Search,
        Several, //
    }, //
};
use crate::{
    ctype::{
        ty::{
            Doubt,
            Root,
            Ty, //
        },
        types::Types, //
    },
    kallsyms::{
        Shape,
        Type,
        VMLINUX, //
    },
    text::{
        self,
        Base, //
    }, //
};
use core::iter::successors;
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// How many levels of pointers there can be.
const MAX_DEPTH: usize = 16;

/// What a type in the user's text stands for.
pub(crate) enum Resolved {
    /// This type.
    Type(Ty),
    /// Neither the kernel nor a loaded module has it.
    Unknown,
    /// There are different types of this name.
    Several(Several),
}

impl Types<'_> {
    /// Finds the type that the user wrote. Looks in the module of the value that it is `about`, in
    /// the kernel itself, and then in all loaded modules. May sleep.
    #[inline(never)]
    pub(crate) fn resolve(
        &mut self,
        written: &text::TypeName<'_>,
        about: Option<Ty>,
    ) -> Result<Resolved, AllocError> {
        let ty = match Self::without_btf(written) {
            Some(ty) => ty,
            None => return Ok(Resolved::Unknown),
        };
        if ty.root != Root::Void || matches!(written.base, Base::Void) {
            return Ok(Resolved::Type(ty));
        }
        let (chosen, base) = written.base.in_module();
        match chosen {
            Some(module) if module.as_bytes() != VMLINUX.to_bytes() => {
                return self.of_modules(ty, chosen, &base);
            }
            Some(_) => {
                return match self.btfs.first() {
                    Some(btf) => match base::find(&base, btf)? {
                        Some(found) => self.of_one(ty, 0, found),
                        None => Ok(Resolved::Unknown),
                    },
                    None => Ok(Resolved::Unknown),
                }
            }
            None => {}
        }
        // The value's own type comes first, whichever file or module has it.
        if let Some((own, root)) = about.and_then(|about| Some((self.pointed(about)?, about.root)))
        {
            if base::is_tag_of(&written.base, own) {
                if let Root::Btf { btf, .. } = root {
                    return Ok(Resolved::Type(ty.with_base(btf, own.strip().id())));
                }
            }
        }
        let module = about.and_then(|about| match about.root {
            Root::Btf { btf, .. } => Some(btf),
            _ => None,
        });
        for index in [module.unwrap_or(0), 0] {
            if let Some(btf) = self.btfs.get(index) {
                if let Some(found) = base::find(&written.base, btf)? {
                    return self.of_one(ty, index, found);
                }
            }
        }
        self.of_modules(ty, None, &written.base)
    }

    /// The type that was `found` in one of the BTFs, with the pointers of `ty`, unless the BTF has
    /// different ones of this name.
    fn of_one(&self, ty: Ty, btf: usize, found: Type<'_>) -> Result<Resolved, AllocError> {
        let of_vmlinux = found.btf().is_of_base(found.id());
        let several = match of_vmlinux {
            true if self.has_others(found)? => c"the kernel",
            false if module_types::has_others(found) => c"the module",
            _ => return Ok(Resolved::Type(ty.with_base(btf, found.id()))),
        };
        Ok(Resolved::Several(Several::of_files(several)?))
    }

    /// The type with this base in the module `of`, or in any loaded module, with the pointers of
    /// `ty`.
    fn of_modules(
        &mut self,
        ty: Ty,
        of: Option<&str>,
        base: &Base<'_>,
    ) -> Result<Resolved, AllocError> {
        Ok(match module_types::find(self.kallsyms, of, base)? {
            Search::Nothing => Resolved::Unknown,
            Search::Several(several) => Resolved::Several(several),
            Search::Found(held, id) => {
                let btf = self.kallsyms.held(&held);
                self.kallsyms.release(held);
                match btf {
                    Some(btf) => Resolved::Type(ty.with_base(self.add(btf)?, id)),
                    None => Resolved::Unknown,
                }
            }
        })
    }

    /// The type of a value; if it is a pointer, the type at the end of its pointers.
    fn pointed(&self, ty: Ty) -> Option<Type<'_>> {
        let end = successors(Some(ty), |ty| self.pointee(*ty))
            .take(MAX_DEPTH)
            .last()?;
        self.get(end)
    }

    /// Whether other types of the kernel itself have the name of this one. May sleep.
    fn has_others(&self, ty: Type<'_>) -> Result<bool, AllocError> {
        let known = &mut self.names.lock().duplicates;
        if let (None, Some(btf)) = (&*known, self.btfs.first()) {
            *known = Some(Duplicates::new(btf)?);
        }
        Ok(known.as_ref().is_some_and(|duplicates| duplicates.has(ty)))
    }

    /// Finds the type that the user wrote in the kernel itself.
    pub(crate) fn resolve_in_vmlinux(
        &self,
        written: &text::TypeName<'_>,
    ) -> Result<Option<Ty>, AllocError> {
        let Some(ty) = Self::without_btf(written) else {
            return Ok(None);
        };
        if ty.root != Root::Void || matches!(written.base, Base::Void) {
            return Ok(Some(ty));
        }
        let Some(btf) = self.btfs.first() else {
            return Ok(None);
        };
        let found = base::find(&written.base, btf)?;
        Ok(found.map(|found| Ty {
            root: Root::Btf {
                btf: 0,
                id: found.id(),
            },
            ..ty
        }))
    }

    /// The type as far as it is known without BTF: a base with a name is `void` for now. [`None`]
    /// if the type is not supported.
    fn without_btf(written: &text::TypeName<'_>) -> Option<Ty> {
        let (stars, constant) = match written.pointers().split_last() {
            None => (0, written.qualifiers.constant),
            Some((_, [])) => (1, written.qualifiers.constant),
            Some((_, inner)) => (
                // The parser allows only a few pointers.
                inner.len() as u8 + 1,
                inner.last().is_some_and(|last| last.constant),
            ),
        };
        let root = match written.base {
            Base::Float(_) | Base::FunctionPointer(_) | Base::TypeOf(..) => return None,
            // BTF need not have all of C's own integers.
            Base::Char { signed: Some(_) } | Base::Integer { .. } => {
                match base::shape(&written.base) {
                    Some(Shape::Integer { size, signed }) => Root::Integer { size, signed },
                    _ => return None,
                }
            }
            _ => Root::Void,
        };
        Some(Ty {
            root,
            stars,
            constant,
            doubt: Some(Doubt::Cast),
            ..Ty::VOID
        })
    }
}
