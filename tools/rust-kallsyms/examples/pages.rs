// SPDX-License-Identifier: GPL-2.0

//! Writes the manual page and the completions of shells into a directory:
//! `cargo run --example pages -- DIRECTORY`.

use clap::{
    Command,
    CommandFactory, //
};
use clap_complete::{
    generate,
    Shell, //
};
use rust_kallsyms::args::Line;
use std::{
    fs::{
        self,
        File, //
    },
    io::{
        self,
        Write, //
    },
    path::Path, //
};

/// What stands in the manual page after the commands.
const REST: &str = include_str!("manual.roff");

fn main() -> io::Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    manual(&mut File::create(directory.join("rust-kallsyms.8"))?)?;
    for (shell, name, own) in [
        // What clap_complete 4.6 makes for bash knows no subcommands if the name has a hyphen.
        (
            Shell::Bash,
            "rust_kallsyms",
            include_str!("completion.bash"),
        ),
        (Shell::Zsh, "rust-kallsyms", include_str!("completion.zsh")),
        (
            Shell::Fish,
            "rust-kallsyms",
            include_str!("completion.fish"),
        ),
    ] {
        let mut file = File::create(directory.join(format!("rust-kallsyms.{shell}")))?;
        write!(file, "{}\n{own}", functions(shell, name))?;
    }
    Ok(())
}

/// The functions that clap has made. The call by which they become the completion of a command is
/// left out: our own part comes after them, and calls them.
fn functions(shell: Shell, name: &str) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Line::command(), name, &mut script);
    let script = String::from_utf8_lossy(&script);
    let end = match shell {
        Shell::Bash => "\nif [[ \"${BASH_VERSINFO[0]}\" -eq 4",
        Shell::Zsh => "\nif [ \"$funcstack[1]\"",
        _ => return script.into_owned(),
    };
    let (functions, _) = script.rsplit_once(end).unwrap_or((&script, ""));
    // zsh runs the whole file as the function of this name.
    functions.replace("_rust-kallsyms() {", "_rust-kallsyms_options() {")
}

fn manual(file: &mut dyn Write) -> io::Result<()> {
    let whole = Line::command();
    let page = clap_mangen::Man::new(whole.clone())
        .section("8")
        .source("rust_kallsyms")
        .manual("System Administration");
    writeln!(file, ".\\\" SPDX-License-Identifier: GPL-2.0")?;
    page.render_title(file)?;
    page.render_name_section(file)?;
    page.render_synopsis_section(file)?;
    page.render_description_section(file)?;
    page.render_options_section(file)?;
    writeln!(file, ".SH COMMANDS")?;
    for command in whole
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        subcommand(file, command)?;
    }
    file.write_all(REST.as_bytes())
}

/// A command with its own options; those of all commands stand above.
fn subcommand(file: &mut dyn Write, command: &Command) -> io::Result<()> {
    let own = command
        .get_arguments()
        .filter(|argument| !argument.is_global_set());
    let mut usage = String::new();
    let mut options = String::new();
    for argument in own {
        let value = argument
            .get_value_names()
            .and_then(|names| names.first())
            .map(|name| name.to_string());
        let help = argument
            .get_help()
            .map(|help| escape(&help.to_string()))
            .unwrap_or_default();
        let value_text = value.filter(|_| argument.get_action().takes_values());
        let names = match (argument.get_short(), argument.get_long()) {
            (Some(short), Some(long)) => {
                format!("\\fB\\-{short}\\fR, \\fB\\-\\-{}\\fR", escape(long))
            }
            (None, Some(long)) => format!("\\fB\\-\\-{}\\fR", escape(long)),
            (Some(short), None) => format!("\\fB\\-{short}\\fR"),
            (None, None) => String::new(),
        };
        let value = value_text
            .map(|value| format!("\\fI{value}\\fR"))
            .unwrap_or_default();
        if names.is_empty() {
            usage = value.clone();
        }
        options.push_str(&format!(
            ".RS\n.TP\n{names}{}{value}\n{help}\n.RE\n",
            if names.is_empty() { "" } else { " " }
        ));
    }
    let about = command
        .get_about()
        .map(|about| escape(&about.to_string()))
        .unwrap_or_default();
    write!(
        file,
        ".TP\n\\fB{}\\fR {usage}\n{about}\n{options}",
        command.get_name()
    )
}

/// Text, as troff wants it: no line of it is a request.
fn escape(text: &str) -> String {
    let text = text
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq");
    text.replace("\n.", "\n\\&.")
}
