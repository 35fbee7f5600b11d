#!/usr/bin/env python3
"""Makes the pages of section 3 from the comments of the public headers.

Doxygen (docs/Doxyfile) reads the headers and writes XML. This program turns the XML into mdoc: a
page for each call, callback, structure and enum, and xsock.3, which lists them by group.

    tools/pages.py OUT [--doxygen DOXYGEN] [--without HEADER]... [--dist]

OUT is a folder, which is made anew. A call of a header that is left out gets no page. With --dist,
OUT is a folder of the archive that "meson dist" makes.
"""
import argparse
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

TOP = pathlib.Path(__file__).resolve().parent.parent
CODE, END = "\x01", "\x02"  # around text that the header sets as code
BOLD = "\x03"  # before text that the header sets as bold; END is after the text
# What is set as a name in running text even if the header does not mark it.
NAMES = re.compile(
    r"[\x01\x03][^\x02]*\x02|(?:struct|enum) xsock_\w+|xsock_\w+\(\)|\bXSOCK_\w+\b(?!\.\.\.)")
CLOSING = re.compile(r"[.,:;)\]?!]*$")
SECTIONS = ["RETURN VALUES", "EXAMPLES", "ERRORS", "PORTABILITY", "SEE ALSO", "STANDARDS",
            "HISTORY"]  # the order that mandoc asks for
TITLES = {"Portability": "PORTABILITY", "Standards": "STANDARDS", "Other errors": "ERRORS",
          "Examples": "EXAMPLES", "Example": "EXAMPLES"}
KINDS = {"function": "call", "typedef": "callback", "struct": "structure", "enum": "enum"}


def text_of(element):
    """The text in an element, with code marked, without the blocks in it."""
    if element is None:
        return ""
    out = element.text or ""
    for child in element:
        if child.tag in ("computeroutput", "bold", "emphasis"):
            mark = CODE if child.tag == "computeroutput" else BOLD
            out += mark + "".join(child.itertext()) + END
        elif child.tag == "ndash":
            out += "\u2013"
        elif child.tag not in ("parameterlist", "simplesect", "itemizedlist", "orderedlist",
                               "table", "programlisting"):
            out += text_of(child)
        out += child.tail or ""
    return " ".join(out.split())


def unmarked(text):
    return re.sub(f"[{CODE}{BOLD}{END}]", "", text)


def escape(text):
    return (text.replace("\\", "\\e").replace("-", "\\-" if text.startswith("-") else "-")
            .replace("\u2013", "\\(en"))


def argument(text):
    """An argument of a macro: quoted, and never taken for a macro."""
    text = escape(text).replace('"', '\\(dq')
    if re.fullmatch(r"[A-Z%][a-z1-9]?[a-z]?|[.,:;()\[\]?!|]+", text):
        text = "\\&" + text
    return f'"{text}"' if " " in text or not text else text


def macro(name, page):
    """The macro that sets a name."""
    if name.startswith(BOLD):
        return "Sy " + argument(name[1:-1])
    if name.startswith(CODE):
        name = name[1:-1]
    if re.fullmatch(r"xsock_\w+\(\)", name):
        return "Fn " + name[:-2]
    if re.fullmatch(r"(struct|enum) xsock_\w+", name):
        return f'Vt "{name}"'
    if re.fullmatch(r"-?XSOCK_\w+", name):
        return "Dv " + argument(name)
    if name in page.parameters:
        return "Fa " + argument(name)
    return "Ql " + argument(name)


