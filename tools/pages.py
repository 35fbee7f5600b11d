#!/usr/bin/env python3
"""Makes the manual pages of section 3 from the comments of the public headers.

Doxygen (docs/Doxyfile) reads the headers and writes XML. This program turns the XML into mdoc: a
page for each call, callback, structure and enum, and xsock.3, which lists them by group.

    tools/pages.py OUT [--doxygen DOXYGEN] [--without HEADER]... [--dist]

OUT is a folder, which is made anew. What a header declares that is left out gets no page. With
--dist, OUT is a folder of the archive that "meson dist" makes.
"""
import argparse
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True  # the folder of sources stays as it is
from mdoc import BOLD, CODE, END, Page, argument, escape, lower_first, unmarked

TOP = pathlib.Path(__file__).resolve().parent.parent
HEADERS = ["xsock.h", "xsock_families.h", "xsock_native.h", "xsock_wasix.h"]
BLOCKS = {"parameterlist", "simplesect", "itemizedlist", "table", "programlisting"}
# The sections behind DESCRIPTION, in the order that mandoc asks for.
SECTIONS = ["RETURN VALUES", "EXAMPLES", "ERRORS", "PORTABILITY", "SEE ALSO", "STANDARDS",
            "HISTORY"]
# Where the paragraphs with a title go. Others become a part of DESCRIPTION.
TITLES = {"Portability": "PORTABILITY", "Standards": "STANDARDS", "Other errors": "ERRORS",
          "Examples": "EXAMPLES"}


def text_of(element):
    """The text in an element, with marks, without the blocks in it."""
    if element is None:
        return ""
    out = element.text or ""
    for child in element:
        if child.tag in ("computeroutput", "bold"):
            mark = CODE if child.tag == "computeroutput" else BOLD
            out += mark + "".join(child.itertext()) + END
        elif child.tag == "ndash":
            out += "\u2013"
        elif child.tag not in BLOCKS:
            out += text_of(child)
        out += child.tail or ""
    return " ".join(out.split())


def texts_of(elements):
    return [text_of(element) for element in elements]


def name_of(member):
    return member.findtext("name") or member.findtext("compoundname")


def brief_of(member):
    return text_of(member.find("briefdescription/para"))


def code_of(listing):
    """The text of an example. Spaces are elements."""
    for space in listing.iter("sp"):
        space.text = " "
    return "\n".join("".join(line.itertext()) for line in listing.iter("codeline"))


class Comment:
    """What one comment says: parts of a page by section, and lists of (name, paragraphs)."""

    def __init__(self, element, parameters=()):
        self.parameters = parameters
        self.sections = {}
        self.params, self.errors, self.see, self.since = [], [], [], ""
        for para in element.findall("detaileddescription/para"):
            self.take(para, "DESCRIPTION")

    def part(self, section):
        return self.sections.setdefault(section, Page(self.parameters))

    def take(self, para, section):
        """Takes a paragraph, which is text with blocks in it."""
        run = ElementTree.Element("para")
        run.text = para.text
        for child in para:
            if child.tag not in BLOCKS:
                run.append(child)
                continue
            self.part(section).paragraph(text_of(run))
            getattr(self, "take_" + child.tag)(child, section)
            run = ElementTree.Element("para")
            run.text = child.tail
        if text_of(run):
            self.part(section).paragraph(text_of(run))

    def take_programlisting(self, element, section):
        examples = self.part("EXAMPLES")
        lines = self.part(section).lines
        if section != "EXAMPLES" and lines and lines[-1].endswith(":"):  # it introduces the code
            start = len(lines) - lines[::-1].index(".Pp")
            examples.add(*[".Pp"] if examples.lines else [], *lines[start:])
            del lines[start - 1:]
        examples.code(code_of(element))

    def take_table(self, element, section):
        self.part(section).table([texts_of(row.findall("entry/para"))
                                  for row in element.findall("row")])

    def take_itemizedlist(self, element, section):
        self.part(section).items([("", texts_of(item.findall("para")))
                                  for item in element.findall("listitem")], kind="bullet")

    def take_parameterlist(self, element, _section):
        entries = self.params if element.get("kind") == "param" else self.errors
        for item in element.findall("parameteritem"):
            entries.append((text_of(item.find(".//parametername")),
                            texts_of(item.findall("parameterdescription/para"))))

    def take_simplesect(self, element, _section):
        kind, title = element.get("kind"), element.findtext("title")
        if kind == "since":
            self.since = text_of(element.find("para"))
        elif kind == "see":
            self.see += re.findall(r"xsock_\w+", text_of(element.find("para")))
        else:
            section = "RETURN VALUES" if kind == "return" else TITLES.get(title, "Ss " + str(title))
            for para in element.findall("para"):
                self.take(para, section)


