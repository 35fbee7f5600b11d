"""Sets texts, lists, tables and code as mdoc, the language of manual pages. tools/pages.py uses it.

A text marks what is special in it: code, as CODE ... END, and bold text, as BOLD ... END.
"""
import re

CODE, BOLD, END = "\x01", "\x03", "\x02"
MARKED = re.compile(f"([{CODE}{BOLD}][^{END}]*{END})")
# Names that are set as names even where a text does not mark them.
NAMES = re.compile(MARKED.pattern + r"|(?:struct|enum) xsock_\w+|xsock_\w+\(\)"
                   r"|\bXSOCK_\w+\b(?!\.\.\.)")
INNER_SPACE = "\x04"  # stands for a space inside a name


def unmarked(text):
    return re.sub(f"[{CODE}{BOLD}{END}]", "", text)


def escape(text):
    text = text.replace("\\", "\\e").replace("\u2013", "\\(en")
    return "\\" + text if text.startswith("-") else text


def argument(text):
    """An argument of a macro: quoted if needed, and never taken for a macro or a delimiter."""
    text = escape(text).replace('"', "\\(dq")
    if re.fullmatch(r"[A-Z%][a-z1-9]?[a-z]?|[.,:;(\[\])?!|]+", text):
        text = "\\&" + text
    return f'"{text}"' if " " in text or not text else text


def lower_first(text):
    """A sentence as it goes on behind other words: names stay as they are."""
    return text[0].lower() + text[1:] if re.match(r"[A-Z]([a-z]| )", text) else text


class Page:
    """One page, or a part of one, as lines of mdoc."""

    def __init__(self, parameters=()):
        self.lines = []
        self.parameters = set(parameters)
        self.names = set()  # the public names in its texts

    def add(self, *lines):
        self.lines += lines

    def append(self, part):
        self.lines += part.lines
        self.names |= part.names

    def macro(self, marked):
        """The macro for a marked text."""
        name = marked[1:-1].replace(INNER_SPACE, " ")
        if marked.startswith(BOLD):
            return "Sy " + argument(name)
        if re.fullmatch(r"xsock_\w+\(\)", name):
            return "Fn " + name[:-2]
        if re.fullmatch(r"(struct|enum) xsock_\w+", name):
            return f'Vt "{name}"'
        if re.fullmatch(r"-?XSOCK_\w+", name):
            return "Dv " + argument(name)
        return ("Fa " if name in self.parameters else "Ql ") + argument(name)

    def macro_line(self, parts):
        """A line for a word: texts and marked texts in turn, with no spaces between them."""
        line = "."
        for number, part in enumerate(parts):
            if number % 2:
                line += self.macro(part)
            elif number == 0:
                line += f"Pf {argument(part)} " if part else ""
            elif number < len(parts) - 1:
                line += f" Ns No {argument(part)} Ns " if part else " Ns "
            elif re.fullmatch(r"[.,:;)\]?!]*", part):
                line += "".join(" " + delimiter for delimiter in part)
            else:
                line += " Ns No " + argument(part)
        return line

    def text(self, text):
        """Adds running text: plain text with a sentence a line, and a line for each name."""
        self.names |= set(re.findall(r"\b(?:xsock|XSOCK)_\w+", text))
        text = NAMES.sub(lambda match: (match[0] if match[1] else CODE + match[0] + END)
                         .replace(" ", INNER_SPACE), text)
        plain = []

        def flush():
            for sentence in re.split(r"(?<=[.?!]) +(?=[A-Z0-9])", " ".join(plain)):
                line = escape(sentence)
                self.add(*["\\&" + line if line[0] in ".'" else line] if line else [])
            plain.clear()

        for word in text.split():
            parts = MARKED.split(word)
            if len(parts) == 1:
                plain.append(word)
            else:
                flush()
                self.add(self.macro_line(parts))
        flush()

    def paragraph(self, text):
        if text:
            self.add(*[".Pp"] if self.lines else [])
            self.text(text)

    def items(self, items, width="Ds", kind="tag"):
        """Adds a list. An item is a heading, which may be empty, and its paragraphs."""
        self.add(f".Bl -{kind}" + (f" -width {width}" if kind == "tag" else ""))
        for heading, paragraphs in items:
            self.add((".It " + heading).rstrip())
            for number, text in enumerate(paragraphs):
                self.add(*[".Pp"] if number else [])
                self.text(text)
        self.add(".El")

    def table(self, rows):
        rows = [[unmarked(cell) for cell in row] for row in rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
        self.add(".Bl -column " + " ".join("m" * width for width in widths))
        self.add(*[".It " + " Ta ".join(argument(cell) for cell in row) for row in rows])
        self.add(".El")

    def code(self, text):
        lines = [line.rstrip().replace("\\", "\\e") for line in text.split("\n")]
        lines = ["\\&" + line if line[:1] in (".", "'") else line for line in lines]
        self.add(".Bd -literal -offset indent", *lines, ".Ed")

    def finished(self):
        """The page, without a paragraph at the beginning or the end of a section."""
        out = []
        for line in self.lines:
            if line == ".Pp" and out[-1].startswith((".Pp", ".Sh", ".Ss")):
                continue
            if line.startswith((".Sh", ".Ss")) and out[-1] == ".Pp":
                out.pop()
            out.append(line)
        return "\n".join(out) + "\n"
