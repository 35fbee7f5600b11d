# Tests of the completions that `xsock completions` prints, each in its own shell, for run.sh.
# shellcheck shell=bash disable=SC2154,SC2034

run completions
test_that "completions wants a shell" is_misuse 'xsock: completions: too few arguments.*'
run completions fihs
test_that "an unknown shell is wrong usage, with a guess" \
    is_misuse "xsock: completions: there are completions .* for 'fihs' \(did you mean 'fish'\?\)"
for shell in bash zsh fish; do
    run completions $shell
    test_that "completions $shell succeeds and leaves standard error alone" succeeds
    cp "$out" "$dir/completions.$shell"
done

# offered_SHELL WORD...: prints what the shell offers for the last word, each on a line.
offered_bash() {
    # shellcheck disable=SC2016
    bash -c '. "$1"
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _xsock
        printf "%s\n" "${COMPREPLY[@]}"' - "$dir/completions.bash" xsock "$@"
}
offered_fish() {
    HOME=$dir fish -c "source $dir/completions.fish; complete -C 'xsock $*'" | cut -f 1
}
offers() { # SHELL WORD LINE...: among others
    local shell=$1 word=$2
    shift 2
    "offered_$shell" "$@" | grep -qxF -e "$word"
}
offers_only() { [ "$("offered_$1" "${@:3}")" = "$2" ]; } # SHELL WORD LINE...

# Every option that --help lists, of every command.
offers_all_options() { # SHELL
    local name option
    for name in catalog errors listen connect; do
        "offered_$1" "$name" -- >"$dir/offered"
        "${command[@]}" "$name" --help | grep -oE '^  (-.,|   ) --[a-z0-9]+' |
            grep -oE -e '--[a-z0-9]+' >"$dir/options"
        while read -r option; do
            grep -qxF -e "$option" "$dir/offered" && continue
            echo "# $1 does not offer $option of $name" >&2
            return 1
        done <"$dir/options"
    done
    [ -s "$dir/options" ]
}

for shell in bash fish; do
    if ! command -v $shell >/dev/null; then
        skip "$shell completes xsock" "there is no $shell here"
        continue
    fi
    test_that "$shell completes a command" offers_only $shell doctor doct
    test_that "$shell completes an option" offers_only $shell --timeout connect --ti
    test_that "$shell completes a family" offers_only $shell netlink catalog netl
    test_that "$shell completes an error" offers_only $shell ECONNREFUSED errors ECONNREF
    test_that "$shell completes the commands after help" offers $shell listen help ''
    test_that "$shell offers every option that --help lists" offers_all_options $shell
done
test_that "bash offers nothing for the value of an option" offers_only bash '' connect --timeout ''

# zsh completes in a terminal of its own, which then runs the line.
if command -v zsh >/dev/null && zsh -fc 'zmodload zsh/zpty' 2>/dev/null; then
    printf '%s\n' 'xsock doct' 'xsock connect --timeo' 'xsock listen --ke' 'xsock catalog netl' \
        'xsock errors ECONNREF' 'xsock completions fi' >"$dir/typed"
    printf '%s\n' doctor 'connect --timeout' 'listen --keep' 'catalog netlink' \
        'errors ECONNREFUSED' 'completions fish' >"$dir/wanted"
    HOME=$dir timeout -k 5 60 zsh -f "$here/complete.zsh" "$dir/completions.zsh" \
        <"$dir/typed" 2>"$err" | sed 's/=$//; s/ *$//' >"$out"
    ran='zsh -f complete.zsh'
    test_that "zsh completes commands, options and words" same "$out" "$dir/wanted"
else
    skip "zsh completes commands, options and words" "there is no zsh here"
fi