class Page:
    """One page, as lines of mdoc."""

    def __init__(self, parameters=()):
        self.lines = []
        self.parameters = set(parameters)
        self.names = set()  # the public names that the page mentions

    def add(self, *lines):
        self.lines += lines

    def text(self, text):
        """Adds running text, a sentence a line. Names become macros."""
        self.names |= set(re.findall(r"\b(?:xsock|XSOCK)_\w+", text))
        words, at = [], 0
        for match in NAMES.finditer(text):  # a word is a list of plain texts and names
            words += [("text", text[at:match.start()]), ("name", match.group())]
            at = match.end()
        words.append(("text", text[at:]))
        plain, parts = [], []

        def flush_plain():
            for sentence in re.split(r"(?<=[.?!]) +(?=[A-Z0-9])", " ".join(plain)):
                if sentence:
                    line = escape(sentence)
                    self.add("\\&" + line if line[0] in ".'" else line)
            plain.clear()

        def flush_word():
            if any(kind == "name" for kind, _ in parts):
                flush_plain()
                self.add(self.mixed(parts))
            elif parts:
                plain.append("".join(value for _, value in parts))
            parts.clear()

        for kind, value in words:
            if kind == "name":
                parts.append((kind, value))
                continue
            pieces = re.split(r"\s+", value)
            for number, piece in enumerate(pieces):
                if number:
                    flush_word()
                if piece:
                    parts.append((kind, piece))
        flush_word()
        flush_plain()

    def mixed(self, parts):
        """A line of macros for a word that has names in it, without spaces between its parts."""
        line, last = ".", None
        for kind, value in parts:
            if kind == "name":
                line += (" Ns " if last == "text-ns" or last == "name" else "") + macro(value, self)
                last = "name"
            elif last is None:
                line += "Pf " + argument(value).replace("\\&(", "(") + " "
                last = "prefix"
            elif CLOSING.fullmatch(value):
                line += "".join(" " + character for character in value)
                last = "text-ns"
            else:
                line += " Ns No " + argument(value)
                last = "text-ns"
        return line

    def paragraph(self, text):
        if text:
            if self.lines:
                self.add(".Pp")
            self.text(text)

    def finished(self):
        """The lines, without a paragraph at the beginning or the end of a section."""
        out = []
        for line in self.lines:
            if line == ".Pp" and out[-1].startswith((".Pp", ".Sh", ".Ss")):
                continue
            while line.startswith((".Sh", ".Ss")) and out and out[-1] == ".Pp":
                out.pop()
            out.append(line)
        return out

    def code(self, listing):
        self.add(".Bd -literal -offset indent")
        for line in listing.iter("codeline"):
            out = ""
            for part in line.iter():
                out += (" " if part.tag == "sp" else part.text or "")
                out += (part.tail or "") if part is not line else ""
            out = out.rstrip().replace("\\", "\\e")
            self.add("\\&" + out if out[:1] in (".", "'") else out)
        self.add(".Ed")

    def table(self, table):
        rows = [[text_of(entry.find("para")) for entry in row.findall("entry")]
                for row in table.findall("row")]
        plain = [[unmarked(cell) for cell in row] for row in rows]
        widths = [max(len(row[column]) for row in plain) for column in range(len(rows[0]) - 1)]
        self.add(".Bl -column " + " ".join(f'"{"m" * width}"' for width in widths))
        for row in plain:
            self.add(".It " + " Ta ".join(argument(cell) for cell in row))
        self.add(".El")

    def items(self, items, width="Ds"):
        """A list of (heading, description elements)."""
        self.add(f".Bl -tag -width {width}")
        for heading, paragraphs in items:
            self.add(".It " + heading)
            for number, para in enumerate(paragraphs):
                if number:
                    self.add(".Pp")
                self.text(text_of(para))
        self.add(".El")


