"""Exact counts: counts.py FOLDER COUNTS CIRCUMSTANCES [--write | --tsv]

FOLDER has what callgrind and strace wrote for bench/check.sh. COUNTS is bench/counts.txt: for each
operation the instructions that xsock adds to the system's own calls, and the system calls of
both."""
import pathlib
import re
import sys

HEAD = """\
# %s
# Written by bench/check.sh --write. The first three columns are the instructions in user space that
# xsock adds to the system's own calls: the static library with one thread, the static library with
# two threads, the shared library with one. The last two are the system calls of xsock and of raw.
"""
COLUMNS = ("one", "two", "shared", "calls", "raw")
NO_COUNT = "-"


def instructions(file):
    """{operation: {side: instructions}}"""
    out = {}
    title = None
    for line in file.read_text().splitlines():
        if line.startswith("desc: Trigger: Client Request: "):
            title = line.split(": ", 3)[3]
        elif line.startswith("totals: ") and title:
            name, side, times = title.rsplit("|", 2)
            out.setdefault(name, {})[side] = int(line.split()[1]) / int(times)
            title = None
    return out


def system_calls(file):
    """{operation: {side: system calls}}: of the thread that wrote the mark, or, if the name begins
    with "others: ", of all other threads."""
    out = {}
    name = None
    for line in file.read_text().splitlines():
        thread, call = line.split(None, 1)
        mark = re.match(r'write\(-1, "([^"]*)"', call)
        if mark and mark[1] == "end":
            out.setdefault(name, {})[side] = count / times
            name = None
        elif mark:
            name, side, times = mark[1].rsplit("|", 2)
            times, owner, count = int(times), thread, 0
        elif name and (thread != owner) == name.startswith("others: "):
            count += not call.startswith(("<...", "+++", "---", "restart_syscall"))
    return out


def measured(folder):
    """{operation: {column: count}}"""
    rows = {}
    for file in ("one", "two", "shared", "million"):
        for name, sides in instructions(folder / f"{file}.callgrind").items():
            column = "one" if file == "million" else file
            rows.setdefault(name, {})[column] = round(sides["xsock"] - sides["raw"])
    for file in ("one", "blocking"):
        for name, sides in system_calls(folder / f"{file}.strace").items():
            row = rows.setdefault(name, {})
            row.update(calls=round(sides["xsock"], 2), raw=round(sides["raw"], 2))
    return rows


def read(file):
    rows = {}
    for line in file.read_text().splitlines()[4:]:
        name, *cells = re.split(r"  +", line.strip())
        pairs = zip(COLUMNS, cells)
        rows[name] = {column: float(cell) for column, cell in pairs if cell != NO_COUNT}
    return rows


def in_lines(rows):
    width = max(map(len, rows))
    for name, row in rows.items():
        cells = [f"{row[column]:g}" if column in row else NO_COUNT for column in COLUMNS]
        yield f"{name:<{width}}" + "".join(f"  {cell:>7}" for cell in cells)


def allowed(name, column, before):
    """The largest count that passes. System calls are exact, unless threads race for a connection.
    Instructions depend a little on the addresses of memory."""
    if column == "calls":
        return before * 1.25 + 1 if name.startswith("others: ") else before
    return before * 1.02 + 3


def judge(name, now, before):
    risen = [f"{column} {now[column]:g}, {before[column]:g} before" for column in COLUMNS[:4]
             if column in now and now[column] > allowed(name, column, before.get(column, 0))]
    fallen = [column for column in COLUMNS[:4]
              if now.get(column, 0) < before.get(column, 0) * 0.98 - 3]
    missing = sorted(set(now) - set(before))
    figures = " ".join(f"{now[column]:g}" for column in COLUMNS if column in now)
    if missing:
        print(f"not ok - {name}: {figures}, and counts.txt lacks it: bench/check.sh --write")
    elif risen:
        print(f"not ok - {name}: " + "; ".join(risen))
    elif fallen:
        print(f"ok - {name}: {figures}, which is less: commit it (bench/check.sh --write)")
    else:
        print(f"ok - {name}: {figures}")
    return not missing and not risen


def main():
    folder, file = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    now = measured(folder)
    if "--write" in sys.argv:
        text = HEAD % sys.argv[3] + "\n".join(in_lines(now)) + "\n"
        file.write_text(text)
        print(text, end="")
    elif "--tsv" in sys.argv:
        for name, row in now.items():
            for column, value in row.items():
                print(f"counts\t{column}\t{name}\t{value:g}\t")
    else:
        before = read(file)
        good = [judge(name, row, before.get(name, {})) for name, row in now.items()]
        return not all(good)
    return 0


if __name__ == "__main__":
    sys.exit(main())
