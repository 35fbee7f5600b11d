# Reads what a test script printed: "ok - WHAT", "not ok - WHAT", "ok - WHAT # SKIP WHY", lines with
# "#" after a failure, and "note - TEXT". Prints a line for the script, each failure with the lines
# that follow, each skipped test with its reason, and each note. Appends "PASSED FAILED SKIPPED" to
# a file.
#   -v name=..., -v status=..., -v counts=...    as in cmocka.awk

/^ok - .* # SKIP / { sub(/^ok - /, ""); sub(/ # SKIP /, ": "); skips[skipped++] = $0; next }
/^ok - / { passed++; next }
/^not ok - / { sub(/^not ok - /, ""); fails[failed++] = $0; next }
/^note - / { sub(/^note - /, ""); notes[noted++] = $0; next }
/^[0-9]+ passed, / { next }
failed { fails[failed - 1] = fails[failed - 1] "\n      | " $0; next }
{ other = other "\n      | " $0 }

END {
    # A script that stopped half-way is one failure more.
    broken = passed + failed + skipped == 0 || (status != 0 && !failed) || (status > 1)
    failed += 0; skipped += 0; passed += 0
    print passed, failed + broken, skipped >>counts
    printf "  %-7s %s: %d passed, %d failed, %d skipped\n", failed || broken ? "FAILED" : "ok",
        name, passed, failed + broken, skipped
    for (i = 0; i < failed; i++) print "    failed  " fails[i]
    for (i = 0; i < skipped; i++) print "    skipped " skips[i]
    for (i = 0; i < noted; i++) print "    note    " notes[i]
    if (broken) print "    broken  exit status " status other
}
