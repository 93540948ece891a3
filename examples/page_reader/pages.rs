// SPDX-License-Identifier: GPL-2.0

//! Reads the machine's memory page by page, as a scrubber does that looks for bad ones, and changes
//! nothing. Pages that cannot be read are counted, and do no harm.
//!
//!     page_reader: 131072 pages: 48253 are zero, 70402 are not, 12417 cannot be read

mod bindings;
pub mod kallsyms;

use kallsyms::{
    nofault,
    Bootstrap,
    Error,
    Kallsyms, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

module! {
    type: PageReader,
    name: "page_reader",
    authors: ["The rust_kallsyms founders"],
    description: "Reads the machine's memory page by page",
    license: "GPL",
}

import! {
    /// One more than the number of the last page.
    static max_pfn: c_ulong = kernel::bindings::max_pfn;
    /// Where the kernel has all memory mapped: on x86 only.
    optional static page_offset_base: usize;
    /// Whether a page is memory, and not of a device.
    fn page_is_ram(number: c_ulong) -> c_int = kernel::bindings::page_is_ram;
}

struct PageReader;

impl kernel::Module for PageReader {
    fn init(_: &'static ThisModule) -> Result<Self> {
        read().inspect_err(|error| pr_err!("{error}\n"))?;
        Ok(Self)
    }
}

fn read() -> Result<(), Error> {
    let kallsyms = Kallsyms::new(Bootstrap::Auto)?;
    let is_ram = page_is_ram::resolve(&kallsyms)?;
    let max = max_pfn::resolve(&kallsyms)?;
    let Some(base) = page_offset_base::resolve(&kallsyms)? else {
        pr_info!("this architecture has its memory elsewhere\n");
        return Ok(());
    };
    // SAFETY: Both are words, which do not change after the boot.
    let (max, base) = unsafe { (max.as_ptr().read(), base.as_ptr().read()) };
    let mut page = KBox::new([0u8; PAGE_SIZE], GFP_KERNEL)?;
    let (mut zero, mut other, mut bad) = (0, 0, 0);
    for number in 0..max {
        // SAFETY: It looks for the number in the list of resources, under a lock of its own.
        if unsafe { is_ram.call(number) } == 0 {
            continue;
        }
        match nofault::read(base + number * PAGE_SIZE, &mut *page) {
            Ok(()) if page.iter().all(|byte| *byte == 0) => zero += 1,
            Ok(()) => other += 1,
            Err(_) => bad += 1,
        }
        // SAFETY: It lets others run, which may be done here: no lock is held.
        unsafe { bindings::kallsyms_helper_cond_resched() };
    }
    let all = zero + other + bad;
    pr_info!("{all} pages: {zero} are zero, {other} are not, {bad} cannot be read\n");
    Ok(())
}
