"""Prints what bench/run.sh has measured, and keeps it: report.py FOLDER [--write-docs DOCS]

FOLDER has facts.tsv and results/{native,wine,newer}/*.tsv, and gets results.json. DOCS has charts/
and performance.md. In the page, the text between "<!-- NAME -->" and "<!-- end -->" is replaced."""
import json
import pathlib
import re
import sys

import charts
import figures
import tables
import targets

TITLES = {
    "server": "An echo server's processor time",
    "calls": "Single operations",
    "open_stubbed": "Opening and closing, system calls stubbed",
    "local": "64 bytes sent and received over a LOCAL pair, one thread",
    "pingpong": "A round trip of 64 bytes between two threads",
    "bulk": "256 KiB written over TCP on loopback",
    "udp": "A datagram sent and received",
    "poller": "An event of a poller",
    "million": "Filling a hole among many open, system in memory",
}


def print_all(results, wine, newer, rows, wine_rows):
    for question, parameters in results.items():
        others = wine.get(question, {})
        print("\n" + tables.text_of_question(question, parameters, others))
    for question, parameters in newer.items():
        print("\nnewer peers: " + tables.text_of_question(question, parameters, {}))
    print("\n" + tables.text_of_targets(rows))
    if wine:
        print("\nunder Wine\n" + tables.text_of_targets(wine_rows))


def as_dictionaries(rows):
    return [dict(zip(("what", "target", "measured", "verdict"), row)) for row in rows]


def write_json(folder, facts, results, wine, newer, rows, wine_rows):
    everything = {
        "facts": {name: text for kind, name, text in facts if kind == "fact"},
        "versions": {name: text for kind, name, text in facts if kind == "version"},
        "native": figures.results_as_json(results),
        "wine": figures.results_as_json(wine),
        "newer": figures.results_as_json(newer),
        "targets": as_dictionaries(rows),
        "wine targets": as_dictionaries(wine_rows),
    }
    text = json.dumps(everything, indent=1, ensure_ascii=False)
    (folder / "results.json").write_text(text + "\n")


def fill(text, name, content):
    """Replaces the text between the marks of this name, if the page has them."""
    marks = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    return marks.sub(lambda m: m.group(1) + content + "\n" + m.group(2), text)


def write_docs(docs, facts, results, others, rows, wine_rows):
    page = docs / "performance.md"
    text = page.read_text()
    text = fill(text, "facts", tables.markdown_of_facts(facts))
    text = fill(text, "targets", tables.markdown_of_targets(rows))
    if others["wine"]:
        text = fill(text, "wine targets", tables.markdown_of_targets(wine_rows))
    for question, parameters in results.items():
        if question == "calls":
            content = tables.markdown_of_calls(results)
        elif question == "counts":
            content = tables.markdown_of_counts(parameters)
        else:
            content = tables.markdown_of_question(parameters)
        text = fill(text, question, content)
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
    noise = figures.noise(results)
    if noise is not None:
        apart = f"the quartiles of a raw call are {100 * noise:.1f} % apart"
        facts.append(("fact", "noise", apart))
    newer = figures.read_results(folder / "results" / "newer")
    if newer:
        facts += [(kind, f"{name}, newer peers", version)
                  for kind, name, version in figures.read_facts(folder / "newer.tsv")
                  if name != "xsock"]
    rows = targets.judge_all(results, targets.TARGETS)
    wine_rows = targets.judge_all(wine, targets.WINE_TARGETS)
    for _, name, text in facts:
        print(f"{name}: {text}")
    print_all(results, wine, newer, rows, wine_rows)
    write_json(folder, facts, results, wine, newer, rows, wine_rows)
    if len(sys.argv) > 3 and sys.argv[2] == "--write-docs":
        others = {"wine": wine, "newer": newer}
        write_docs(pathlib.Path(sys.argv[3]), facts, results, others, rows, wine_rows)


if __name__ == "__main__":
    main()