def synopsis(page, member):
    kind, name = member.get("kind"), name_of(member)
    if kind in ("function", "typedef"):
        result = text_of(member.find("type"))
        arguments = member.findtext("argsstring").strip()
        page.add(f'.Ft "{"typedef " if kind == "typedef" else ""}{result}"', f".Fo {name}")
        page.add(*[f'.Fa "{part}"' for part in
                   re.split(r",\s*", arguments[1:arguments.rindex(")")])], ".Fc")
        return
    page.add(".Bd -literal", f"{kind} {name}" + (" {" if kind == "struct" else ";"))
    for field in member.findall("sectiondef/memberdef"):
        declared = f"{text_of(field.find('type'))} {name_of(field)}".replace("* ", "*")
        page.add(f"    {declared}{field.findtext('argsstring') or ''};")
    page.add(*["};"] if kind == "struct" else [], ".Ed")


def fields_of(member):
    """(label, paragraphs) of each field or constant."""
    out = []
    for field in member.findall("sectiondef/memberdef") + member.findall("enumvalue"):
        label = ("Dv " if field.tag == "enumvalue" else "Va ") + field.findtext("name")
        value = (field.findtext("initializer") or "").lstrip("= ")
        about = [brief_of(field)] + texts_of(field.findall("detaileddescription/para"))
        out.append((label + (f" No = {argument(value)}" if value else ""),
                    [" ".join(text for text in about if text)]))
    return out


class Manual:
    """All pages of one run."""

    def __init__(self, xml, without, date, version):
        self.date, self.version = date, version
        self.members = {}  # by name: what gets a page
        self.groups = []  # (group, its members in the order of the header)
        self.enum_of = {}  # by name of a constant
        compounds = [compound for path in sorted(xml.glob("*.xml"))
                     for compound in ElementTree.parse(path).getroot().findall("compounddef")]
        structs = {name_of(each): each for each in compounds if each.get("kind") == "struct"}
        self.file = next(each for each in compounds if name_of(each) == "xsock.h")
        for group in [each for each in compounds if each.get("kind") == "group"]:
            members = group.findall("sectiondef/memberdef")
            members += [structs[text_of(inner)] for inner in group.findall("innerclass")]
            members = [each for each in members if self.place(each)[0] not in without]
            if members:
                self.groups.append((group, sorted(members, key=self.place)))
        self.groups.sort(key=lambda group: self.place(group[1][0]))
        for member in [each for _, members in self.groups for each in members]:
            if member.get("kind") != "define":
                self.members[name_of(member)] = member
            for value in member.findall("enumvalue"):
                self.enum_of[value.findtext("name")] = name_of(member)
        self.users = {name: set() for name in self.members}
        for user, member in self.members.items():
            for name in re.findall(r"\bxsock_\w+", " ".join(member.itertext())):
                if name in self.users:
                    self.users[name].add(user)

    @staticmethod
    def place(member):
        location = member.find("location")
        return location.get("file"), int(location.get("line"))

    def begun(self, name, brief, header, parameters=()):
        page = Page(parameters)
        page.add('.\\" Made from the comments of the public headers by tools/pages.py.',
                 f".Dd {self.date}", f".Dt {name.upper()} 3", f".Os xsock {self.version}",
                 ".Sh NAME", f".Nm {name}",
                 ".Nd " + escape(lower_first(unmarked(brief)).rstrip(".")),
                 ".Sh SYNOPSIS", f".In {header}")
        return page

    def page_of(self, member):
        kind, name, brief = member.get("kind"), name_of(member), brief_of(member)
        parameters = [each.text for each in member.iter() if each.tag in
                      ("declname", "parametername")]
        parameters += [name_of(each) for each in member.findall("sectiondef/memberdef")]
        comment = Comment(member, parameters)
        page = self.begun(name, brief, self.place(member)[0], parameters)
        synopsis(page, member)
        page.add(".Sh DESCRIPTION")
        if kind == "function":
            page.add("The", f".Fn {name}", "call")
            brief = lower_first(brief)
        page.text(brief)
        details = comment.part("DESCRIPTION")
        page.add(*[".Pp"] if details.lines and details.lines[0].startswith(".B") else [])
        page.append(details)
        fields = fields_of(member)
        if comment.params:
            page.add(".Pp", "The arguments are:")
            page.items([("Fa " + argument(key), texts) for key, texts in comment.params])
        if fields:
            page.add(".Pp", "The fields are:" if kind == "struct" else "The constants are:")
            page.items(fields)
        for section in [key for key in comment.sections if key.startswith("Ss ")]:
            page.add("." + section)
            page.append(comment.sections[section])
        for section in SECTIONS:
            self.add_section(page, name, comment, section)
        return page

    def add_section(self, page, name, comment, section):
        part = comment.sections.get(section)
        if section == "SEE ALSO":
            self.add_links(page, name, comment.see)
        elif section == "HISTORY" and comment.since:
            page.add(".Sh HISTORY", f".Nm {name}", f"appeared in xsock {comment.since}.")
        elif section == "ERRORS" and comment.errors:
            page.add(".Sh ERRORS", "The call fails if:")
            page.items([("Bq Er " + argument(key[len("-XSOCK_"):]), texts)
                        for key, texts in comment.errors], "Er")
        elif part:
            page.add(".Sh " + section)
        if section == "RETURN VALUES" and comment.errors:
            page.add('.Bl -tag -width "On success"', ".It On success")
            page.append(part)
            page.add(".It On failure", "The negative number of an error, such as",
                     f".Dv {comment.errors[0][0]} .", ".El")
        elif part:
            page.append(part)

    def add_links(self, page, name, see):
        """SEE ALSO: what the page names, and who takes a structure, unless everybody does."""
        names = set(see) | page.names | set(re.findall(r"xsock_\w+", " ".join(page.lines)))
        families = tuple(word for word in names if word.endswith("_"))  # of "XSOCK_AF_..."
        names |= {enum for constant, enum in self.enum_of.items()
                  if constant in names or constant.startswith(families)}
        names &= set(self.members)
        if self.members[name].get("kind") != "function" and len(self.users[name]) < 20:
            names |= self.users[name]
        names = sorted(names - {name} | {"xsock"})
        page.add(".Sh SEE ALSO", *[f".Xr {each} 3 ," for each in names[:-1]], f".Xr {names[-1]} 3")

    def overview(self):
        comment = Comment(self.file)
        page = self.begun("xsock", brief_of(self.file), "xsock.h")
        page.add(".Pp", "Link with", '.Ql "pkg-config --libs xsock" .', ".Sh DESCRIPTION")
        page.append(comment.sections["DESCRIPTION"])
        for group, members in self.groups:
            page.add(".Ss " + argument(group.findtext("title")))
            page.text(brief_of(group))
            page.append(Comment(group).part("DESCRIPTION"))
            header = self.place(members[0])[0]
            page.add(*[] if header == HEADERS[0] else [".Pp", "The header is", f".In {header} ."])
            page.add(".Pp", ".Bl -tag -width Ds -compact")
            for member in members:
                name = name_of(member)
                page.add(f".It Xr {name} 3" if name in self.members else f".It Dv {name}")
                page.text(brief_of(member))
            page.add(".El")
        page.add(".Sh EXAMPLES")
        page.append(comment.sections["EXAMPLES"])
        page.add(".Sh SEE ALSO", ".Xr xsock 1 ,", ".Xr socket 2")
        return page

    def write(self, out):
        pages = {name: self.page_of(member) for name, member in self.members.items()}
        for name, page in {**pages, "xsock": self.overview()}.items():
            (out / f"{name}.3").write_text(page.finished(), encoding="utf-8")


