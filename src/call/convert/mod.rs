// SPDX-License-Identifier: GPL-2.0

//! Converts arguments from values to machine words.

pub(crate) mod braces;
mod callback;
mod literal;
pub(crate) mod printf;
mod sizes;

use self::{
    literal::{
        integer,
        out_of_range, //
    },
    printf::check_format,
    sizes::Room, //
};

use super::{
    arguments::{
        Argument,
        ArgumentValue,
        Complaint,
        Field,
        Temporary, //
    },
    callable::Callable,
    kernel_data,
    rules::{
        known_parameters,
        unsupported::MAX_ARGUMENTS,
        Rules, //
    },
    signature::Formal,
    CallRequest, //
};
use crate::{
    ctype::{
        bits::is_signed,
        named::constants,
        ty::{
            Doubt,
            Ty, //
        },
        types::Types,
        value_kind::ValueKind, //
    },
    failure::{
        Failure,
        EOPNOTSUPP, //
    },
    kallsyms::{
        Kallsyms,
        Shape,
        Travel,
        Type, //
    },
    module_bindings,
    run::{
        Memory,
        Registers, //
    },
    text::Literal, //
};
use kernel::prelude::{
    fmt,
    *, //
};

/// Converts the arguments of one call.
pub(crate) struct Converter<'r, 'k, 'a> {
    pub(crate) rules: &'r Rules,
    pub(crate) kallsyms: &'r Kallsyms,
    pub(crate) types: &'r Types<'k>,
    pub(crate) callable: &'r Callable<'k>,
    pub(crate) request: &'r CallRequest<'r>,
    /// The members of all braces.
    pub(crate) fields: &'r [Field<'a>],
    pub(crate) memory: &'r mut Memory,
    pub(crate) temporaries: KVec<Temporary>,
    /// How many more levels of braces may be nested in those that are being converted.
    pub(crate) levels: usize,
}

