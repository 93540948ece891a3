// SPDX-License-Identifier: GPL-2.0

//! What a function takes and returns, by the kernel's own types or by the user's `sig`.

use super::{
    rules::{
        self,
        unsupported::MAX_ARGUMENTS, //
    },
    CallRequest, //
};
use crate::{
    ctype::{
        same_prototype::{
            parse,
            Comparison, //
        },
        value_kind::{
            by_value,
            of_text,
            ValueKind, //
        }, //
    },
    failure::{
        Failure,
        EOPNOTSUPP,
        EPROTOTYPE, //
    },
    kallsyms::{
        self,
        Btf,
        Kallsyms,
        Prototype,
        Target,
        Travel,
        Type, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    text, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// A parameter.
pub(crate) struct Formal {
    /// As C declares it, for messages.
    pub(crate) declaration: CString,
    /// Its name.
    pub(crate) name: CString,
    /// What it takes.
    pub(crate) kind: ValueKind,
    /// The id of its type in the [`CallSignature::btf`], if that has it.
    pub(crate) id: Option<u32>,
}

/// The signature of a function.
pub(crate) struct CallSignature<'k> {
    /// The prototype, as C.
    pub(crate) prototype: CString,
    /// What it returns.
    pub(crate) returns: ValueKind,
    /// The id of that type in the [`Self::btf`], if that has it.
    pub(crate) returns_id: Option<u32>,
    /// Its parameters.
    pub(crate) parameters: KVec<Formal>,
    /// Whether more arguments can follow.
    pub(crate) variadic: bool,
    /// The types that [`ValueKind::Enum`] refers to.
    pub(crate) btf: Option<Btf<'k>>,
}

impl<'k> CallSignature<'k> {
    /// The signature of the function `name` at `target`. Fails if the function cannot be called.
    #[inline(never)]
    pub(crate) fn new(
        kallsyms: &'k Kallsyms,
        target: &Target,
        name: &CStr,
        request: &CallRequest<'_>,
    ) -> Result<Self, Failure> {
        let sig = match request.sig {
            Some(sig) => {
                let failure = |error| Failure::parse("sig", error);
                let parsed = parse(|prototype| text::read_prototype(sig, prototype), failure)?;
                if !is_name_of(parsed.name.as_bytes(), name.to_bytes()) {
                    return Err(Failure::new(
                        EINVAL,
                        fmt!("sig: it declares {}, not {name}", parsed.name),
                    ));
                }
                Some(parsed)
            }
            None => None,
        };
        let btf = kallsyms.btf(target);
        let known = match &btf {
            Some(btf) => match btf.function(name) {
                Some(prototype) => {
                    if !request.unsafe_call {
                        rules::refuse_prototype(name, &prototype, request.source)?;
                    }
                    Some(Self::of_btf(btf, &prototype, sig.as_deref())?)
                }
                None => None,
            },
            None => None,
        };
        let mut signature = match (known, sig) {
            (Some(known), _) => known,
            (None, Some(sig)) if request.unsafe_call => {
                // Its typedefs and enumerations are looked up in the kernel itself.
                Self::of_sig(&sig, kallsyms.btf_of_vmlinux().as_ref())?
            }
            _ => {
                return Err(Failure::call(
                    request.source,
                    request.function.as_bytes(),
                    &kallsyms::Error::NoPrototype,
                ))
            }
        };
        signature.btf = btf;
        signature.refuse_unsupported()?;
        Ok(signature)
    }

    /// The signature by the kernel's own types. Fails if `sig` does not agree.
    #[inline(never)]
    fn of_btf(
        btf: &Btf<'_>,
        prototype: &Prototype<'_>,
        sig: Option<&text::Declaration<'_>>,
    ) -> Result<Self, Failure> {
        let printed = to_c_string(fmt!("{prototype}"))?;
        if let Some(sig) = sig {
            if !Comparison::new(btf).prototypes(prototype, sig)? {
                return Err(Failure::new(
                    EPROTOTYPE(),
                    fmt!("sig: the kernel has `{prototype}`, not `{}`", Pure(sig)),
                ));
            }
        }
        let mut parameters = KVec::new();
        for parameter in prototype.parameters() {
            let parameter = Formal {
                declaration: to_c_string(fmt!("{parameter}"))?,
                name: CString::try_from(parameter.name)?,
                kind: by_value(parameter.ty),
                id: Some(parameter.ty.id()),
            };
            parameters.push(parameter, GFP_KERNEL)?;
        }
        Ok(Self {
            returns: by_value(prototype.returns()),
            returns_id: Some(prototype.returns().id()),
            parameters,
            variadic: prototype.is_variadic(),
            prototype: printed,
            btf: None,
        })
    }

    /// The signature by the user's `sig` alone.
    #[inline(never)]
    fn of_sig(sig: &text::Declaration<'_>, btf: Option<&Btf<'_>>) -> Result<Self, Failure> {
        let mut parameters = KVec::new();
        for parameter in sig.parameters() {
            let parameter = Formal {
                declaration: to_c_string(fmt!("{}", Pure(parameter)))?,
                name: to_c_string(fmt!("{}", parameter.name.unwrap_or_default()))?,
                kind: of_text(&parameter.ty, btf)?,
                id: None,
            };
            parameters.push(parameter, GFP_KERNEL)?;
        }
        Ok(Self {
            returns: of_text(&sig.returns, btf)?,
            returns_id: None,
            parameters,
            variadic: sig.variadic,
            prototype: to_c_string(fmt!("{}", Pure(sig)))?,
            btf: None,
        })
    }

    /// Fails if a parameter or the return value does not travel in registers.
    #[inline(never)]
    fn refuse_unsupported(&self) -> Result<(), Failure> {
        if self.parameters.len() > MAX_ARGUMENTS {
            return Err(Failure::new(
                EOPNOTSUPP(),
                fmt!(
                    "`{}` takes more than {MAX_ARGUMENTS} arguments, which is not supported",
                    &*self.prototype
                ),
            ));
        }
        for parameter in &self.parameters {
            if parameter.kind == ValueKind::Unsupported {
                return Err(Failure::new(
                    EOPNOTSUPP(),
                    fmt!(
                        "`{}`: {} {}, which is not supported",
                        &*self.prototype,
                        &*parameter.declaration,
                        self.why(parameter.id)
                    ),
                ));
            }
        }
        match self.returns {
            ValueKind::Unsupported => Err(Failure::new(
                EOPNOTSUPP(),
                fmt!(
                    "`{}`: what it returns {}, which is not supported",
                    &*self.prototype,
                    self.why(self.returns_id)
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The type of a parameter or member in the BTF, if that has it.
    pub(crate) fn ty(&self, formal: &Formal) -> Option<Type<'_>> {
        self.ty_of(formal.id)
    }

    /// What a parameter or member points to, if it is a pointer and the BTF has its type.
    pub(crate) fn pointee(&self, formal: &Formal) -> Option<Type<'_>> {
        self.ty(formal)?.pointee()
    }

    fn ty_of(&self, id: Option<u32>) -> Option<Type<'_>> {
        Some(self.btf.as_ref()?.ty(id?))
    }

    /// Why values of this type do not travel in registers.
    fn why(&self, id: Option<u32>) -> &'static str {
        let ty = self.ty_of(id);
        ty.and_then(|ty| Travel::of(ty).err())
            .unwrap_or("is no integer or pointer")
    }
}

/// Whether a prototype with the name `written` is for the function. If a compiler changes a
/// function, it adds a dot and a word to its name, and other tools add a dollar and a word; no
/// prototype has these.
fn is_name_of(written: &[u8], function: &[u8]) -> bool {
    let rest = function.strip_prefix(written);
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'.' | b'$')))
}
