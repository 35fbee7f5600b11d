"""Tables, as text for people and as Markdown for docs/performance.md."""
from figures import base_of


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def cell(figures):
    """The median; beside what it is compared with, also the ratio and the difference."""
    if figures is None:
        return ""
    text = number(figures.median)
    if figures.unit not in ("ns", ""):
        text += " " + figures.unit
    if figures.ratio is None or figures.ratio == 1:
        return text
    return f"{text} ({figures.ratio:.2f}, {figures.added:+,.0f})"


def line(texts, widths):
    return "  ".join(text.ljust(width) for text, width in zip(texts, widths)).rstrip()


def aligned(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(line(row, widths) for row in rows)


def spread(figures):
    low, high = figures.quartiles
    return f"{number(low)}..{number(high)}"


def text_of_question(question, parameters, wine):
    """A row for each variant: the median, the quartiles, the ratio to raw, what is added to raw.
    The same under Wine stands beside it."""
    compared = any(f.ratio is not None for row in parameters.values() for f in row.values())
    ratio = f"of {base_of(question)}" if compared else ""
    head = [question, "", "median", "quartiles", ratio] + (["Wine", ratio] if wine else [])
    rows = [head]
    for parameter, variants in parameters.items():
        others = wine.get(parameter, {})
        for variant in list(variants) + [v for v in others if v not in variants]:
            rows.append([parameter, variant] + measured(variants.get(variant), True)
                        + (measured(others.get(variant), False) if wine else []))
    for parameter in wine:
        if parameter not in parameters:
            rows += [[parameter, v, "", "", ""] + measured(f, False)
                     for v, f in wine[parameter].items()]
    return aligned(rows)


def measured(figures, with_spread):
    if figures is None:
        return ["", "", ""] if with_spread else ["", ""]
    ratio = "" if figures.ratio is None else f"{figures.ratio:.3f} {figures.added:+,.0f}"
    median = f"{number(figures.median)} {figures.unit}"
    return [median, spread(figures), ratio] if with_spread else [median, ratio]


TARGETS_HEAD = ["what", "target", "measured", ""]


def text_of_targets(rows):
    """Only what was asked."""
    return aligned([TARGETS_HEAD] + [list(row) for row in rows if row[3] != "-"])


def markdown(rows):
    head, *rest = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0])] + rest)


def markdown_of_targets(rows):
    return markdown([TARGETS_HEAD] + [list(row) for row in rows])


def markdown_of_question(parameters):
    """Each parameter has a row, and each variant a column."""
    variants = list(dict.fromkeys(v for row in parameters.values() for v in row))
    rows = [[""] + variants]
    for parameter, row in parameters.items():
        rows.append([parameter] + [cell(row.get(v)) for v in variants])
    return markdown(rows)


def markdown_of_calls(results):
    """Each operation has a row: its times with one thread, two threads and the shared library."""
    head = ["", "raw", "static", "two threads", "shared"]
    kinds = ("calls", "calls_two", "calls_shared")
    rows = [head]
    for name, variants in results["calls"].items():
        others = [results.get(kind, {}).get(name, {}).get("xsock") for kind in kinds]
        rows.append([name, cell(variants["raw"])] + [cell(f) for f in others])
    return markdown(rows)


def markdown_of_counts(parameters):
    heads = {"one": "static", "two": "two threads", "shared": "shared", "calls": "system calls",
             "raw": "raw's"}
    rows = [["", *heads.values()]]
    for name, row in parameters.items():
        rows.append([name] + [f"{row[c].median:,g}" if c in row else "" for c in heads])
    return markdown(rows)


def markdown_of_facts(facts):
    return markdown([["", ""]] + [[name, text] for kind, name, text in facts])
