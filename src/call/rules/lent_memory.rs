// SPDX-License-Identifier: GPL-2.0

//! Functions that must not get lent memory: strings, `out`, `out[n]` and braces.
//!
//! (Who takes pages was found in the machine code of 7.3.4 for amd64: functions that use
//! `phys_base` and `vmemmap_base`, as `virt_to_page()` does. Others of them only meet pages that do
//! not exist, and crash.)
//!
//! That memory is the evaluation's. It is freed at its end, and it is not of the kernel's
//! allocators, nor mapped as these map theirs. Types say nothing of what a function does with it;
//! names do, mostly. `docs/reference.md` has the same classes.

use crate::kallsyms::glob_match;
use kernel::prelude::*;

/// What these functions do, and globs for their names.
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

/// Names that match by chance.
const OTHERS: [&CStr; 2] = [c"*freez*", c"*frequency*"];

/// What the function does with memory that it must not be lent.
pub(crate) fn why_not(function: &CStr) -> Option<&'static str> {
    let is_among = |names: &[&CStr]| names.iter().any(|glob| glob_match(glob, function));
    if is_among(&OTHERS) {
        return None;
    }
    let class = CLASSES.iter().find(|class| is_among(class.names))?;
    Some(class.what)
}
