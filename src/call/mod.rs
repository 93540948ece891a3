// SPDX-License-Identifier: GPL-2.0

//! Expressions, and the calls in them: of functions found by name, checked against the kernel's own types.
//!
//! Nothing is called before all is known: that the name is a function's, which may be called and stays
//! while it is; what it takes and returns; that the arguments are of that kind; and that nobody has locked
//! the kernel down.

pub(crate) mod convert;
pub(crate) mod kernel_data;
pub(crate) mod request;
pub(crate) mod rules;
pub(crate) mod signature;

pub(crate) use crate::show::value::Value;

use self::{
    convert::{
        braces::{
            Temporary,
            MAX_BRACES, //
        },
        Argument,
        Converter,
        Field, //
    },
    request::{
        SymbolName, //
    },
    rules::never_returns::Decoder,
    signature::CallSignature, //
};

use crate::{
    bindings,
    ctype::types::{
        HeldTypes,
        Types, //
    },
    failure::{
        quote,
        Failure, //
    },
    kallsyms::{
        self,
        Btf,
        Kallsyms,
        ModuleName,
        Name,
        Prototype,
        Symbol,
        VMLINUX, //
    },
    module_bindings,
    run::{
        End,
        Execution,
        Returned,
        Workers, //
    }, //
};
use core::{
    convert::Infallible,
    mem::take,
    ops::ControlFlow, //
};
use kernel::{
    fmt,
    new_mutex,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::Arc, //
};

/// Names that people use for functions which are called otherwise today: macros, in the headers.
const ALIASES: [(&[u8], &CStr); 1] = [(b"printk", c"_printk")];

/// What `printk()` prints when it is given nothing to print.
pub(crate) const GREETING: &[u8] =
    br#""rust_kallsyms: hello, this line was printed by printk() itself\n""#;

/// The function that was called.
pub(crate) struct Callee {
    /// Its name.
    pub(crate) name: CString,
    /// Whether the user called it otherwise.
    pub(crate) alias: bool,
    /// The module, or `vmlinux`.
    pub(crate) module: CString,
    /// How many bytes it has.
    pub(crate) size: usize,
}

/// What an expression gave.
pub(crate) struct Outcome {
    /// Of a call, the function.
    pub(crate) callee: Option<Callee>,
    /// The type of the value, or the prototype of the function, as C.
    pub(crate) prototype: CString,
    /// The value, or what the function returned.
    pub(crate) value: Value,
    /// What is in the temporaries that were its arguments, by the names of its parameters.
    pub(crate) temporaries: KVec<(CString, Value)>,
    /// How many nanoseconds it took.
    pub(crate) nanoseconds: i64,
    /// Whether the kernel is tainted by it.
    pub(crate) tainted: bool,
}

impl Outcome {
    /// What an expression gave that is no call.
    #[inline(never)]
    pub(crate) fn of_value(value: Value, prototype: CString) -> Result<KBox<Self>, Failure> {
        let outcome = Self {
            callee: None,
            prototype,
            value,
            temporaries: KVec::new(),
            nanoseconds: 0,
            tainted: false,
        };
        Ok(KBox::new(outcome, GFP_KERNEL)?)
    }

    /// The value as text, and what is in the temporaries; addresses only if `show`.
    pub(crate) fn values(&self, show: bool) -> impl fmt::Display + '_ {
        Values {
            outcome: self,
            show,
        }
    }
}

/// See [`Outcome::values`].
struct Values<'a> {
    outcome: &'a Outcome,
    show: bool,
}

impl fmt::Display for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outcome, show } = *self;
        f.write_fmt(fmt!("{}", outcome.value.display(show)))?;
        for (name, value) in &outcome.temporaries {
            f.write_fmt(fmt!(", {} = {}", &**name, value.display(show)))?;
        }
        Ok(())
    }
}

/// One call, as it is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'r> {
    /// The parameter or file in which it was written, for messages.
    pub(crate) source: &'static str,
    /// The function.
    pub(crate) function: &'r SymbolName,
    /// Which one of several of this name, from 1 on; 0 if there must be one only.
    pub(crate) position: usize,
    /// The column in which its arguments end.
    pub(crate) end: usize,
    /// The prototype, as C.
    pub(crate) sig: Option<&'r [u8]>,
    /// Whether the user vouches for what cannot be checked.
    pub(crate) unsafe_call: bool,
    /// Whether the user may see addresses.
    pub(crate) show: bool,
}

