# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For install.sh: what bash makes of `rust-kallsyms des` and Tab, by the file that it finds itself.

# shellcheck source=/dev/null
. /usr/share/bash-completion/bash_completion
if declare -F _comp_load >/dev/null; then _comp_load rust-kallsyms; else _completion_loader rust-kallsyms; fi
# shellcheck disable=SC2034 # the function reads them
COMP_WORDS=(rust-kallsyms des) COMP_CWORD=1 COMP_LINE='rust-kallsyms des' COMP_POINT=17
function=$(complete -p rust-kallsyms | sed 's/.* -F \([^ ]*\) .*/\1/')
"$function" rust-kallsyms des rust-kallsyms
printf '%s\n' "${COMPREPLY[@]}"
