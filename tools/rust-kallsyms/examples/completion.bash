
# Names, modules, types and members come from the program itself; what it does not know are options.
_rust_kallsyms_words() {
    local line=${COMP_LINE:0:COMP_POINT} words IFS=$'\n'
    read -r -d '' _ line <<<"$line"
    mapfile -t words < <(rust-kallsyms complete -- "${line%$'\n'}" 2>/dev/null)
    if [[ ${COMP_WORDS[COMP_CWORD]} == -* ]] || [ ${#words[@]} -eq 0 ]; then
        _rust-kallsyms "$@"
        return
    fi
    COMPREPLY=("${words[@]}")
    if [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
    # `=` and `:` separate words here, so only what stands after them is replaced.
    local word=${line##* }
    word=${word%$'\n'}
    local before=${word%"${word##*[=:]}"}
    COMPREPLY=("${COMPREPLY[@]#"$before"}")
}
complete -F _rust_kallsyms_words -o nosort rust-kallsyms 2>/dev/null || complete -F _rust_kallsyms_words rust-kallsyms