/// A checked call that was made, and what an evaluation needs to go on with its value.
pub(crate) struct Called<'k> {
    pub(crate) outcome: KBox<Outcome>,
    /// What the function left in the registers for its value.
    pub(crate) registers: [usize; 2],
    /// What kind of value that is.
    pub(crate) returns: signature::ValueKind,
    /// Its type in the BTF, if the kernel has it.
    pub(crate) returns_id: Option<u32>,
    /// The function's types.
    pub(crate) btf: Option<Btf<'k>>,
    /// The temporaries that were arguments.
    pub(crate) temporaries: KVec<Temporary>,
}

/// Why a call is refused, whatever the arguments are.
pub(crate) enum Obstacle {
    /// What the library says.
    Error(kallsyms::Error),
    /// What the function does, or takes.
    Hazard(&'static str),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => f.write_fmt(fmt!("{error}")),
            Self::Hazard(what) => f.write_str(what),
        }
    }
}

crate::import! {
    fn errname(errno: c_int) -> *const c_char = module_bindings::errname;
}

/// Makes checked calls.
pub(crate) struct Caller {
    pub(crate) workers: Workers,
    kallsyms: Arc<Kallsyms>,
    errname: Option<errname>,
    decoder: Decoder,
    pub(crate) held: Pin<KBox<HeldTypes>>,
}

impl Drop for Caller {
    fn drop(&mut self) {
        for held in take(&mut *self.held.lock()) {
            self.kallsyms.release(held);
        }
    }
}

