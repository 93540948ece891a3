// SPDX-License-Identifier: GPL-2.0

//! What is measured, done with the library: the peer of `bench_c.c`, and asked in the same way, by
//! `/sys/kernel/debug/bench_rust/do`.

#[path = "../bindings/mod.rs"]
mod bindings;
#[path = "../../../src/kallsyms/mod.rs"]
pub mod kallsyms;

use core::{
    cell::Cell,
    convert::Infallible,
    hint::black_box,
    ops::ControlFlow, //
};
use kallsyms::{
    Bootstrap,
    Function,
    Kallsyms,
    Name,
    Query, //
};
use kernel::{
    debugfs::{
        BinaryReader,
        BinaryWriter,
        Dir,
        File, //
    },
    fs::file,
    new_mutex,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::Mutex,
    time::{
        Instant,
        Monotonic, //
    },
    uaccess::{
        UserSliceReader,
        UserSliceWriter, //
    }, //
};

module! {
    type: BenchRust,
    name: "bench_rust",
    authors: ["The rust_kallsyms founders"],
    description: "What is measured, with the library",
    license: "GPL",
}

/// How often each thing is done; the median counts.
const RUNS: usize = 3;

/// Goes on with a walk.
const ON: ControlFlow<Infallible> = ControlFlow::Continue(());

crate::import! {
    fn int_sqrt(x: c_ulong) -> c_ulong;
}

/// What can be measured.
struct Bench {
    kallsyms: Kallsyms,
    int_sqrt: int_sqrt,
    function: Function<unsafe extern "C" fn(c_ulong) -> c_ulong>,
}

/// The median of the nanoseconds that `once` takes; each run does it `times` times.
fn measure(times: usize, mut once: impl FnMut()) -> usize {
    let mut runs = [0; RUNS];
    for run in &mut runs {
        let begin = Instant::<Monotonic>::now();
        for _ in 0..times {
            once();
        }
        *run = begin.elapsed().as_nanos() as usize;
    }
    // The one that has half of the others below it.
    let below = |run: &usize| runs.iter().filter(|other| *other < run).count();
    let not_above = |run: &usize| runs.iter().filter(|other| *other <= run).count();
    let median = runs
        .iter()
        .find(|run| below(run) <= RUNS / 2 && not_above(run) > RUNS / 2);
    median.copied().unwrap_or(0) / times
}

impl Bench {
    fn new() -> Result<Self, kallsyms::Error> {
        let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
        Ok(Self {
            int_sqrt: int_sqrt::resolve(&kallsyms)?,
            function: Function::resolve(&kallsyms, &Name::new(c"int_sqrt")?, 0)?,
            kallsyms,
        })
    }

    /// How many nanoseconds it takes to do `what` with `argument`.
    #[inline(never)]
    fn run(&self, what: &str, argument: &CStr) -> Option<usize> {
        let begins = argument.to_bytes();
        let kallsyms = &self.kallsyms;
        Some(match what {
            "walk" => measure(1, || {
                let _ = kallsyms.for_each(|_| ON);
            }),
            "walk_begins" => measure(1, || {
                let mut found = 0;
                let _ = kallsyms.for_each(|symbol| {
                    found += usize::from(symbol.begins_with(begins));
                    ON
                });
                black_box(found);
            }),
            "walk_names" => measure(1, || {
                let mut found = 0;
                let _ = kallsyms.for_each(|symbol| {
                    found += usize::from(symbol.name().to_bytes().starts_with(begins));
                    ON
                });
                black_box(found);
            }),
            "walk_modules" => measure(1, || {
                let _ = kallsyms.for_each_of_modules(|_| ON);
            }),
            _ => return self.more(what, argument),
        })
    }

    #[inline(never)]
    fn more(&self, what: &str, argument: &CStr) -> Option<usize> {
        let kallsyms = &self.kallsyms;
        let names = [argument];
        let vmlinux = [kallsyms::VMLINUX];
        Some(match what {
            "walk_module" => measure(1, || {
                let _ = kallsyms.modules(|modules| {
                    modules.find(argument.to_bytes(), |module| module.for_each(|_| ON))
                });
            }),
            "walk_glob" => {
                let query = Query::new().modules(&vmlinux).names(&names);
                measure(1, || {
                    let _ = kallsyms.query(&query, |_| ON);
                })
            }
            "lookup" => {
                let name = Name::new(argument).ok()?;
                measure(10, || drop(black_box(kallsyms.target(&name, 0))))
            }
            "symbol_at" => {
                let digits = argument.to_str().ok()?.strip_prefix("0x")?;
                let address = usize::from_str_radix(digits, 16).ok()?;
                measure(100, || {
                    let _ = black_box(kallsyms.at(address, |place| place.offset));
                })
            }
            _ => return self.calls(what),
        })
    }

    #[inline(never)]
    fn calls(&self, what: &str) -> Option<usize> {
        // In memory, and without a check, as the sum in C.
        let sum = Cell::new(0);
        let add = |sum: &Cell<usize>, value| sum.set(sum.get().wrapping_add(value));
        black_box(&sum);
        Some(match what {
            "calls_import" => measure(1, || {
                for _ in 0..1_000_000 {
                    // SAFETY: `int_sqrt()` calculates, and demands nothing.
                    add(&sum, unsafe { self.int_sqrt.call(0) });
                }
            }),
            "calls_function" => measure(1, || {
                for _ in 0..1_000_000 {
                    // SAFETY: `int_sqrt()` calculates, and demands nothing.
                    add(&sum, unsafe { self.function.call((0,)) });
                }
            }),
            _ => return None,
        })
    }
}

/// What the file in debugfs is about.
#[pin_data]
struct State {
    bench: KBox<Bench>,
    /// The answer to the last question.
    #[pin]
    answer: Mutex<KVec<u8>>,
}

impl BinaryReader for State {
    fn read_from_slice(&self, reader: &mut UserSliceReader, _: &mut file::Offset) -> Result<usize> {
        let mut line = KVec::new();
        let length = reader.len();
        reader.clone_reader().read_all(&mut line, GFP_KERNEL)?;
        let line = core::str::from_utf8(&line).map_err(|_| EINVAL)?.trim();
        let (what, argument) = line.split_once(' ').unwrap_or((line, ""));
        let argument = CString::try_from_fmt(fmt!("{argument}"))?;
        let took = self.bench.run(what, &argument).ok_or(EINVAL)?;
        let text = CString::try_from_fmt(fmt!("{took}\n"))?;
        let mut answer = KVec::new();
        answer.extend_from_slice(text.to_bytes(), GFP_KERNEL)?;
        *self.answer.lock() = answer;
        Ok(length)
    }
}

impl BinaryWriter for State {
    fn write_to_slice(
        &self,
        writer: &mut UserSliceWriter,
        offset: &mut file::Offset,
    ) -> Result<usize> {
        writer.write_slice_file(&self.answer.lock(), offset)
    }
}

/// The module: the file goes before its directory.
#[pin_data]
struct BenchRust {
    #[pin]
    file: File<State>,
    directory: Dir,
}

impl kernel::InPlaceModule for BenchRust {
    fn init(_: &'static ThisModule) -> impl PinInit<Self, Error> {
        let directory = Dir::new(c"bench_rust");
        try_pin_init!(Self {
            file <- directory.read_write_binary_file(
                c"do",
                try_pin_init!(State {
                    bench: KBox::new(
                        Bench::new().inspect_err(|error| pr_err!("{error}\n"))?,
                        GFP_KERNEL,
                    )?,
                    answer <- new_mutex!(KVec::new()),
                }? Error),
            ),
            directory,
        })
    }
}
