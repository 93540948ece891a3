// SPDX-License-Identifier: GPL-2.0

//! Walks over symbols: over all, over one module's, and until one is found. It prints
//!
//!     each_symbol: 192866 symbols, 122390 of them functions
//!     each_symbol: this module has 1183 symbols
//!     each_symbol: tcp_sendmsg was found: true

mod bindings;
pub mod kallsyms;

use core::ops::ControlFlow;
use kallsyms::{
    Bootstrap,
    Error,
    Kallsyms,
    Query, //
};
use kernel::prelude::*;

module! {
    type: EachSymbol,
    name: "each_symbol",
    authors: ["The rust_kallsyms founders"],
    description: "Walks over symbols",
    license: "GPL",
}

struct EachSymbol;

impl kernel::Module for EachSymbol {
    fn init(_: &'static ThisModule) -> Result<Self> {
        walk().inspect_err(|error| pr_err!("{error}\n"))?;
        Ok(Self)
    }
}

fn walk() -> Result<(), Error> {
    let (mut symbols, mut functions) = (0, 0);
    let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
    // All symbols of the kernel itself: the closure is called for each, until it breaks.
    let _ = kallsyms.for_each(|symbol| {
        symbols += 1;
        functions += usize::from(symbol.is_function());
        ControlFlow::<()>::Continue(())
    });
    pr_info!("{symbols} symbols, {functions} of them functions\n");
    // Those of a module. (`for_each_of_all` walks over the kernel's and all modules'.)
    let count = kallsyms.count(&Query::new().modules(&[c"each_symbol"]))?;
    pr_info!("this module has {count} symbols\n");
    // Until one is found: the closure breaks with something, which the walk returns.
    let found = kallsyms.for_each(|symbol| match symbol.name().to_bytes() {
        b"tcp_sendmsg" => ControlFlow::Break(symbol.address()),
        _ => ControlFlow::Continue(()),
    });
    pr_info!("tcp_sendmsg was found: {}\n", found.is_break());
    Ok(())
}
