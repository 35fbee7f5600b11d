# needs: go
# Checks the workflows of hosted CI by actionlint, and that a commit pins every action.
# shellcheck shell=bash

workflows=$TOP/.github/workflows
once actionlint quietly install_actionlint
check "actionlint finds nothing" "$DEPS/go/actionlint" -shellcheck= -config-file \
    "$TOP/.github/actionlint.yaml" "$workflows"/*.yml

pinned() {
    ! grep -hE '^ *-? *uses:' "$workflows"/*.yml | grep -vE '@[0-9a-f]{40} # '
}
check "every action is pinned by a commit" pinned
