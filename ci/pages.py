#!/usr/bin/env python3
"""Compares the manual pages of section 3 with the public headers, which it reads by itself.

    ci/pages.py FOLDER      FOLDER holds the pages that tools/pages.py made

Each public call, callback, structure and enum must have a page. Each text of its comment must be in
the page as a whole: descriptions, parameters, results, errors, fields and constants. A page may
name only things that exist. The script prints each fault, and exits with 1 if there is one.
"""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
OTHER_PAGES = {"xsock(1)", "socket(2)"}


def normal(text):
    """A text without the parts that typesetting changes: spaces, quotes, case, and marks."""
    return re.sub(r"[\s`'\"*\u2018\u2019\u201c\u201d]+|#(?=XSOCK)", "", text).lower()


def rendered(path):
    """The text of a page as a reader sees it, without line breaks in paragraphs."""
    out = subprocess.run(["mandoc", "-Tascii", "-Owidth=900", path], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return re.sub(".\x08", "", out)


def comment_lines(comment):
    return [re.sub(r"^\s*\*? ?", "", line) for line in comment.strip("/*").split("\n")]


def texts(comment):
    """Returns (kind, text) for each part of a comment that begins with /** and stands alone."""
    comment = re.sub(r"@code.*?@endcode|@[{}]", "", comment, flags=re.S)
    current = ["text", ""]
    parts = [current]
    for line in comment_lines(comment):
        command = re.match(r"@(\w+)(?:\[[\w,]+\])? ?(.*)", line)
        if line.startswith("|"):
            for cell in line.strip("|").split("|"):
                if not re.fullmatch(r"\s*-+\s*", cell):
                    parts.append(("cell", cell))
        elif command and command[1] in ("param", "retval"):
            name, _, rest = command[2].strip().partition(" ")
            current = [f"{command[1]} {name}", rest]
            parts.append(current)
        elif command and command[1] in ("return", "par", "since", "brief"):
            current = [command[1], "" if command[1] == "par" else command[2]]
            parts.append(current)
        elif command:  # @see is a list of names, and the others stand before a new text
            current = ["text", ""]
            if command[1] != "see":
                parts.append(current)
        elif not line.strip() or line.startswith("- "):
            current = ["text", line[2:]]
            parts.append(current)
        else:
            current[1] += " " + line
    return [tuple(part) for part in parts if part[1].strip()]


def things(header):
    """Returns (name of the page, comment, body) of each declaration of a header."""
    source = header.read_text(encoding="utf-8")
    comments = r"/\*\*(?!<)(?P<comment>(?:(?!\*/).)*)\*/\s*"
    call = re.compile(comments + r"XSOCK_API [\w ]+?\**(?P<name>xsock_\w+)\(", re.S)
    callback = re.compile(comments + r"typedef [\w ]+?\**(?P<name>xsock_\w+)\(", re.S)
    body = re.compile(comments + r"(?:struct|enum) (?P<name>xsock_\w+) \{(?P<body>.*?)\n\};",
                      re.S)
    for pattern in (call, callback, body):
        for match in pattern.finditer(source):
            yield match["name"], match["comment"], match.groupdict().get("body") or ""
    # The overview has the texts about groups, and the rules at the top of xsock.h.
    for match in re.finditer(r"/\*\*(?!<)((?:(?!\*/).)*)\*/", source, re.S):
        if "@defgroup" in match[1] or "@file xsock.h" in match[1]:
            yield "xsock", match[1], ""


def fields(body):
    """The comments of fields and constants. A comment may stand before or after its subject."""
    return [(" ".join(comment_lines(match[1]))) for match in re.finditer(
        r"/\*\*<?((?:(?!\*/).)*)\*/", body, re.S)]


def faults_of(name, comment, body, page):
    text = normal(page)
    for what, value in texts(comment):
        wanted = normal(value)
        if what.startswith("retval"):
            wanted = f"[{what.split()[1][len('-XSOCK_'):].lower()}]" + wanted
        elif what.startswith("param"):
            wanted = normal(what.split()[1]) + wanted
        elif what == "brief":  # NAME, which ends without a full stop
            wanted = wanted.rstrip(".")
        elif what == "since":
            wanted = "appearedinxsock" + wanted
        if wanted not in text:
            yield f"{name}.3: a text of the header is not there whole: {what}: {value.strip()}"
    for value in fields(body):
        if normal(value) not in text:
            yield f"{name}.3: the description of a field is not there whole: {value.strip()}"


def main():
    folder = pathlib.Path(sys.argv[1])
    headers = sorted((TOP / "include").glob("*.h"))
    source = "".join(header.read_text(encoding="utf-8") for header in headers)
    exported = set(re.findall(r"^xsock_\w+", (TOP / "abi/exports.txt").read_text(), re.M))
    pages = {path.stem: rendered(path) for path in sorted(folder.glob("*.3"))}
    known, faults, checked, wanted = set(exported), [], 0, {"xsock"}
    for header in headers:
        known.add(header.stem)
        for name, comment, body in things(header):
            wanted.add(name)
            checked += len(texts(comment)) + len(fields(body))
            if name in pages:
                faults += faults_of(name, comment, body, pages[name])
    known |= wanted | set(re.findall(r"^(?:struct|enum) (xsock_\w+)", source, re.M))
    known |= set(re.findall(r"^ +(XSOCK_\w+)", source, re.M))
    known |= set(re.findall(r"^#define (XSOCK_\w+)", source, re.M)) | {"XSOCK_SHARED"}
    known |= {"XSOCK_NO_ATTRIBUTES", "XSOCK_BUILD"}
    faults += [f"{name}: a public call that no header describes" for name in exported - wanted]
    faults += [f"{name}: there is no page" for name in sorted(wanted - set(pages))]
    faults += [f"{name}.3: nothing public has this name" for name in sorted(set(pages) - wanted)]
    for name, page in pages.items():
        for word in sorted(set(re.findall(r"\b(?:xsock|XSOCK)_\w+(?!\w|\.\.\.)", page))):
            if word not in known and word.lower() not in wanted:  # headings are upper case
                faults.append(f"{name}.3: names {word}, which does not exist")
        for link in re.findall(r"\b(?:xsock\w*|socket)\(\d\)", page):
            if link not in OTHER_PAGES and (link[-2] != "3" or link[:-3] not in pages):
                faults.append(f"{name}.3: links to {link}, which does not exist")
    overview = pages.get("xsock", "")
    faults += [f"xsock.3: has no link to {name}" for name in sorted(wanted - {"xsock"})
               if f"{name}(3)" not in overview]
    for fault in faults:
        print(fault)
    print(f"{len(pages)} pages, {checked} texts of the headers compared, {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