class Comment:
    """What one comment says, by section."""

    def __init__(self, element, parameters=()):
        self.parameters = parameters
        self.sections = {}
        self.errors, self.params, self.since, self.see = [], [], "", []
        for block in element.findall("detaileddescription"):
            for para in block:
                self.block(para, "DESCRIPTION")

    def page(self, section):
        return self.sections.setdefault(section, Page(self.parameters))

    def block(self, para, section):
        run = ElementTree.Element("para")
        run.text = para.text
        for child in para:
            handler = getattr(self, "take_" + child.tag, None)
            if handler is None:
                run.append(child)
                continue
            self.page(section).paragraph(text_of(run))
            handler(child, section)
            run = ElementTree.Element("para")
            run.text = child.tail
        if text_of(run):
            self.page(section).paragraph(text_of(run))

    def take_programlisting(self, element, section):
        page = self.page("EXAMPLES")
        if section == "DESCRIPTION":  # the sentence that introduces the example goes with it
            lines = self.page(section).lines
            start = len(lines) - lines[::-1].index(".Pp") if ".Pp" in lines else len(lines)
            if lines and lines[-1].endswith(":"):
                if page.lines:
                    page.add(".Pp")
                page.add(*lines[start:])
                del lines[start - 1:]
        page.code(element)

    def take_table(self, element, section):
        self.page(section).table(element)

    def take_itemizedlist(self, element, section):
        page = self.page(section)
        page.add(".Bl -bullet")
        for item in element.findall("listitem"):
            page.add(".It")
            for number, para in enumerate(item.findall("para")):
                if number:
                    page.add(".Pp")
                page.text(text_of(para))
        page.add(".El")

    def take_parameterlist(self, element, _section):
        for item in element.findall("parameteritem"):
            name = text_of(item.find(".//parametername"))
            entry = (name, item.find("parameterdescription").findall("para"))
            (self.params if element.get("kind") == "param" else self.errors).append(entry)

    def take_simplesect(self, element, _section):
        kind, title = element.get("kind"), element.findtext("title")
        paras = element.findall("para")
        if kind == "return":
            section = "RETURN VALUES"
        elif kind == "since":
            self.since = text_of(paras[0])
            return
        elif kind == "see":
            self.see += re.findall(r"xsock_\w+", text_of(paras[0]))
            return
        else:
            section = TITLES.get(title)
            if section is None:
                section = "Ss " + title
        for para in paras:
            self.block(para, section)


