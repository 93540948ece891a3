
# Names, modules, types and members come from the program itself.
function __rust_kallsyms_words
    set -l words (commandline --tokenize --cut-at-cursor --current-process) (commandline --current-token --cut-at-cursor)
    rust-kallsyms complete -- "$words[2..-1]" 2>/dev/null
end
complete --command rust-kallsyms --no-files --arguments '(__rust_kallsyms_words)'