def make_xml(doxygen, folder):
    """Runs Doxygen. The suite "headers" reads its warnings: here they would be wrong (1.9.4)."""
    copies = folder / "include"
    copies.mkdir()
    for header in HEADERS:  # Doxygen removes a percent sign before a letter, and makes one of two
        text = (TOP / "include" / header).read_text(encoding="utf-8")
        parts = re.split(r"(@code.*?@endcode)", text, flags=re.S)
        parts[::2] = [re.sub(r"%(?=[A-Za-z])", "%%", part) for part in parts[::2]]
        (copies / header).write_text("".join(parts), encoding="utf-8")
    settings = (TOP / "docs/Doxyfile").read_text(encoding="utf-8") + f"""
        INPUT = "{copies.as_posix()}"
        STRIP_FROM_PATH = "{copies.as_posix()}"
        OUTPUT_DIRECTORY = "{folder.as_posix()}"
        FILE_PATTERNS = *.h
        FILTER_PATTERNS =
        USE_MDFILE_AS_MAINPAGE =
        GENERATE_XML = YES
        GENERATE_HTML = NO
        WARNINGS = NO
        WARN_NO_PARAMDOC = NO
        WARN_AS_ERROR = NO
        """
    subprocess.run([doxygen, "-"], input=settings, text=True, cwd=TOP, check=True)
    return folder / "xml"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--doxygen", default="doxygen")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--dist", action="store_true")
    options = parser.parse_args()
    if options.dist:
        options.out = pathlib.Path(os.environ["MESON_DIST_ROOT"]) / options.out
    newest = max((TOP / "include" / header).stat().st_mtime for header in HEADERS)
    moment = float(os.environ.get("SOURCE_DATE_EPOCH", newest))
    date = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    version = (TOP / "VERSION").read_text(encoding="utf-8").strip()
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    options.out.chmod(0o755)  # Meson installs the folder with its mode, whatever the umask was
    with tempfile.TemporaryDirectory() as folder:
        xml = make_xml(options.doxygen, pathlib.Path(folder))
        Manual(xml, options.without, f"{date:%B} {date.day}, {date.year}", version).write(
            options.out)


if __name__ == "__main__":
    main()
