// SPDX-License-Identifier: GPL-2.0

//! Functions that memory must not be lent to: strings, `out`, `out[n]` and braces.
//!
//! (The functions that take pages were found in the machine code of 7.3.4 for amd64: they use
//! `phys_base` and `vmemmap_base`, as `virt_to_page()` does. Those not listed find no such page,
//! and crash.)
//!
//! That memory belongs to the evaluation, which frees it when it ends. The kernel's allocators have
//! neither allocated nor mapped it. A function's types do not say what it does with the memory;
//! mostly its name does. `docs/reference.md` has the same classes.

use crate::kallsyms::glob_match;
use kernel::prelude::*;

/// A class of functions: what they do, and globs for their names.
struct Class {
    what: &'static str,
    names: &'static [&'static CStr],
}

#[rustfmt::skip]
const CLASSES: [Class; 3] = [
    Class {
        what: "its name says that it frees what it gets, or gives up a reference to it",
        names: &[
            c"*free*", c"*_put", c"put_*", c"*release*", c"*destroy*", c"*_unref", c"dput", c"iput", c"fput*", c"mntput*",
            c"consume_skb", c"krealloc*", c"kvrealloc*", c"vrealloc*", c"vunmap", c"iounmap", c"*_delete",
        ],
    },
    Class {
        what: "its name says that it keeps what it gets",
        names: &[
            c"register_*", c"*_register", c"*_register_*", c"__register_*", c"add_*", c"*_add", c"*_add_*", c"insert_*",
            c"*_insert", c"*_insert_*", c"*enqueue*", c"queue_*", c"*_queue_*", c"schedule_*", c"*_schedule",
            c"mod_timer*", c"mod_delayed_work*", c"*timer_start*", c"*_attach", c"attach_*", c"*_link", c"link_*",
            c"install_*", c"*_install", c"submit_*", c"*_submit", c"*_submit_*", c"call_rcu*", c"call_srcu*",
            c"*_subscribe*", c"prepare_to_wait*", c"kthread_use_mm", c"*_set_ops", c"*_hash", c"rb_link_*",
        ],
    },
    Class {
        what: "its name says that it takes the pages of what it gets, as for DMA",
        names: &[
            c"sg_init_one", c"sg_set_buf", c"dma_*", c"virtqueue_*", c"*_virt_to_*", c"virt_to_*", c"bio_add_virt*",
            c"bdev_rw_virt", c"*_map_kern*", c"*build_skb*", c"iov_iter_extract_pages", c"extract_iter_to_sg",
            c"crypto_ahash_*", c"derived_key_*", c"mem_cgroup_from_virt", c"list_lru_*_obj", c"ksize", c"kmem_dump_obj",
            c"hv_*", c"vmbus_*", c"snp_*", c"tdx_*", c"usb_*_msg*", c"spi_*", c"i2c_*", c"scsi_execute*",
        ],
    },
];

/// Globs for names that match a class by chance.
const OTHERS: [&CStr; 2] = [c"*freez*", c"*frequency*"];

/// Why memory must not be lent to the function; [`None`] if it may be.
pub(crate) fn why_not(function: &CStr) -> Option<&'static str> {
    let is_among = |names: &[&CStr]| names.iter().any(|glob| glob_match(glob, function));
    if is_among(&OTHERS) {
        return None;
    }
    let class = CLASSES.iter().find(|class| is_among(class.names))?;
    Some(class.what)
}
