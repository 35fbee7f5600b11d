"""Charts: horizontal bars in groups, as plain SVG."""
from html import escape

WIDTH, LABEL, BAR, GAP, TOP = 720, 230, 15, 4, 46
COLOURS = {"raw": "#8a8f98", "xsock": "#1f6feb"}
PEER, OWN = "#c9ced6", "#58a6ff"


def colour(variant):
    if variant in COLOURS:
        return COLOURS[variant]
    return OWN if variant.startswith("xsock") else PEER


def text(x, y, words, anchor="start", weight="normal", size=12):
    return (f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}">{escape(words)}</text>')


def words_of(figures):
    median = figures.median
    value = f"{median:,.0f}" if median >= 100 else f"{median:.3g}"
    compared = figures.ratio is not None and figures.ratio != 1
    ratio = f"  ({figures.ratio:.2f}, {figures.added:+,.0f})" if compared else ""
    return f"{value} {figures.unit}{ratio}"


def quartile_ends(figures, length):
    """Where the line from the lower quartile to the upper begins and ends."""
    if not figures.median:
        return LABEL + length, LABEL + length
    return [LABEL + min(length * 1.4, length * q / figures.median) for q in figures.quartiles]


def bars(parameters, y):
    """The bars of each group. Each group has a scale of its own."""
    out = []
    for parameter, variants in parameters.items():
        out.append(text(8, y + 12, parameter, weight="bold"))
        y += BAR + GAP
        most = max(figures.median for figures in variants.values()) or 1
        for variant, figures in variants.items():
            length = max(1, round(figures.median / most * (WIDTH - LABEL - 220)))
            out.append(text(LABEL - 8, y + 12, variant, "end"))
            out.append(f'<rect x="{LABEL}" y="{y}" width="{length}" height="{BAR}" '
                       f'fill="{colour(variant)}"/>')
            low, high = quartile_ends(figures, length)
            out.append(f'<path d="M{low:.1f} {y + BAR // 2}H{high:.1f}" stroke="#1f2328" '
                       'stroke-width="2"/>')
            out.append(text(max(LABEL + length, round(high)) + 6, y + 12, words_of(figures)))
            y += BAR + GAP
        y += 2 * GAP
    return out, y


def chart(title, parameters, base):
    body, height = bars(parameters, TOP)
    compared = any(base in variants and len(variants) > 1 for variants in parameters.values())
    subtitle = "medians; shorter is better; the line goes from quartile to quartile"
    if compared:
        subtitle += f"; in brackets: the ratio to {base}, and the ns added"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" fill="#1f2328">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        text(8, 22, title, weight="bold", size=15),
        text(8, 38, subtitle, size=11),
        *body, "</svg>", ""])