class Manual:
    """All pages of one run."""

    def __init__(self, xml, without, date, version):
        self.date, self.version = date, version
        self.groups, self.things, self.home = [], {}, {}
        self.file_comment = None
        structs = {}
        for path in sorted(xml.glob("*.xml")):
            root = ElementTree.parse(path).getroot()
            for compound in root.findall("compounddef"):
                kind, name = compound.get("kind"), compound.findtext("compoundname")
                if kind == "struct":
                    structs[name] = compound
                elif kind == "group":
                    self.groups.append(compound)
                elif kind == "file" and name == "xsock.h":
                    self.file_comment = compound
        place = {}
        for group in self.groups:
            members = [member for member in group.findall("sectiondef/memberdef")]
            members += [structs[text_of(inner)] for inner in group.findall("innerclass")]
            spots = [(m.find("location").get("file"), int(m.find("location").get("line")), m)
                     for m in members]
            spots = sorted((s for s in spots if s[0] not in without), key=lambda s: s[1])
            place[group] = spots
            for header, _, member in spots:
                name = member.findtext("name") or member.findtext("compoundname")
                if member.get("kind") in KINDS:
                    self.things[name] = (member, header)
                for value in member.findall("enumvalue"):
                    self.home[value.findtext("name")] = name
        order = ["xsock.h", "xsock_families.h", "xsock_native.h", "xsock_wasix.h"]
        self.groups = [g for g in self.groups if place[g]]
        self.groups.sort(key=lambda g: (order.index(place[g][0][0]), place[g][0][1]))
        self.place = place
        self.users = {name: set() for name in self.things}
        for user, (member, _) in self.things.items():
            for name in re.findall(r"\bxsock_\w+", " ".join(member.itertext())):
                if name in self.users:
                    self.users[name].add(user)

    def head(self, name, brief, header):
        page = Page()
        page.add('.\\" Made from the comments of the public headers by tools/pages.py.',
                 f".Dd {self.date}", f".Dt {name.upper()} 3", f".Os xsock {self.version}",
                 ".Sh NAME", f".Nm {name}", ".Nd " + escape(brief),
                 ".Sh SYNOPSIS", f".In {header}")
        return page

    def synopsis(self, page, member, name):
        kind = member.get("kind")
        if kind in ("function", "typedef"):
            result = text_of(member.find("type"))
            page.add(f'.Ft "{"typedef " if kind == "typedef" else ""}{result}"', f".Fo {name}")
            arguments = member.findtext("argsstring").strip()
            for part in re.split(r",\s*", arguments[1:arguments.rindex(")")]):
                page.add(f'.Fa "{part}"')
            page.add(".Fc")
            return
        page.add(".Bd -literal")
        if kind == "enum":
            page.add(f"enum {name};")
        elif not member.findall("sectiondef/memberdef"):
            page.add(f"struct {name};")
        else:
            page.add(f"struct {name} {{")
            for field in member.findall("sectiondef/memberdef"):
                kind_text = text_of(field.find("type"))
                gap = "" if kind_text.endswith("*") else " "
                page.add(f"    {kind_text}{gap}{field.findtext('name')}"
                         f"{field.findtext('argsstring') or ''};")
            page.add("};")
        page.add(".Ed")

    @staticmethod
    def described(element):
        """The brief and the detailed text of a field or a constant."""
        paras = [element.find("briefdescription/para")]
        paras += element.findall("detaileddescription/para")
        joined = ElementTree.Element("para")
        joined.text = " ".join(t for t in (text_of(p) for p in paras if p is not None) if t)
        return [joined]

    def one(self, name):
        member, header = self.things[name]
        kind = member.get("kind")
        brief = text_of(member.find("briefdescription/para"))
        parameters = [item.text for item in member.iter("declname")]
        parameters += [item.text for item in member.iter("parametername")
                       if not item.text.startswith("-")]
        comment = Comment(member, parameters)
        plain = unmarked(brief).rstrip(".")
        plain = plain[0].lower() + plain[1:] if plain[1:2].islower() or plain[1:2] == " " else plain
        page = self.head(name, plain, header)
        page.parameters = set(parameters)
        self.synopsis(page, member, name)
        page.add(".Sh DESCRIPTION")
        if kind == "function":
            page.add("The", f".Fn {name}", "call")
            page.text(plain + "." if CODE not in brief else brief[0].lower() + brief[1:])
        else:
            page.text(brief)
        details = comment.sections.get("DESCRIPTION")
        if details and details.lines[:1] and details.lines[0].startswith((".Bl", ".Bd")):
            page.add(".Pp")

        def append(section):
            part = comment.sections.pop(section, None)
            if part is not None:
                page.add(*part.lines)
                page.names |= part.names
        append("DESCRIPTION")
        if comment.params:
            page.add(".Pp", "The arguments are:")
            page.items([("Fa " + argument(key), paras) for key, paras in comment.params])
        fields = member.findall("sectiondef/memberdef") or member.findall("enumvalue")
        if kind == "struct":
            page.parameters |= {field.findtext("name") for field in fields}
        if fields:
            page.add(".Pp", "The fields are:" if kind == "struct" else "The constants are:")
            rows = []
            for field in fields:
                label = ("Va " if kind == "struct" else "Dv ") + field.findtext("name")
                value = (field.findtext("initializer") or "").lstrip("= ")
                if value:
                    label += " No = " + argument(value)
                rows.append((label, self.described(field)))
            page.items(rows)
        for section in [key for key in comment.sections if key.startswith("Ss ")]:
            page.add("." + section)
            append(section)
        self.ending(page, name, comment, append)
        return page

    def ending(self, page, name, comment, append):
        for section in SECTIONS:
            if section == "SEE ALSO":
                self.see_also(page, name, comment.see)
            elif section == "HISTORY" and comment.since:
                page.add(".Sh HISTORY", f".Nm {name}", f"appeared in xsock {comment.since}.")
            elif section == "ERRORS" and comment.errors:
                page.add(".Sh ERRORS", "The call fails if:")
                page.items([("Bq Er " + argument(key[len("-XSOCK_"):]), paras)
                            for key, paras in comment.errors], "Er")
                append(section)
            elif section == "RETURN VALUES" and section in comment.sections and comment.errors:
                page.add(".Sh RETURN VALUES", ".Bl -tag -width \"On success\"", ".It On success")
                page.add(*comment.sections[section].lines)
                page.names |= comment.sections.pop(section).names
                page.add(".It On failure", "The negative number of an error, such as",
                         f".Dv {comment.errors[0][0]} .", ".El")
            elif section in comment.sections:
                page.add(".Sh " + section)
                append(section)

    def see_also(self, page, name, see):
        names = set(see) | page.names | set(re.findall(r"xsock_\w+", " ".join(page.lines)))
        names |= {self.home[constant] for word in names for constant in self.home
                  if word == constant or (word.endswith("_") and constant.startswith(word))
                  and not word.endswith("XSOCK_")}
        names &= set(self.things)
        if self.things[name][0].get("kind") != "function":  # who takes it, unless that is everybody
            names |= self.users[name] if len(self.users[name]) < 20 else set()
        names = sorted(names - {name} | {"xsock"})
        page.add(".Sh SEE ALSO")
        page.add(*[f".Xr {word} 3{' ,' if word != names[-1] else ''}" for word in names])

    def overview(self):
        comment = Comment(self.file_comment)
        brief = text_of(self.file_comment.find("briefdescription/para")).rstrip(".")
        page = self.head("xsock", brief[0].lower() + brief[1:], "xsock.h")
        page.add(".Pp", "Link with", '.Ql "pkg-config --libs xsock" .', ".Sh DESCRIPTION")
        page.add(*comment.sections.pop("DESCRIPTION").lines)
        for group in self.groups:
            about = Comment(group)
            page.add(".Ss " + argument(group.findtext("title")))
            if "DESCRIPTION" in about.sections:
                page.add(*about.sections["DESCRIPTION"].lines)
            else:
                page.text(text_of(group.find("briefdescription/para")))
            header = self.place[group][0][0]
            if header not in ("xsock.h", "xsock_families.h"):
                page.add("The header is", f".In {header} .")
            page.add(".Bl -tag -width Ds -compact")
            for _, _, member in self.place[group]:
                name = member.findtext("name") or member.findtext("compoundname")
                page.add(f".It Xr {name} 3" if name in self.things else f".It Dv {name}")
                page.text(text_of(member.find("briefdescription/para")))
            page.add(".El")
        page.add(".Sh EXAMPLES", *comment.sections.pop("EXAMPLES").lines)
        page.add(".Sh SEE ALSO", ".Xr xsock 1 ,", ".Xr socket 2")
        return page

    def write(self, out):
        pages = {name: self.one(name) for name in self.things}
        pages["xsock"] = self.overview()
        for name, page in pages.items():
            (out / f"{name}.3").write_text("\n".join(page.finished()) + "\n", encoding="utf-8")


