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

/// What a type in the text stands for.
pub(crate) enum Said {
    /// This.
    Type(Ty),
    /// Neither the kernel nor a loaded module has it.
    Unknown,
    /// There are different ones.
    Several(Several),
}

impl Types<'_> {
    /// The type that the user wrote. It is looked for in the module of the value that it is
    /// `about`, in the kernel itself, and then in all loaded modules. May sleep.
    #[inline(never)]
    pub(crate) fn said(
        &mut self,
        said: &text::TypeName<'_>,
        about: Option<Ty>,
    ) -> Result<Said, AllocError> {
        let ty = match Self::written(said) {
            Some(ty) => ty,
            None => return Ok(Said::Unknown),
        };
        if ty.root != Root::Void || matches!(said.base, Base::Void) {
            return Ok(Said::Type(ty));
        }
        let (chosen, base) = said.base.in_module();
        match chosen {
            Some(module) if module.as_bytes() != VMLINUX.to_bytes() => {
                return self.of_modules(ty, chosen, &base);
            }
            Some(_) => {
                return match self.btfs.first() {
                    Some(btf) => match base::find(&base, btf)? {
                        Some(found) => self.of_one(ty, 0, found),
                        None => Ok(Said::Unknown),
                    },
                    None => Ok(Said::Unknown),
                }
            }
            None => {}
        }
        // A value's own type, of whatever file or module it is.
        if let Some((own, root)) = about.and_then(|about| Some((self.pointed(about)?, about.root)))
        {
            if base::is_tag_of(&said.base, own) {
                if let Root::Btf { btf, .. } = root {
                    return Ok(Said::Type(ty.with_base(btf, own.strip().id())));
                }
            }
        }
        let module = about.and_then(|about| match about.root {
            Root::Btf { btf, .. } => Some(btf),
            _ => None,
        });
        for index in [module.unwrap_or(0), 0] {
            if let Some(btf) = self.btfs.get(index) {
                if let Some(found) = base::find(&said.base, btf)? {
                    return self.of_one(ty, index, found);
                }
            }
        }
        self.of_modules(ty, None, &said.base)
    }

    /// The type that was `found` in one of the BTFs, unless that has others of its name. `ty` has
    /// its pointers.
    fn of_one(&self, ty: Ty, btf: usize, found: Type<'_>) -> Result<Said, AllocError> {
        let of_vmlinux = found.btf().is_of_base(found.id());
        let several = match of_vmlinux {
            true if self.has_others(found)? => c"the kernel",
            false if module_types::has_others(found) => c"the module",
            _ => return Ok(Said::Type(ty.with_base(btf, found.id()))),
        };
        Ok(Said::Several(Several::of_files(several)?))
    }

    /// The type with this base of the module `of`, or of any loaded module. `ty` has its pointers.
    fn of_modules(
        &mut self,
        ty: Ty,
        of: Option<&str>,
        base: &Base<'_>,
    ) -> Result<Said, AllocError> {
        Ok(match module_types::find(self.kallsyms, of, base)? {
            Search::Nothing => Said::Unknown,
            Search::Several(several) => Said::Several(several),
            Search::Found(held, id) => {
                let btf = self.kallsyms.held(&held);
                self.kallsyms.release(held);
                match btf {
                    Some(btf) => Said::Type(ty.with_base(self.add(btf)?, id)),
                    None => Said::Unknown,
                }
            }
        })
    }

    /// The type of a value, or of what its pointers lead to.
    fn pointed(&self, ty: Ty) -> Option<Type<'_>> {
        let end = successors(Some(ty), |ty| self.pointee(*ty))
            .take(MAX_DEPTH)
            .last()?;
        self.get(end)
    }

    /// Whether the kernel itself has other types of this one's name. May sleep.
    fn has_others(&self, ty: Type<'_>) -> Result<bool, AllocError> {
        let mut known = self.duplicates.lock();
        if let (None, Some(btf)) = (&*known, self.btfs.first()) {
            *known = Some(Duplicates::new(btf)?);
        }
        Ok(known.as_ref().is_some_and(|duplicates| duplicates.has(ty)))
    }

    /// The type that was written, if the kernel itself has it.
    pub(crate) fn said_of_vmlinux(
        &self,
        said: &text::TypeName<'_>,
    ) -> Result<Option<Ty>, AllocError> {
        let Some(ty) = Self::written(said) else {
            return Ok(None);
        };
        if ty.root != Root::Void || matches!(said.base, Base::Void) {
            return Ok(Some(ty));
        }
        let Some(btf) = self.btfs.first() else {
            return Ok(None);
        };
        let found = base::find(&said.base, btf)?;
        Ok(found.map(|found| Ty {
            root: Root::Btf {
                btf: 0,
                id: found.id(),
            },
            ..ty
        }))
    }

    /// The type as far as it needs no BTF: `void` stands for what has a name. [`None`]: it is not
    /// supported.
    fn written(said: &text::TypeName<'_>) -> Option<Ty> {
        let (stars, constant) = match said.pointers().split_last() {
            None => (0, said.qualifiers.constant),
            Some((_, [])) => (1, said.qualifiers.constant),
            Some((_, inner)) => (
                // The parser takes a few pointers only.
                inner.len() as u8 + 1,
                inner.last().is_some_and(|last| last.constant),
            ),
        };
        let root = match said.base {
            Base::Float(_) | Base::FunctionPointer(_) | Base::TypeOf(..) => return None,
            // BTF need not have all of C's own integers.
            Base::Char { signed: Some(_) } | Base::Integer { .. } => {
                match base::shape(&said.base) {
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
            narrow: false,
        })
    }
}