impl Caller {
    /// Sleeps. `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(crate) fn new(kallsyms: Arc<Kallsyms>) -> Result<Self> {
        Ok(Self {
            workers: Workers::new(&kallsyms)?,
            errname: errname::resolve(&kallsyms).ok(),
            decoder: Decoder::new(&kallsyms),
            held: KBox::pin_init(new_mutex!(KVec::new()), GFP_KERNEL)?,
            kallsyms,
        })
    }

    /// The way to the kernel's symbols.
    pub(crate) fn kallsyms(&self) -> &Kallsyms {
        &self.kallsyms
    }

    /// The name of an error, with its minus, if `value` is one.
    pub(crate) fn error_name(&self, value: i64) -> Option<&'static CStr> {
        let errno = i32::try_from(value).ok().filter(|errno| *errno < 0)?;
        // SAFETY: `errname()` takes any number.
        let name = unsafe { self.errname.as_ref()?.call(errno) };
        // SAFETY: What is not null is a static string of the kernel's.
        (!name.is_null()).then(|| unsafe { CStr::from_char_ptr(name) })
    }

    /// Why the function is not there: what else there is of this name.
    #[inline(never)]
    fn missing(&self, name: &Name<'_>, call: &Asked<'_>, error: kallsyms::Error) -> Failure {
        let asked = call.function.as_bytes();
        let mut candidates = Candidates::default();
        if matches!(
            error,
            kallsyms::Error::Ambiguous(_) | kallsyms::Error::NotFound
        ) && self
            .kallsyms
            .for_each_named(name, |symbol| candidates.add(symbol))
            .is_err()
        {
            return Failure::symbol(asked, &error);
        }
        match error {
            kallsyms::Error::Ambiguous(_) => Failure::new(
                error.to_errno(),
                fmt!(
                    "{}: {error}; choose by sympos= or module:name: {candidates}",
                    quote(asked)
                ),
            ),
            kallsyms::Error::NotFound if candidates.count > 0 => Failure::new(
                error.to_errno(),
                fmt!(
                    "{}: there is no number {} of this name: {candidates}",
                    quote(asked),
                    call.position
                ),
            ),
            _ => Failure::symbol(asked, &error),
        }
    }

    /// What the function `name` at `address`, whose module is held, does that a call of it needs the user's vouch for.
    fn hazard(&self, name: &CStr, address: usize) -> Option<Obstacle> {
        rules::hazards::of(name).map(Obstacle::Hazard).or_else(|| {
            let never = self.decoder.never_returns(&self.kallsyms, address);
            never.then_some(Obstacle::Error(kallsyms::Error::NoReturn))
        })
    }

    /// Fails if a call of the function `name` at `address`, whose module is held, needs the user's vouch.
    fn refuse_hazard(&self, name: &CStr, address: usize) -> Result<(), Failure> {
        match self.hazard(name, address) {
            None => Ok(()),
            Some(Obstacle::Error(error)) => Err(Failure::symbol(name.to_bytes(), &error)),
            Some(Obstacle::Hazard(what)) => Err(Failure::new(
                EPERM,
                fmt!("{name}: {what}; unsafe_call=1 calls it all the same"),
            )),
        }
    }

    /// What a call of the function at this symbol, of this prototype, meets whatever its arguments are; and whether
    /// the user's vouch helps.
    pub(crate) fn obstacle(
        &self,
        symbol: &Symbol<'_>,
        prototype: Option<&Prototype<'_>>,
    ) -> Option<(Obstacle, bool)> {
        let error = match symbol.may_be_called() {
            Err(error) => return Some((Obstacle::Error(error), false)),
            Ok(error) => error.map(Obstacle::Error),
        };
        let name = symbol.name();
        let hazard =
            |error: Option<Obstacle>| error.or_else(|| self.hazard(name, symbol.address()));
        let Some(prototype) = prototype else {
            let unknown = Obstacle::Error(kallsyms::Error::NoPrototype);
            return Some((hazard(error).unwrap_or(unknown), true));
        };
        if let Some(what) = signature::unsupported(prototype) {
            return Some((Obstacle::Hazard(what), false));
        }
        let known = symbol.module().is_none() && convert::printf::is_known(name);
        let obstacle = hazard(error).or_else(|| {
            (prototype.is_variadic() && !known)
                .then_some(Obstacle::Hazard("it takes variable arguments"))
        });
        obstacle.map(|obstacle| (obstacle, true))
    }

    /// Makes a checked call with these arguments. The pointers among them are of `types`, and may point into the memory
    /// of `execution`.
    #[inline(never)]
    pub(crate) fn call_checked<'a>(
        &self,
        call: &Asked<'_>,
        types: &Types<'_>,
        fields: &[Field<'a>],
        arguments: &mut [Argument<'a>],
        execution: &mut Execution<'_>,
    ) -> Result<KBox<Called<'_>>, Failure> {
        allowed()?;
        let kallsyms = &self.kallsyms;
        let (alias, name) = function(call.function)?;
        let target = match call.unsafe_call {
            // SAFETY: The user vouches for the call.
            true => unsafe { kallsyms.target_unchecked(&name, call.position) },
            false => kallsyms.target(&name, call.position),
        }
        .map_err(|error| self.missing(&name, call, error))?;
        if !call.unsafe_call {
            self.refuse_hazard(name.symbol(), target.address())?;
        }
        let signature = CallSignature::new(kallsyms, &target, name.symbol(), call)?;
        let module = CString::try_from(target.module_name())?;
        let size = kallsyms
            .extent(target.address())
            .map_or(0, |(size, _)| size);
        let mut converted = Converter {
            caller: self,
            kallsyms,
            types,
            signature: &signature,
            asked: call,
            name,
            target: &target,
            fields,
            memory: &mut execution.memory,
            temporaries: KVec::new(),
            // The outermost braces are behind a pointer.
            levels: MAX_BRACES + 1,
        };
        let passed = converted.passed(arguments)?;
        let temporaries = converted.temporaries;
        if call.unsafe_call {
            taint();
        }
        // SAFETY: The arguments are what the function's prototype says, as far as the kernel knows it, and
        // otherwise as the user vouches. The call is made in a process that holds no lock; what else the function
        // demands is what the user has to know, and why this module is root's to load.
        let end = unsafe { execution.call(name.symbol(), target, passed) }?;
        let returned = returned(name.symbol(), end)?;

        let value = Value::new(
            self,
            signature.returns,
            signature.btf.as_ref(),
            returned.registers[0],
        )?;
        let mut outcome = Outcome::of_value(value, signature.prototype)?;
        outcome.callee = Some(Callee {
            name: CString::try_from(name.symbol())?,
            alias,
            module,
            size,
        });
        outcome.nanoseconds = returned.nanoseconds;
        outcome.tainted = call.unsafe_call;
        Ok(KBox::new(
            Called {
                outcome,
                registers: returned.registers,
                returns: signature.returns,
                returns_id: signature.returns_id,
                btf: signature.btf,
                temporaries,
            },
            GFP_KERNEL,
        )?)
    }
}

