# Reads what a CMocka program printed. Prints a line for the program, each failed test with what the
# test printed, and each skipped test with its reason. A test that is skipped without a reason has
# failed. Appends "PASSED FAILED SKIPPED" to a file.
#   -v name=...      the name of the program
#   -v status=...    the exit status of the program
#   -v counts=...    the file

{ sub(/\r$/, "") }

/^\[==========\] .*test\(s\) run/ { groups_finished++; next }
/^\[==========\]/ { groups_started++; next }
/^\[ RUN      \]/ { running = 1; test = substr($0, 14); said = reason = ""; next }
# The summary at the end names failed and skipped tests once more: those don't count.
/^\[       OK \]/ { passed += running; running = 0; next }
/^\[  SKIPPED \]/ {
    if (running && reason) skips[skipped++] = test ": " reason
    if (running && !reason) fails[failed++] = test ": skipped without a reason"
    running = 0
    next
}
/^\[  (FAILED |ERROR  ) \]/ && !/ --- / {
    if (running) fails[failed++] = test said
    running = 0
    next
}
/./ && running { said = said "\n      | " $0; reason = reason (reason ? " " : "") $0 }
/./ && !running && !/^\[/ { outside = outside "\n      | " $0 }

END {
    # A program that crashed, hung, or has no result of a test is one failure more.
    broken = running || passed + failed + skipped == 0 || groups_started != groups_finished ||
        (status != 0 && !failed)
    failed += 0; skipped += 0; passed += 0
    print passed, failed + broken, skipped >>counts
    printf "  %-7s %s: %d passed, %d failed, %d skipped\n", failed || broken ? "FAILED" : "ok",
        name, passed, failed + broken, skipped
    for (i = 0; i < failed; i++) print "    failed  " fails[i]
    for (i = 0; i < skipped; i++) print "    skipped " skips[i]
    if (broken) print "    broken  exit status " status (running ? " in " test said : "") outside
}
