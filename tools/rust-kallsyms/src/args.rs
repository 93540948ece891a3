// SPDX-License-Identifier: GPL-2.0

//! What can be asked for, on the command line and at the prompt. The manual page and the
//! completions of shells are made of this.

use clap::{
    Args,
    Parser,
    Subcommand,
    ValueEnum, //
};
use std::path::PathBuf;

/// Ask the module rust_kallsyms about the running kernel, and call the kernel's functions.
///
/// Without a command, and on a terminal, it is a prompt: Tab completes, Ctrl-R searches what was
/// written before, and what is no command is evaluated. From a pipe, with -f or with -c, it does
/// the same without a prompt; the first error ends it.
#[derive(Clone, Debug, Parser)]
#[command(name = "rust-kallsyms", version = module_version(), disable_help_subcommand = false, propagate_version = true)]
#[command(
    args_conflicts_with_subcommands = false,
    subcommand_precedence_over_arg = true
)]
pub struct Line {
    #[command(flatten)]
    pub options: Options,

    /// Do what stands in TEXT, a line each, as at the prompt
    #[arg(short = 'c', long = "command", value_name = "TEXT")]
    pub text: Vec<String>,

    /// Do what stands in FILE, a line each, as at the prompt
    #[arg(short, long, value_name = "FILE", conflicts_with = "text")]
    pub file: Option<PathBuf>,

    /// Go on after an error
    #[arg(short, long)]
    pub keep_going: bool,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// How answers are shown.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// Answer with one JSON object a line
    #[arg(long, global = true)]
    pub json: bool,

    /// Show numbers in hexadecimal
    #[arg(short = 'x', long = "hex", global = true)]
    pub hex: bool,

    /// When to use colours; NO_COLOR in the environment says never, too
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,

    /// Do not show what is longer than the screen by a pager
    #[arg(long, global = true)]
    pub no_pager: bool,
}

impl Options {
    /// With what these do not say taken from others.
    pub fn or(self, others: &Self) -> Self {
        Self {
            json: self.json || others.json,
            hex: self.hex || others.hex,
            color: match self.color {
                When::Auto => others.color,
                color => color,
            },
            no_pager: self.no_pager || others.no_pager,
        }
    }
}

/// A choice that depends on whether the output is a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, ValueEnum)]
pub enum When {
    #[default]
    Auto,
    Always,
    Never,
}

/// A question to the module.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Evaluate an expression or a program: call functions, read memory
    Call {
        /// Call it COUNT times more, and show the least, the median and the most nanoseconds
        #[arg(short = 'n', long = "repeat", value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
        count: Option<u32>,

        /// As in C, in single quotes: 'find_task_by_vpid(1)->comm'
        #[arg(required = true, value_name = "EXPRESSION")]
        expression: Vec<String>,
    },

    /// Show every symbol that a name or an address can mean, or what a type consists of
    Describe {
        /// NAME, MODULE:NAME, 0xADDRESS, or a type such as 'struct pid' or 'struct
        /// task_struct.comm'
        #[arg(required = true, value_name = "WHAT")]
        what: Vec<String>,
    },

    /// List symbols by name, module and kind
    List {
        /// Show what names of Rust code mean
        #[arg(long)]
        demangle: bool,

        /// GLOB, filter=GLOBS, module=NAMES, kind=KINDS, limit=COUNT
        #[arg(value_name = "CHOICE")]
        choices: Vec<String>,
    },

    /// Find functions by what they return and take
    Find {
        /// GLOB, name=GLOBS, returns=TYPE, takes=TYPE, args=COUNT, module=GLOBS, limit=COUNT
        #[arg(value_name = "CHOICE")]
        choices: Vec<String>,
    },

    /// Show how many bytes and symbols each module has
    Modules,

    /// Show a line for each module that comes or goes, until Ctrl-C
    Watch,

    /// Show the calls that still run, also those that nobody waits for, and where they are
    Calls,

    /// Print what completes the last word
    #[command(hide = true)]
    Complete {
        #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
        words: Vec<String>,
    },
}

/// The keys that the choices of `list` and `find` have.
pub const LIST_KEYS: [&str; 4] = ["filter", "module", "kind", "limit"];
pub const FIND_KEYS: [&str; 6] = ["returns", "takes", "name", "module", "args", "limit"];

/// The kinds of symbols.
pub const KINDS: [&str; 10] = [
    "text", "entry", "noinstr", "inittext", "rodata", "data", "bss", "initdata", "percpu", "other",
];

/// The version of the module that this was built with.
pub fn module_version() -> &'static str {
    let source = include_str!("../../../src/version.c");
    let version = source.split_once("MODULE_VERSION(\"").map(|(_, rest)| rest);
    version
        .and_then(|rest| rest.split_once('"'))
        .map_or("", |(version, _)| version)
}

/// An expression may begin with a minus, which an option does, too; a space before it keeps clap
/// away.
pub fn shield(word: String) -> String {
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (Some('-'), Some(c)) if c.is_ascii_digit() || matches!(c, '(' | '$' | '~' | ' ') => {
            format!(" {word}")
        }
        _ => word,
    }
}