/// What came back from the function `name`; fails unless it returned, and left nothing in its thread.
#[inline(never)]
fn returned(name: &CStr, end: End) -> Result<Returned, Failure> {
    match end {
        End::Returned(returned) if returned.leftovers.is_nothing() => Ok(returned),
        End::Returned(returned) => Err(Failure::new(
            EIO,
            fmt!(
                "{name}: it left behind: {}; put right, locks aside, but what that was to protect may be harmed",
                returned.leftovers
            ),
        )),
        End::Crashed(signal) => Err(Failure::new(
            EFAULT,
            fmt!("{name}: it crashed (signal {signal}); the kernel's own report stands above. What it held, locks and memory, it holds still"),
        )),
        End::Exited => Err(Failure::new(
            EIO,
            fmt!("{name}: it ended its thread and did not return"),
        )),
        End::TimedOut => Err(Failure::new(
            ETIMEDOUT,
            fmt!("{name}: it has not returned in time and goes on; until it returns, the module cannot be removed"),
        )),
        End::Interrupted => Err(Failure::new(
            EINTR,
            fmt!("{name}: interrupted, but it goes on; until it returns, the module cannot be removed"),
        )),
    }
}

/// The function that is called, and whether it has another name than was asked for.
#[inline(never)]
pub(crate) fn function(asked: &SymbolName) -> Result<(bool, Name<'_>), Failure> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == asked.as_bytes());
    let name = match alias {
        Some((_, today)) => Name::of_parts(None, today),
        None => asked.name(),
    };
    match name {
        Ok(name) => Ok((alias.is_some(), name)),
        Err(error) => Err(Failure::symbol(asked.as_bytes(), &error)),
    }
}

/// Marks the kernel as one in which the user has vouched for something.
fn taint() {
    // SAFETY: Has no requirements.
    unsafe { bindings::add_taint(bindings::TAINT_USER, bindings::lockdep_ok_LOCKDEP_STILL_OK) };
}

/// How many symbols of one name are shown.
const SHOWN_CANDIDATES: usize = 4;

/// One of several symbols.
#[derive(Clone, Copy)]
struct Candidate {
    kind: kallsyms::Kind,
    module: ModuleName,
}

/// Symbols of one name, to choose from.
#[derive(Default)]
struct Candidates {
    first: [Option<Candidate>; SHOWN_CANDIDATES],
    count: usize,
}

impl Candidates {
    fn add(&mut self, symbol: &Symbol<'_>) -> ControlFlow<Infallible> {
        if let Some(candidate) = self.first.get_mut(self.count) {
            *candidate = Some(Candidate {
                kind: symbol.kind(),
                module: ModuleName::new(symbol.module().map_or(VMLINUX, |module| module.name())),
            });
        }
        self.count += 1;
        ControlFlow::Continue(())
    }
}

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, candidate) in self.first.iter().flatten().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let module = &*candidate.module;
            f.write_fmt(fmt!(
                "{comma}sympos={} {module} {}",
                index + 1,
                candidate.kind
            ))?;
        }
        match self.count.saturating_sub(SHOWN_CANDIDATES) {
            0 => Ok(()),
            more => f.write_fmt(fmt!(", and {more} more")),
        }
    }
}

/// Fails unless calls are allowed to this process, now: it needs a capability, whoever opened the file, and the
/// kernel must not be locked down, which forbids what may change it.
pub(crate) fn allowed() -> Result<(), Failure> {
    // SAFETY: Has no requirements.
    if !unsafe { bindings::capable(bindings::CAP_SYS_MODULE as c_int) } {
        return Err(Failure::new(
            EPERM,
            fmt!("calls are for processes with the capability CAP_SYS_MODULE"),
        ));
    }
    // SAFETY: Has no requirements.
    match unsafe {
        bindings::security_locked_down(bindings::lockdown_reason_LOCKDOWN_DBG_WRITE_KERNEL)
    } {
        0 => Ok(()),
        _ => Err(Failure::new(
            EPERM,
            fmt!(
                "the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
            ),
        )),
    }
}
