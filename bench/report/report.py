"""Prints what bench/run.sh has measured, and keeps it: report.py FOLDER [--write-docs DOCS]

FOLDER has facts.tsv and results/{native,wine,lto}/*.tsv; results.json is written there. DOCS has
performance.md, in which what stands between "<!-- NAME -->" and "<!-- end -->" is replaced, and charts/."""
import json
import pathlib
import re
import sys

import charts
import figures
import tables
import targets

TITLES = {
    "open": "Opening and closing a TCP socket",
    "open_stubbed": "The same, system calls stubbed",
    "lookup": "A look-up, with its reference and drop",
    "local": "64 bytes sent and received over a LOCAL pair, one thread",
    "pingpong": "A round trip of 64 bytes between two threads",
    "bulk": "256 KiB written over TCP on loopback",
    "udp": "A datagram sent and received",
    "poller": "An event of a poller",
    "many": "Opening and closing with many open",
    "million": "Filling a hole among many open, system in memory",
    "threads_open": "Threads that open and close",
    "threads_lookup": "Threads that look up",
    "wasix": "A call through WASIX's imports",
}


def print_all(results, wine, lto, rows):
    for question, parameters in results.items():
        print("\n" + tables.text_of_question(question, parameters, wine.get(question, {})))
    for question, parameters in lto.items():
        print("\nwith link-time optimisation: " + tables.text_of_question(question, parameters, {}))
    print("\n" + tables.text_of_targets(rows))


def write_json(folder, facts, results, wine, lto, rows):
    everything = {
        "facts": {name: text for kind, name, text in facts if kind == "fact"},
        "versions": {name: text for kind, name, text in facts if kind == "version"},
        "native": figures.results_as_json(results),
        "wine": figures.results_as_json(wine),
        "lto": figures.results_as_json(lto),
        "targets": [{"what": what, "target": target, "measured": value, "met": met}
                    for what, target, value, met in rows],
    }
    (folder / "results.json").write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")


def fill(text, name, content):
    """Replaces what stands between the marks of this name; a page without them is left as it is."""
    marks = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    return marks.sub(lambda m: m.group(1) + content + "\n" + m.group(2), text)


def write_docs(docs, facts, results, others, rows):
    page = docs / "performance.md"
    text = page.read_text()
    text = fill(text, "facts", tables.markdown_of_facts(facts))
    text = fill(text, "targets", tables.markdown_of_targets(rows))
    for question, parameters in results.items():
        text = fill(text, question, tables.markdown_of_question(parameters))
    for kind, answers in others.items():
        for question, parameters in answers.items():
            text = fill(text, f"{kind} {question}", tables.markdown_of_question(parameters))
    page.write_text(text)
    (docs / "charts").mkdir(exist_ok=True)
    for question, title in TITLES.items():
        if question in results:
            chart = charts.chart(title, results[question], figures.base_of(question))
            (docs / "charts" / f"{question}.svg").write_text(chart)


def main():
    folder = pathlib.Path(sys.argv[1])
    facts = figures.read_facts(folder / "facts.tsv")
    results = figures.read_results(folder / "results" / "native")
    wine = figures.read_results(folder / "results" / "wine")
    lto = figures.read_results(folder / "results" / "lto")
    rows = targets.judge_all(results)
    for _, name, text in facts:
        print(f"{name}: {text}")
    print_all(results, wine, lto, rows)
    write_json(folder, facts, results, wine, lto, rows)
    if len(sys.argv) > 3 and sys.argv[2] == "--write-docs":
        write_docs(pathlib.Path(sys.argv[3]), facts, results, {"wine": wine, "lto": lto}, rows)


if __name__ == "__main__":
    main()