def make_xml(doxygen, folder):
    settings = (TOP / "docs/Doxyfile").read_text(encoding="utf-8")
    settings += f'\nOUTPUT_DIRECTORY = "{folder}"\nGENERATE_XML = YES\nGENERATE_HTML = NO\n'
    # The suite "headers" reads the warnings. Doxygen 1.9.4 gives wrong ones if it writes no HTML.
    settings += "WARNINGS = NO\nWARN_NO_PARAMDOC = NO\nWARN_AS_ERROR = NO\n"
    settings += "INPUT = include\nFILE_PATTERNS = *.h\nUSE_MDFILE_AS_MAINPAGE =\n"
    subprocess.run([doxygen, "-"], input=settings, text=True, cwd=TOP, check=True)
    return pathlib.Path(folder) / "xml"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--doxygen", default="doxygen")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--dist", action="store_true")
    options = parser.parse_args()
    if options.dist:
        options.out = pathlib.Path(os.environ["MESON_DIST_ROOT"]) / options.out
    newest = max(path.stat().st_mtime for path in (TOP / "include").glob("*.h"))
    moment = float(os.environ.get("SOURCE_DATE_EPOCH", newest))
    date = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    version = (TOP / "VERSION").read_text(encoding="utf-8").strip()
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        manual = Manual(make_xml(options.doxygen, folder), options.without,
                        f"{date:%B} {date.day}, {date.year}", version)
        manual.write(options.out)


if __name__ == "__main__":
    main()