impl<'a> Converter<'_, '_, 'a> {
    /// Checks the arguments against the parameters, and converts them.
    #[inline(never)]
    pub(crate) fn passed(
        &mut self,
        arguments: &mut [Argument<'a>],
    ) -> Result<KBox<Registers>, Failure> {
        let (signature, request) = (&self.callable.signature, self.request);
        let source = request.source;
        let mut passed = KBox::new(Registers::NONE, GFP_KERNEL)?;
        let mut room = Room::UNLIMITED;
        for (count, argument) in arguments.iter_mut().enumerate() {
            let column = argument.column;
            let parameter = signature.parameters.get(count);
            if count >= MAX_ARGUMENTS || parameter.is_none() && !signature.variadic {
                return Err(Failure::at(
                    E2BIG,
                    source,
                    column,
                    fmt!("one argument too many for `{}`", &*signature.prototype),
                ));
            }
            let declaration = parameter.map_or(c"...", |parameter| &parameter.declaration);
            let complaint = Complaint {
                source,
                column,
                declaration,
            };
            if let (Some(parameter), ArgumentValue::Literal(value), false) =
                (parameter, argument.value, request.unsafe_call)
            {
                self.refuse_unknown(count + 1, parameter, value, &complaint)?;
            }
            let mut travel = Travel::WORD;
            let value = match parameter {
                Some(parameter) => {
                    if let ValueKind::Structure(by_value) = parameter.kind {
                        travel = by_value;
                    }
                    self.words(parameter, argument.value, &complaint)?
                }
                None => {
                    if let ArgumentValue::Literal(Literal::Name(name)) = argument.value {
                        if let Some(value) = constants::find(self.types, name)? {
                            argument.value = ArgumentValue::Literal(value);
                        }
                    }
                    [self.promote(argument.value, &complaint)?, 0]
                }
            };
            if passed.add(value, travel).is_none() {
                return Err(complaint.say(
                    EOPNOTSUPP(),
                    fmt!("the arguments have no room on the stack, which is not supported"),
                ));
            }
            let Some(parameter) = parameter else { continue };
            self.compare_sizes(&mut room, parameter, argument.value, value[0], &complaint)?;
        }
        if arguments.len() < signature.parameters.len() {
            return Err(Failure::at(
                EINVAL,
                source,
                request.end,
                fmt!("too few arguments for `{}`", &*signature.prototype),
            ));
        }
        if signature.variadic && !request.unsafe_call {
            check_format(self.callable, self.types, arguments, request)?;
        }
        Ok(passed)
    }

    /// The words for an argument.
    fn words(
        &mut self,
        parameter: &Formal,
        given: ArgumentValue<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<[usize; 2], Failure> {
        match parameter.kind {
            ValueKind::Structure(_) => self.structure(parameter, given, complaint),
            _ => Ok([self.convert(parameter, given, complaint)?, 0]),
        }
    }

    /// The words for a structure by value: copied from another one, or as the braces say.
    #[inline(never)]
    pub(crate) fn structure(
        &mut self,
        parameter: &Formal,
        given: ArgumentValue<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<[usize; 2], Failure> {
        let Some(wanted) = self.callable.signature.ty(parameter) else {
            return Err(wants(parameter.kind, complaint));
        };
        match given {
            ArgumentValue::Structure(ty, words) => {
                self.check_type(wanted, ty, complaint)?;
                Ok(words)
            }
            ArgumentValue::Literal(Literal::Integer {
                negative,
                magnitude,
                ..
            }) if matches!(wanted.shape(), Shape::Integer { size: 16, .. }) => {
                if negative && !is_signed(wanted.shape()) {
                    return Err(out_of_range(negative, magnitude, complaint));
                }
                let value = u128::from(magnitude);
                let value = if negative {
                    value.wrapping_neg()
                } else {
                    value
                };
                Ok(words(value.to_le_bytes()))
            }
            ArgumentValue::Braces(first) if wanted.is_struct_or_union() => {
                let mut bytes = [0; 16];
                let place = bytes.get_mut(..wanted.size()).ok_or(EINVAL)?;
                self.fill(place, wanted.id(), first, complaint)?;
                Ok(words(bytes))
            }
            _ => Err(wants(parameter.kind, complaint)),
        }
    }

    /// Checks that a value of the type `ty` is accepted where the type `wanted` is. A type in doubt
    /// is accepted only if the call is unsafe.
    #[inline(never)]
    fn check_type(
        &self,
        wanted: Type<'_>,
        ty: Ty,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let types = self.types;
        if !types.fits(ty, wanted) {
            return Err(complaint.say(
                EINVAL,
                fmt!("wants a `{wanted}`, not a `{}`", types.display(ty)),
            ));
        }
        let why = match ty.doubt {
            _ if self.request.unsafe_call || !types.has_pointer(ty) => "",
            None | Some(Doubt::Symbol) => "",
            Some(Doubt::Cast) => "only a cast says what this points to",
            Some(Doubt::Earlier) => "this is of an earlier value, whose object may be gone",
            Some(Doubt::Computed) => "this was computed, and may point anywhere",
            Some(Doubt::Overwritten) => "this local was written to as bytes, and may hold anything",
            Some(Doubt::Union) => {
                "this is in a union, and nobody knows which of its members is there"
            }
        };
        if !why.is_empty() {
            return Err(complaint.say(
                EPERM,
                fmt!(
                    "{why}; {} passes a `{}` on",
                    complaint.unsafe_word(),
                    types.display(ty)
                ),
            ));
        }
        Ok(())
    }

    /// Fails if the value is NULL, or a string that can be written to, and the function is not
    /// known to accept such a value for its parameter `number`.
    fn refuse_unknown(
        &self,
        number: usize,
        parameter: &Formal,
        value: Literal<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let function = &*self.callable.callee.name;
        match (parameter.kind, value) {
            (
                ValueKind::String { .. } | ValueKind::Pointer { .. } | ValueKind::Function,
                Literal::Null,
            ) if !known_parameters::takes_null(function, number, &parameter.name) =>
            {
                let out = match parameter.kind {
                    ValueKind::Function => "",
                    _ => "out is a temporary, and ",
                };
                Err(complaint.say(
                    EPERM,
                    fmt!(
                        "it is not known to take NULL; {out}{} passes NULL",
                        complaint.unsafe_word()
                    ),
                ))
            }
            (ValueKind::String { constant: false }, Literal::String(_))
                if !known_parameters::stays_within(function, number) =>
            {
                Err(complaint.say(
                    EPERM,
                    fmt!(
                        "it may be written to beyond the string's end; out[n] has n bytes, and {} passes the string",
                        complaint.unsafe_word()
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    /// The register for a value; for a member, its bits.
    #[inline(never)]
    pub(crate) fn convert(
        &mut self,
        parameter: &Formal,
        given: ArgumentValue<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        match (given, parameter.kind) {
            (ArgumentValue::Literal(value), _) => self.literal(parameter, value, complaint),
            (ArgumentValue::Pointer(ty, address, _), _) => {
                self.pointer(parameter, (ty, address), complaint)
            }
            (
                ArgumentValue::Out | ArgumentValue::Buffer(_) | ArgumentValue::Braces(_),
                ValueKind::String { .. } | ValueKind::Pointer { .. },
            ) => self.temporary(parameter, given, complaint),
            (_, kind) => Err(wants(kind, complaint)),
        }
    }

    /// The register for a pointer, if it has the parameter's type, or the call is unsafe.
    #[inline(never)]
    fn pointer(
        &self,
        parameter: &Formal,
        (ty, address): (Ty, usize),
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let constant = match parameter.kind {
            ValueKind::String { constant } | ValueKind::Pointer { constant, .. } => constant,
            ValueKind::Function => true,
            kind => return Err(wants(kind, complaint)),
        };
        if !constant && (self.request.unsafe_call || self.takes_bytes(parameter)) {
            self.memory.forget(address);
        }
        if self.request.unsafe_call {
            return Ok(address);
        }
        if parameter.kind == ValueKind::Function && ty.doubt.is_some() {
            return Err(complaint.say(
                EPERM,
                fmt!(
                    "only a cast says that this is a function; {} passes it on",
                    complaint.unsafe_word()
                ),
            ));
        }
        let types = self.types;
        let Some(wanted) = self.callable.signature.ty(parameter) else {
            return Err(complaint.say(EINVAL, fmt!("its type is not known to the kernel")));
        };
        self.check_type(wanted, ty, complaint)?;
        if !constant {
            if types.pointee(ty).is_some_and(|target| target.constant) {
                return Err(complaint.say(EACCES, fmt!("what this points to must not be written")));
            }
            if self.takes_bytes(parameter) && !self.memory.has(address) {
                return Err(objects_are_not_bytes(complaint));
            }
        }
        if kernel_data::is_own(address) || is_own_thread(wanted, address) {
            return Err(complaint.say(
                EPERM,
                fmt!(
                    "this belongs to rust_kallsyms itself; {} passes it on",
                    complaint.unsafe_word()
                ),
            ));
        }
        Ok(address)
    }

    /// The register for a variable argument, after C's default promotions.
    #[inline(never)]
    fn promote(
        &mut self,
        given: ArgumentValue<'a>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let value = match given {
            ArgumentValue::Literal(value) => value,
            ArgumentValue::Pointer(_, address, _) => {
                self.memory.forget(address);
                return Ok(address);
            }
            ArgumentValue::Structure(ty, _) => {
                return Err(complaint.say(
                    EINVAL,
                    fmt!(
                        "wants a number or a pointer, not a `{}`",
                        self.types.display(ty)
                    ),
                ))
            }
            ArgumentValue::Out | ArgumentValue::Buffer(_) | ArgumentValue::Braces(_) => {
                return Err(complaint.say(
                    EINVAL,
                    fmt!("a temporary needs a parameter, whose type it has"),
                ))
            }
        };
        match value {
            // An `int` if it fits, or else a `long`: either fills the register with its sign.
            Literal::Integer {
                negative,
                magnitude,
                ..
            } => integer(8, negative, negative, magnitude)
                .ok_or_else(|| out_of_range(negative, magnitude, complaint)),
            Literal::Char(value) => Ok(usize::from(value)),
            Literal::Bool(value) => Ok(usize::from(value)),
            Literal::Null => Ok(0),
            Literal::String(string) => Ok(self.memory.add_string(string.len(), string.bytes())?),
            Literal::Address(name) => {
                kernel_data::address(self.kallsyms, &name, true, 1, complaint)
            }
            Literal::Name(name) => Err(complaint.say(
                EINVAL,
                fmt!("{name} is a constant of no type that is known here"),
            )),
        }
    }
}

/// Two words with these bytes.
pub(crate) fn words(bytes: [u8; 16]) -> [usize; 2] {
    let both = u128::from_le_bytes(bytes);
    [both as usize, (both >> 64) as usize]
}

/// Whether a pointer, for a parameter of the type `wanted`, points to a thread of this module.
fn is_own_thread(wanted: Type<'_>, address: usize) -> bool {
    let is_task = wanted
        .pointee()
        .is_some_and(|to| *to.strip().tag() == *c"task_struct");
    // SAFETY: The address is not NULL or an error, and there is no doubt that it points to a
    // `task_struct`.
    let function = || unsafe { module_bindings::rust_kallsyms_thread_function(address) };
    is_task && kernel_data::is_own(function())
}

/// The error for an object where the function may write any bytes.
fn objects_are_not_bytes(complaint: &Complaint<'_>) -> Failure {
    complaint.say(
        EPERM,
        fmt!(
            "it may write any bytes there, so that it gets temporaries only: out[n]; {} passes an object",
            complaint.unsafe_word()
        ),
    )
}

/// The error for an argument that its parameter does not take.
fn wants(kind: ValueKind, complaint: &Complaint<'_>) -> Failure {
    let what = match kind {
        ValueKind::Bool => "wants true or false",
        ValueKind::Integer { .. } => "wants an integer",
        ValueKind::Enum { .. } => "wants one of its constants, or an integer",
        ValueKind::String { .. } => "wants a string or a pointer, such as out[n] or &symbol",
        ValueKind::Pointer { .. } => "wants a pointer, such as the value of a call, out or &symbol",
        ValueKind::Function => "wants the name of a function",
        ValueKind::Structure(_) => "wants a structure: { .member = value, ... } or one in memory",
        ValueKind::Void | ValueKind::Unsupported => "is not supported",
    };
    complaint.say(EINVAL, fmt!("{what}"))
}
