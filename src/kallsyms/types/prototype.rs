// SPDX-License-Identifier: GPL-2.0

//! Prototypes: what a function takes and returns.

use super::{
    Btf,
    FunctionShape,
    Type,
    ValueShape, //
};
use crate::bindings::{
    self,
    btf_param, //
};
use kernel::prelude::*;

/// What `resolve_btfids` appends to a kfunc's name for its prototype with implicit arguments.
const IMPLICIT: &[u8] = b"_impl";

/// How long the name of a function can be, with the NUL.
const NAME_LEN: usize = bindings::KSYM_NAME_LEN as usize;

/// A function's prototype. Prints as C.
///
/// # Examples
///
/// ```
/// # use crate::kallsyms::{Error, Kallsyms, Name};
/// # fn example(kallsyms: &Kallsyms) -> Result<(), Error> {
/// let name = Name::new(c"int_sqrt")?;
/// let target = kallsyms.target(&name, 0)?;
/// let btf = kallsyms.btf(&target).ok_or(Error::NoPrototype)?;
/// let prototype = btf.function(name.symbol()).ok_or(Error::NoPrototype)?;
/// pr_info!("{prototype}\n"); // unsigned long int_sqrt(unsigned long x)
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Prototype<'a> {
    /// What has the name; `void` for the type of a function.
    named: Type<'a>,
    ty: Type<'a>,
}

/// A parameter of a function.
#[derive(Clone, Copy)]
pub struct Parameter<'a> {
    /// Its name, which may be empty.
    pub name: &'a CStr,
    /// Its type.
    pub ty: Type<'a>,
}

impl<'a> Prototype<'a> {
    /// That of a function in the BTF, which has a name.
    pub(super) fn of_function(function: Type<'a>) -> Self {
        Self {
            named: function,
            ty: function.target(),
        }
    }

    /// That which the type of a function is.
    pub(super) fn of_type(ty: Type<'a>) -> Self {
        Self {
            named: ty.btf().ty(0),
            ty,
        }
    }

    /// The type of the function.
    pub(super) fn ty(&self) -> Type<'a> {
        self.ty
    }

    /// Whether it has no parameters at all.
    pub(super) fn takes_nothing(&self) -> bool {
        self.ty.parameters().is_empty()
    }

    /// This name with the type of `longer`, if that takes what this takes, by the same types, and
    /// more. Linux 7.3 tags pointers into arenas in the one and not in the other.
    pub(super) fn continued_by(&self, longer: &Self) -> Option<Self> {
        let (these, those) = (self.ty.parameters(), longer.ty.parameters());
        let same = |(this, that): (&btf_param, &btf_param)| {
            let btf = self.ty.btf();
            btf.ty(this.type_).is_same_but_for_tags(btf.ty(that.type_))
        };
        (these.len() < those.len() && these.iter().zip(those).all(same)).then_some(Self {
            named: self.named,
            ty: longer.ty,
        })
    }

    /// The function's name, which is empty for the type of a function.
    pub fn name(&self) -> &'a CStr {
        self.named.name()
    }

    /// Whether the name matches a pattern, as for [`glob_match()`](crate::kallsyms::glob_match).
    pub fn is_named_like(&self, pattern: &CStr) -> bool {
        self.named.raw_name().matches(pattern)
    }

    /// The number of the function in the BTF; 0 for the type of a function.
    pub fn id(&self) -> u32 {
        self.named.id()
    }

    /// What it returns.
    pub fn returns(&self) -> Type<'a> {
        self.ty.target()
    }

    /// Its parameters with names and types, in order.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = Parameter<'a>> + 'a {
        let btf = self.ty.btf();
        let all = self.ty.parameters();
        let named = all.len() - usize::from(self.is_variadic());
        all[..named].iter().map(move |parameter| Parameter {
            name: btf.string(parameter.name_off),
            ty: btf.ty(parameter.type_),
        })
    }

    /// The ids of its parameters' types, in order. Looks at no name, so that it is quicker than
    /// [`Self::parameters`].
    pub fn parameter_ids(&self) -> impl ExactSizeIterator<Item = u32> + 'a {
        let all = self.ty.parameters();
        let named = all.len() - usize::from(self.is_variadic());
        all[..named].iter().map(|parameter| parameter.type_)
    }

    /// Whether it takes more: its last parameter then has neither a name nor a type.
    pub fn is_variadic(&self) -> bool {
        self.ty
            .parameters()
            .last()
            .is_some_and(|last| last.type_ == 0)
    }

    /// Whether values of this shape travel in and out of it.
    pub fn agrees(&self, shape: &FunctionShape) -> bool {
        let parameters = self.parameters();
        parameters.len() == shape.parameters.len()
            && self.is_variadic() == shape.variadic
            && self.returns().agrees(shape.returns)
            && parameters
                .zip(shape.parameters)
                .all(|(parameter, shape)| parameter.ty.agrees(*shape))
    }
}

