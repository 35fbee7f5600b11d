"""Tables, as text for people and as Markdown for docs/performance.md."""
from figures import base_of
from targets import in_words


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def cell(figures):
    if figures is None:
        return ""
    text = f"{number(figures.median)} {figures.unit}" if figures.unit != "ns" else number(figures.median)
    return text if figures.ratio is None else f"{text} ({figures.ratio:.2f})"


def line(texts, widths):
    return "  ".join(text.ljust(width) for text, width in zip(texts, widths)).rstrip()


def aligned(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(line(row, widths) for row in rows)


def spread(figures):
    low, high = figures.quartiles
    return f"{number(low)}..{number(high)}"


def text_of_question(question, parameters, wine):
    """A row a variant: median, quartiles, ratio to raw; the same under Wine beside it where there is that."""
    compared = any(f.ratio is not None for variants in parameters.values() for f in variants.values())
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
            rows += [[parameter, v, "", "", ""] + measured(f, False) for v, f in wine[parameter].items()]
    return aligned(rows)


def measured(figures, with_spread):
    if figures is None:
        return ["", "", ""] if with_spread else ["", ""]
    ratio = "" if figures.ratio is None else f"{figures.ratio:.3f}"
    median = f"{number(figures.median)} {figures.unit}"
    return [median, spread(figures), ratio] if with_spread else [median, ratio]


def text_of_targets(rows):
    return aligned([["what", "target", "measured", ""]] +
                   [[what, target, value, in_words(met)] for what, target, value, met in rows])


def markdown(rows):
    head, *rest = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0])] + rest)


def markdown_of_targets(rows):
    return markdown([["what", "target", "measured", ""]] +
                    [[what, target, value, in_words(met)] for what, target, value, met in rows])


def markdown_of_question(parameters):
    """A row a parameter, a column a variant."""
    variants = list(dict.fromkeys(v for row in parameters.values() for v in row))
    rows = [[""] + variants]
    for parameter, row in parameters.items():
        rows.append([parameter] + [cell(row.get(v)) for v in variants])
    return markdown(rows)


def markdown_of_facts(facts):
    return markdown([["", ""]] + [[name, text] for kind, name, text in facts])