impl<'a> Type<'a> {
    /// Whether values of this shape travel as values of the type do. If both are pointers to
    /// something with a name, the names have to be the same.
    fn agrees(self, value: ValueShape) -> bool {
        let names = || {
            let pointee = self.pointee()?;
            let named = pointee.is_struct_or_union() && !pointee.tag().is_empty();
            named
                .then_some(pointee.tag().to_bytes())
                .zip(value.pointee())
        };
        self.shape().agrees(value.shape())
            && names().is_none_or(|(kernel, rust)| kernel == rust.as_bytes())
    }

    /// What it takes and returns, if it is a function.
    pub fn prototype(self) -> Option<Prototype<'a>> {
        self.is_function().then(|| Prototype::of_type(self.strip()))
    }
}

impl Btf<'_> {
    /// The prototype of the function of this name, for which
    /// [`Kallsyms::btf`](crate::kallsyms::Kallsyms::btf) has returned this; `None` if there is none
    /// that can be believed.
    ///
    /// `void f(void)` is believed only of a target that a compiler has made, since it is also what
    /// is said of every function of assembly.
    ///
    /// A kfunc can have implicit arguments, which BPF programs do not write and the verifier adds.
    /// What has its name in the BTF lacks them; this is the prototype of the function itself.
    pub fn function(&self, name: &CStr) -> Option<Prototype<'_>> {
        let written = self.function_as_written(name)?;
        let prototype = match self.implicit_twin(&written) {
            None => written,
            Some(twin) => match written.continued_by(&twin) {
                Some(prototype) => prototype,
                None if self.may_take_implicit_arguments(&written) => return None,
                None => written,
            },
        };
        let nothing = prototype.takes_nothing() && prototype.returns().id() == 0;
        let is_compiled = || {
            self.function
                .is_some_and(|(kallsyms, address)| kallsyms.is_compiled(address))
        };
        (!nothing || is_compiled()).then_some(prototype)
    }

    /// As [`Self::function`], without implicit arguments, and believed of whatever has this name.
    pub fn function_as_written(&self, name: &CStr) -> Option<Prototype<'_>> {
        let id = self.find(name, bindings::BTF_KIND_FUNC)?;
        Some(Prototype::of_function(self.ty(id)))
    }

    /// The prototype with implicit arguments, if the BTF has one: `resolve_btfids` calls it
    /// `NAME_impl`, and its parameters begin like those that `NAME` has, and are more. (The kernel
    /// has pairs of functions with such names, too; they do not match.)
    pub fn with_implicit_arguments<'a>(&'a self, written: &Prototype<'a>) -> Option<Prototype<'a>> {
        written.continued_by(&self.implicit_twin(written)?)
    }

    /// The prototype under the name that `resolve_btfids` gives to one with implicit arguments.
    #[inline(never)] // frame
    fn implicit_twin<'a>(&'a self, written: &Prototype<'a>) -> Option<Prototype<'a>> {
        let mut name = [0; NAME_LEN];
        let name = join(&mut name, [written.name().to_bytes(), IMPLICIT])?;
        let id = self.find(name, bindings::BTF_KIND_FUNC)?;
        Some(Prototype::of_function(self.ty(id)))
    }

    /// Whether it is a kfunc with implicit arguments, or whether that is not known.
    fn may_take_implicit_arguments(&self, written: &Prototype<'_>) -> bool {
        let kfuncs = self.function.and_then(|(kallsyms, _)| kallsyms.kfuncs());
        kfuncs.is_none_or(|kfuncs| {
            let flags = kfuncs.flags(self, written.id());
            flags.is_some_and(|flags| flags & bindings::KF_IMPLICIT_ARGS != 0)
        })
    }

    /// If this is such a prototype with implicit arguments, the one without them, and this with the
    /// name of that.
    #[inline(never)] // frame
    pub fn without_implicit_arguments<'a>(
        &'a self,
        whole: &Prototype<'a>,
    ) -> Option<(Prototype<'a>, Prototype<'a>)> {
        let mut name = [0; NAME_LEN];
        let name = join(
            &mut name,
            [whole.name().to_bytes().strip_suffix(IMPLICIT)?, b""],
        )?;
        let written = self.function_as_written(name)?;
        let named = written.continued_by(whole)?;
        Some((written, named))
    }

    /// The prototypes of all functions whose [`Prototype::id`] is `first` or more, as BTF has them:
    /// functions of assembly too.
    pub fn functions_since(&self, first: u32) -> impl Iterator<Item = Prototype<'_>> {
        self.of_kind(bindings::BTF_KIND_FUNC, first)
            .map(Prototype::of_function)
    }
}

/// Joins two parts to a name, unless it is longer than a function's can be.
fn join<'b>(buffer: &'b mut [u8; NAME_LEN], parts: [&[u8]; 2]) -> Option<&'b CStr> {
    let [rest @ .., _] = &mut *buffer;
    let mut room = rest.iter_mut();
    for byte in parts.into_iter().flatten() {
        *room.next()? = *byte;
    }
    CStr::from_bytes_until_nul(buffer).ok()
}
