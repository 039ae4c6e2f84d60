"""Builds the site: static pages of all chapters from their committed outputs. No kernel runs.

A number in a chapter's text that a claim measured is written as a link whose title names the claim:

    [−3.0133](#claims "Example 6: directional derivative by its definition")

The build looks the claim up among the chapter's records, refuses a number that is not the measured one at
the digits written (`--fill` writes the measured one into the notebook), and shows on the page what stands
behind it.
"""

from __future__ import annotations

import argparse
import base64
import collections
import copy
import csv
import dataclasses
import html
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import unicodedata
import zlib
from html.parser import HTMLParser

import nbformat
from bs4 import BeautifulSoup, NavigableString
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
from captions import described, parts, plain  # noqa: E402

NOTEBOOKS = ROOT / "notebooks"
MUSEUM = ROOT / "museum"
# "**Figure 3.** …", and what the chapters also write: "**Figure 6 (to play with).** …", "**Figure 18**, and …"
FIGURE = re.compile(r"^\*\*Figure (\w+)[^*\n]*\*\*,?[ \n](.*?)(?:\n[ \t]*\n|\Z)", re.MULTILINE | re.DOTALL)
BOUND = re.compile(r"""\[(?P<text>[^\]\[]*)\]\(#claims (?P<quote>["'])(?P<claim>(?:(?!(?P=quote))[^\n])*)(?P=quote)\)""")
NUMBER = re.compile(r"[-−]?\d[\d, \u2009\u202f]*(?:\.\d+)?(?:[eE][-−]?\d+)?")



def badges():
    """binder/badges, which knows where a chapter can be run."""
    loader = importlib.machinery.SourceFileLoader("badges", str(ROOT / "binder" / "badges"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("badges", loader))
    loader.exec_module(module)
    return module


class Fault(Exception):
    """What a person has to mend before the site can be built."""


# ---------------------------------------------------------------------------------------------- claims


@dataclasses.dataclass(frozen=True)
class Claim:
    """One line of a chapter's claim table, as it was recorded, and the cell that made it."""

    title: str
    expected: str
    measured: str
    tolerance: str
    held: str
    cell: str

    @property
    def anchor(self) -> str:
        return "claim-" + slug(self.title)


def smaller(png: bytes) -> bytes:
    """The same picture, compressed as far as it goes: the library saves time where a page saves bytes."""
    parts, position, packed = [], 8, b""
    while position < len(png):
        length = struct.unpack(">I", png[position : position + 4])[0]
        kind = png[position + 4 : position + 8]
        if kind == b"IDAT":
            packed += png[position + 8 : position + 8 + length]
        else:
            parts.append((kind, png[position : position + 12 + length]))
        position += 12 + length
    again = b"IDAT" + zlib.compress(zlib.decompress(packed), 9)
    data = struct.pack(">I", len(again) - 4) + again + struct.pack(">I", zlib.crc32(again))
    new = png[:8] + b"".join(data + part if kind == b"IEND" else part for kind, part in parts)
    return new if len(new) < len(png) else png


def number_of(chapter: str) -> str:
    """A chapter's number, which may have a letter: 04b."""
    return chapter.split("-")[0]


def slug(text: str) -> str:
    """A name for addresses; letters of other alphabets stay, as browsers show them."""
    text = unicodedata.normalize("NFC", re.sub(r"<[^>]*>", "", text)).lower().replace("′", "")
    return re.sub(r"[^\w]+", "-", text).strip("-")


def claims_of(notebook: nbformat.NotebookNode) -> dict[str, Claim]:
    """The claims of an executed chapter by their titles: its last claim table."""
    tables = []
    made: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            data = output.get("data", {})
            page, text = data.get("text/html", ""), data.get("text/plain", "")
            if re.search(r"<b>Claims of [\w-]+: \d+ of \d+ held", page):
                tables.append((cell, page))
            elif told := re.match(r"[✓✗] (.*) \[expected", text):
                made.setdefault(told[1], cell.id)
        for name in re.findall(r'claims\s*\.\s*\w+\(\s*"((?:[^"\\]|\\.)*)"', cell.source):
            made.setdefault(name, cell.id)
    if not tables:
        return {}
    cell, page = tables[-1]
    rows = [[column.get_text() for column in row.find_all("td")] for row in BeautifulSoup(page, "html.parser").find_all("tr")]
    return {row[0]: Claim(*(text.strip() for text in row[:5]), made.get(row[0], cell.id)) for row in rows if len(row) == 5}


def value(text: str) -> tuple[float, int] | None:
    """A number as people write it, and how many digits it has behind the point; None if it is none."""
    text = re.sub(r"[,\s\u2009\u202f$]|\\[,;!]|\{|\}", "", text).replace("−", "-")
    text = re.sub(r"\\?%$|nats?$", "", text)
    match = re.fullmatch(r"[-+]?\d+(?:\.(\d+))?(?:[eE]([-+]?\d+))?", text)
    if not match:
        return None
    return float(text), len(match[1] or "") - int(match[2] or 0)


def as_written(text: str, claim: Claim) -> str:
    """The claim's measured value with the digits, signs and unit that the text has."""
    written, recorded = value(text), value(claim.measured)
    if written is None:
        raise Fault(f'"{text}" is bound to the claim "{claim.title}" and is no number.')
    if recorded is None:
        raise Fault(f'"{text}" is bound to the claim "{claim.title}", whose record is "{claim.measured}", no number.')
    measured = recorded[0] * (100 if re.search(r"%\s*$", text) else 1)
    if written[1] > recorded[1] + (2 if "%" in text else 0) and "." in claim.measured:
        raise Fault(f'"{text}" has more digits than the record of the claim "{claim.title}", {claim.measured}.')
    number = re.search(NUMBER, text.replace("$", ""))[0].strip()
    if re.search(r"[eE]", number):
        new = f"{measured:.{max(0, len(number.split('.')[1].lower().split('e')[0]) if '.' in number else 0)}e}"
        new = re.sub(r"e([-+])0*(\d)", lambda e: "e" + e[1].replace("+", "") + e[2], new)
    else:
        grouped = "," in number
        new = f"{measured:{',' if grouped else ''}.{max(0, written[1])}f}"
        if abs(measured - written[0]) <= 0.5 * 10 ** -written[1] * (1 + 1e-9):
            new = number  # a half may be rounded either way
    if "−" in number:
        new = new.replace("-", "−")
    return text.replace(number, new)


def bound(source: str, claims: dict[str, Claim], where: str) -> list[tuple[str, str, Claim]]:
    """Every bound number of a text: as written, as measured, and the claim."""
    found = []
    for match in BOUND.finditer(source):
        claim = claims.get(match["claim"])
        if claim is None:
            raise Fault(f'{where}: no claim is called "{match["claim"]}".')
        found.append((match["text"], as_written(match["text"], claim), claim))
    return found


def unbound(notebook: nbformat.NotebookNode) -> list[tuple[str, str, Claim]]:
    """Numbers of three digits and more in a chapter's text that agree with a claim and are not bound to it.

    Agreement may be chance: this is a list for an author to read, not a verdict.
    """
    claims = [(claim, value(claim.measured)) for claim in claims_of(notebook).values()]
    claims = [(claim, recorded) for claim, recorded in claims if recorded]
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        text = BOUND.sub("", cell.source)
        for match in re.finditer(r"(?<![\w./^{-])[-−]?\d+\.\d+(?![\w.]|\d)(?:\s*\\?%)?", text):
            number = match[0]
            percent = number.endswith("%")
            written = value(number)
            # Two digits agree by chance too often, unless the unit agrees too.
            if len(re.sub(r"\D", "", number).lstrip("0")) < (2 if percent else 3):
                continue
            scale, more = (100, 2) if percent else (1, 0)
            for claim, recorded in claims:
                if written[1] <= recorded[1] - more and abs(written[0] - scale * recorded[0]) <= 0.5 * 10 ** -written[1]:
                    found.append((number, text[max(0, match.start() - 45) : match.end() + 30].replace("\n", " "), claim))
    return found


def filled(source: str, claims: dict[str, Claim], where: str) -> tuple[str, list[str]]:
    """The text with the measured values in its bound numbers, and what changed."""
    changes = []

    def measured(match: re.Match) -> str:
        ((old, new, _),) = bound(match[0], claims, where)
        if old != new:
            changes.append(f"{where}: {old} is now {new} ({match['claim']})")
        return match[0].replace(f"[{old}]", f"[{new}]", 1)

    return BOUND.sub(measured, source), changes


def fill(notebooks: list[pathlib.Path]) -> list[str]:
    """Writes the measured values into the bound numbers of the chapters and of the museum, and says what changed."""
    from museum import entries

    changes, claims = [], {}
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        claims[path.stem] = claims_of(notebook)
        before = len(changes)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source, some = filled(cell.source, claims[path.stem], path.stem)
                changes += some
        if len(changes) > before:
            path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    for entry in entries():
        path = MUSEUM / f"{entry.name}.md"
        text, some = filled(path.read_text(encoding="utf-8"), claims[entry.chapter], f"museum/{entry.name}")
        changes += some
        path.write_text(text, encoding="utf-8")
    return changes


# ----------------------------------------------------------------------------------------------- pages


def printed(label: str, text: str) -> str:
    """What a cell printed: lines as they are, but sentences longer than a line of the page are broken."""
    lines = text.rstrip().splitlines()
    # Two spaces within a line are a column of a table, which must not be broken.
    columns = any("  " in line.strip() or " | " in line for line in lines)
    kind = ' class="sentences"' if not columns and any(len(line) > 90 for line in lines) else ""
    return f'<pre{kind} tabindex="0" role="region" aria-label="{label}">{html.escape(text.rstrip())}</pre>'


def plain_claims(page: str) -> str:
    """A claim table that the style sheet lays out, for a phone too, in place of a style in each of its cells."""
    return re.sub(r'<(t[dh]) style="[^"]*"', r"<\1", page).replace("<table ", '<table class="claims" ', 1)


class Renderer(IPythonRenderer):
    """Markdown as nbconvert reads it; equations are kept aside, to be set all at once."""

    def __init__(self, equations: list[dict]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.equations = equations

    def kept(self, tex: str, display: bool) -> str:
        self.equations.append({"tex": tex, "display": display})
        return f"<x-math n='{len(self.equations) - 1}'></x-math>"

    def block_math(self, body: str) -> str:
        return self.kept(body, True)

    def inline_math(self, body: str) -> str:
        return self.kept(body, False)

    def latex_environment(self, name: str, body: str) -> str:
        return self.kept(rf"\begin{{{name}}}{body}\end{{{name}}}", True)


@dataclasses.dataclass
class Page:
    """One page: what the template needs."""

    name: str  # NAME.html
    title: str
    body: str
    headings: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    contents: bool = False


class Site:
    """All pages, and what they share: equations, pictures, the texts of the search."""

    def __init__(self, target: pathlib.Path, modules: pathlib.Path, notebooks: list[pathlib.Path]) -> None:
        self.target = target
        self.modules = modules
        self.paths = notebooks
        self.equations: list[dict] = []
        self.search: list[dict] = []
        self.faults: list[str] = []
        self.notebooks = {path.stem: described(nbformat.read(path, as_version=4)) for path in notebooks}
        self.claims = {name: claims_of(notebook) for name, notebook in self.notebooks.items()}
        self.chapters = {number_of(name): name for name in self.notebooks}
        self.numbers = 0
        self.behind: dict[str, str] = {}
        self.badges = badges()
        self.repository = self.badges.address((ROOT / "pom.xml").read_text(encoding="utf-8"))

    # -- texts

    def markdown(self, source: str, chapter: str = "") -> BeautifulSoup:
        """A text as HTML; its bound numbers are looked up among the claims of that chapter."""
        source = BOUND.sub(lambda match: self.number(match, chapter), source)
        return BeautifulSoup(MarkdownWithMath(renderer=Renderer(self.equations)).render(source), "html.parser")

    def number(self, match: re.Match, chapter: str) -> str:
        try:
            ((old, new, claim),) = bound(match[0], self.claims.get(chapter, {}), chapter)
        except Fault as fault:
            self.faults.append(str(fault))
            return match["text"]
        if old != new:
            self.faults.append(f'{chapter}: the text says {old}, the claim "{claim.title}" measured {claim.measured}; ./environment/site --fill')
        self.numbers += 1
        key = f"behind-{self.numbers}"
        rows = [("expected", claim.expected), ("measured", claim.measured), ("tolerance", claim.tolerance)]
        listed = "".join(f"<dt>{name}</dt><dd>{html.escape(text)}</dd>" for name, text in rows if text)
        shown = html.escape(new.replace("$", ""))
        # At the end of the page: a list cannot stand within a paragraph.
        self.behind[key] = (
            f'<div class="behind" id="{key}" popover><strong>{html.escape(claim.title)}</strong><dl>{listed}</dl>'
            f'<a href="{chapter}.html#{claim.anchor}">The cell that measured it</a></div>'
        )
        return f'<button class="number" type="button" popovertarget="{key}" aria-label="{shown}, measured: what stands behind it">{shown}</button>'

    def finished(self, tree: BeautifulSoup, chapter: str, targets: dict[str, str]) -> str:
        """Links between and within chapters, tables that scroll, anchors of captions."""
        for link in tree.find_all("a"):
            address = link.get("href", "")
            if re.match(r"[a-z]+:|#", address) or address.split("#")[0].endswith(".html"):
                continue
            name = pathlib.PurePosixPath(address.split("#")[0]).stem
            if name in self.notebooks and "assignments" not in address:
                link["href"] = f"{name}.html"
            else:
                link.unwrap()  # an assignment is handed out by the teacher, not read here
        for table in tree.find_all("table"):
            table.wrap(tree.new_tag("div", attrs={"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Table"}))
        for text in tree.find_all(string=True):
            if not text.find_parent(["a", "code", "pre", "h1", "h2", "h3", "h4", "button", "x-math", "strong"]) and (linked := self.linked(str(text), chapter, targets)):
                text.replace_with(BeautifulSoup(linked, "html.parser"))
        for paragraph in tree.find_all("p"):
            for strong in paragraph.find_all("strong"):
                if caption := re.match(r"Figure (\w+)\b", strong.get_text()):
                    first = paragraph.get_text().lstrip().startswith(strong.get_text())
                    if first:
                        paragraph["class"] = "caption"
                    (paragraph if first else strong)["id"] = f"figure-{caption[1]}"
        return str(tree)

    def linked(self, text: str, chapter: str, targets: dict[str, str]) -> str | None:
        """The text with "Figure 3", "equation (2)", "chapter 04" as links; None where it has none."""

        def link(match: re.Match) -> str:
            kind, number = match[1].lower(), match[2]
            if kind == "chapter":
                name = self.chapters.get(number.zfill(2))
                return f'<a href="{name}.html">{match[0]}</a>' if name and name != chapter else match[0]
            target = targets.get(f"{kind} {number}")
            if target is None:
                if kind == "figure":
                    self.faults.append(f"{chapter}: the text speaks of {match[0]}, which is not there.")
                return match[0]
            return f'<a href="#{target}">{match[0]}</a>'

        escaped = html.escape(text, quote=False)
        new = re.sub(r"\b([Ff]igure|[Ee]quation|[Cc]hapter|[Ss]ection)\s\(?(\d+[a-z]?)\b\)?(?![\w.]*\d)", link, escaped)
        return new if new != escaped else None

    # -- chapters

    def chapter(self, name: str) -> Page:
        notebook = self.notebooks[name]
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        whole = "\n\n".join(texts)
        targets = {f"figure {number}": f"figure-{number}" for number in re.findall(r"\*\*Figure (\w+)[^*\n]*\*\*", whole)}
        targets |= {f"equation {tag}": f"equation-{tag}" for tag in re.findall(r"\\tag\{(\w+)\}", whole)}
        for heading in re.findall(r"^## (.*)$", whole, re.MULTILINE):
            if number := re.match(r"(\d+)\b", heading):
                targets[f"section {number[1]}"] = slug(plain(heading))
        captions = self.captions(notebook)
        body, headings = [], []
        section = {"title": "", "address": f"{name}.html", "text": ""}
        title = name
        for position, cell in enumerate(notebook.cells):
            if cell.cell_type == "markdown":
                tree = self.markdown(cell.source, name)
                for heading in tree.find_all(["h1", "h2", "h3"]):
                    key = slug(re.sub(r"x-math", "", plain(self.untex(heading))))
                    heading["id"] = key
                    words = plain(self.untex(heading))
                    if heading.name == "h1":
                        title = words
                    if heading.name == "h2":
                        headings.append((key, words))
                    self.searched(section, title)
                    section = {"title": words, "address": f"{name}.html#{key}", "text": ""}
                    anchor = tree.new_tag("a", attrs={"class": "anchor", "href": f"#{key}", "aria-label": f"Link to “{words}”"})
                    anchor.string = "#"
                    heading.append(anchor)
                section["text"] += " " + plain(re.sub(r"^#+ .*$", "", BOUND.sub(r"\g<text>", cell.source), flags=re.MULTILINE))
                # The sources of the title cell have figures and sections of their own.
                body.append(f'<div class="text">{self.finished(tree, name, {} if position == 0 else targets)}</div>')
                if position == 0 and self.repository:
                    address = self.badges.launch(self.repository, f"notebooks/{name}.ipynb")
                    body.append(f'<p class="text"><a href="{html.escape(address)}">Run this chapter on Binder</a></p>')
            elif cell.cell_type == "code":
                body.append(self.code(name, cell, position, captions))
        self.searched(section, title)
        return Page(name, title, "\n".join(body), headings, True)

    def untex(self, element) -> str:
        """A heading's words, its equations as they are read."""
        part = copy.copy(element)
        for math in part.find_all("x-math"):
            math.replace_with(NavigableString("$" + self.equations[int(math["n"])]["tex"] + "$"))
        return part.get_text()

    def searched(self, section: dict, page: str) -> None:
        if section["text"].strip() or section["title"]:
            self.search.append({"id": len(self.search), "page": page, **section, "text": re.sub(r"\s+", " ", section["text"]).strip()})

    def captions(self, notebook: nbformat.NotebookNode) -> dict[int, str]:
        """The text of each picture that stands alone in an output, by the output's identity: its figure's caption."""
        texts: dict[int, str] = {}
        waiting: list[nbformat.NotebookNode] = []
        for cell in notebook.cells:
            if cell.cell_type == "code":
                waiting += [o for o in cell.outputs if "image/png" in o.get("data", {})]
                continue
            found = FIGURE.findall(cell.source)
            if found and waiting:
                groups = [waiting] if len(found) == 1 else [[o] for o in waiting[-len(found) :]]
                for (number, caption), outputs in zip(found, groups):
                    for output, part in zip(outputs, parts(caption, len(outputs))):
                        texts[id(output)] = f"Figure {number}. {part or plain(caption)}"
                waiting = []
        return texts

    def code(self, name: str, cell: nbformat.NotebookNode, position: int, captions: dict[int, str]) -> str:
        coloured = highlight(cell.source, get_lexer_by_name("java"), HtmlFormatter(nowrap=True))
        imports = all(re.match(r"import |\s*$|//", line) for line in cell.source.splitlines())
        closed = imports or re.fullmatch(r"\s*Lowerbound\.setUp\(\);?\s*", cell.source)
        summary = "Imports" if imports else "Code"
        anchors = "".join(f'<span id="{claim.anchor}"></span>' for claim in self.claims[name].values() if claim.cell == cell.id)
        outputs = "".join(self.output(name, output, captions) for output in cell.outputs)
        label = f"Code of cell {cell.execution_count}"
        return (
            f'{anchors}<details class="code"{"" if closed else " open"}><summary>{summary}</summary>'
            f'<div class="source"><pre tabindex="0" role="region" aria-label="{label}"><code>{coloured}</code></pre></div></details>'
            + (f'<div class="out">{outputs}</div>' if outputs else "")
        )

    def output(self, name: str, output: nbformat.NotebookNode, captions: dict[int, str]) -> str:
        if output.output_type == "stream":
            return printed("Printed", output.text)
        if output.output_type == "error":
            self.faults.append(f"{name}: a cell ended with {output.ename}; the chapter has to be run again.")
            return ""
        data = output.get("data", {})
        if "text/html" in data:
            page = data["text/html"]
            if 'class="lowerbound-figure"' in page and "<script" not in page:
                page = re.sub(r"<img\b[^>]*>", lambda image: self.image_tag(name, image[0]), page)
            if "<b>Claims of " in page:
                page = plain_claims(page)
            # What scrolls sideways must be reached by keys too.
            page = re.sub(r'<div style="([^"]*overflow-x:\s*auto[^"]*)"', r'<div tabindex="0" role="region" aria-label="Table" style="\1"', page)
            return f"<div>{page}</div>"
        if "image/png" in data:
            source, size = self.picture(name, data["image/png"])
            text = captions.get(id(output)) or data.get("text/plain", "")
            return f'<img class="figure" src="{source}" alt="{html.escape(text)}" {size} loading="lazy" decoding="async">'
        return printed("Result", data.get("text/plain", ""))

    def image_tag(self, name: str, tag: str) -> str:
        embedded = re.search(r'src="data:image/png;base64,([^"]*)"', tag)
        if not embedded:
            return tag
        source, size = self.picture(name, embedded[1])
        return tag.replace(embedded[0], f'src="{source}" {size} loading="lazy" decoding="async"')

    def picture(self, name: str, encoded: str) -> tuple[str, str]:
        """Writes a picture beside the pages, so that the text need not wait for it."""
        content = base64.b64decode(encoded)
        width, height = struct.unpack(">II", content[16:24])
        folder = self.target / "pictures"
        folder.mkdir(exist_ok=True)
        number = sum(1 for _ in folder.glob(f"{number_of(name)}-*.png")) + 1
        path = folder / f"{number_of(name)}-{number:02}.png"
        path.write_bytes(smaller(content))
        return f"pictures/{path.name}", f'width="{width}" height="{height}"'

    # -- the other pages

    def home(self) -> Page:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        text = readme[: readme.index("\n## Sizes")]
        text = re.sub(r"!\[[^\]]*\]\([^)]*\)\n+", "", self.badges.BADGE.sub("", text))
        # The assignments are the teacher's to hand out: the table's last column goes.
        text = re.sub(r"^(\|.*)\|[^|\n]*\|$", r"\1|", text, flags=re.MULTILINE)
        text += re.search(r"\n## Everyone's machine\n.*?(?=\n## )", readme, re.DOTALL)[0]
        text = re.sub(r"\]\(notebooks/([\w-]+)\.ipynb\)", r"](\1.html)", text)
        self.searched({"title": "Lowerbound", "address": "index.html", "text": plain(text)}, "Home")
        tree = self.markdown(text)
        for heading in tree.find_all(["h2", "h3"]):
            # As GitHub names them: the README's own links lead there.
            heading["id"] = re.sub(r"[^\w -]", "", heading.get_text().lower()).replace(" ", "-")
        body = f'<div class="text">{self.finished(tree, "", {})}</div>'
        return Page("index", "Lowerbound", body)

    def notation(self) -> Page:
        body = ["<h1>Notation</h1>", '<div class="text"><p>A number in brackets is a chapter; without one a symbol means the same in all.</p>']
        for name, notebook in self.notebooks.items():
            for cell in notebook.cells:
                if cell.cell_type != "markdown":
                    continue
                for table in re.findall(r"^\| symbol \| meaning \|\n(?:\|.*\n?)+", cell.source, re.MULTILINE):
                    tree = self.markdown(table, name)
                    body.append(f'<h2><a href="{name}.html">Chapter {number_of(name)}</a></h2>{self.finished(tree, "", {})}')
                    self.searched({"title": "Notation", "address": "notation.html", "text": plain(table.replace("|", " "))}, "Notation")
        return Page("notation", "Notation", "\n".join(body) + "</div>")

    def results(self) -> Page:
        body = ["<h1>Results of full runs</h1>", "<p>What full-size runs measured, as they recorded it: with data, seed, device, date and duration. A published figure stands beside a measured one only where it is of the same thing.</p>"]
        for path in sorted((NOTEBOOKS / "results").glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                head, *rows = list(csv.reader(file))
            if path.stem not in self.notebooks or any(len(row) != len(head) for row in rows):
                raise Fault(f"{path.relative_to(ROOT)} belongs to no chapter, or has rows of unequal length.")
            number = [all(value(row[i]) or not row[i] for row in rows) for i in range(len(head))]

            def line(row: list[str], tag: str) -> str:
                kind = ["figure" if number[i] and tag == "td" else "" for i in range(len(row))]
                return "<tr>" + "".join(f"<{tag}{f' class={k}' if k else ''}>{html.escape(text.replace('; ', ', '))}</{tag}>" for text, k in zip(row, kind)) + "</tr>"

            table = f"<table><thead>{line(head, 'th')}</thead><tbody>{''.join(line(row, 'td') for row in rows)}</tbody></table>"
            title = f"Chapter {number_of(path.stem)}"
            body.append(f'<h2 id="{path.stem}"><a href="{path.stem}.html">{title}</a></h2><div class="table scroll" tabindex="0" role="region" aria-label="Results of chapter {number_of(path.stem)}">{table}</div>')
            self.searched({"title": f"Results, chapter {number_of(path.stem)}", "address": f"results.html#{path.stem}", "text": " ".join(sorted({row[1] for row in rows}))}, "Results")
        return Page("results", "Results", "\n".join(body))

    def claim_page(self) -> Page:
        body = ["<h1>Claims</h1>"]
        all_of_them = sum(map(len, self.claims.values()))
        body.append(f"<p>What the chapters state and check when they are run: {all_of_them} claims, as the committed runs recorded them. Each leads to the cell that measures it.</p>")
        for name, claims in self.claims.items():
            rows = "".join(
                f'<tr><td><a href="{name}.html#{claim.anchor}">{html.escape(claim.title)}</a></td>'
                + "".join(f'<td class="figure">{html.escape(text)}</td>' for text in (claim.expected, claim.measured, claim.tolerance))
                + "</tr>"
                for claim in claims.values()
            )
            head = "<thead><tr><th>claim</th><th>expected</th><th>measured</th><th>tolerance</th></tr></thead>"
            body.append(f'<h2 id="{name}"><a href="{name}.html">Chapter {number_of(name)}</a></h2><div class="table scroll" tabindex="0" role="region" aria-label="Claims of chapter {number_of(name)}"><table>{head}<tbody>{rows}</tbody></table></div>')
        return Page("claims", "Claims", "\n".join(body))

    def museum(self) -> Page:
        from museum import FIELDS, entries

        body = []
        introduction = (MUSEUM / "README.md").read_text(encoding="utf-8")
        body.append(f'<div class="text">{self.finished(self.markdown(introduction), "", {})}</div>')
        headings = []
        for entry in entries():
            key = slug(entry.name)
            headings.append((key, entry.title))
            rows = "".join(
                f"<dt>{FIELDS[field]}</dt><dd>{self.finished(self.markdown(text, entry.chapter), '', {})}</dd>" for field, text in entry.fields.items()
            )
            rows += f'<dt>Chapter</dt><dd><a href="{entry.chapter}.html">{number_of(entry.chapter)}</a></dd>'
            body.append(f'<section class="bug"><h2 id="{key}">{html.escape(entry.title)}</h2><dl>{rows}</dl></section>')
            self.searched({"title": entry.title, "address": f"museum.html#{key}", "text": plain(BOUND.sub(r"\g<text>", " ".join(entry.fields.values())))}, "Museum of bugs")
        return Page("museum", "Museum of bugs", "\n".join(body), headings, True)

    # -- all of it

    def write(self) -> dict[str, int]:
        shutil.rmtree(self.target, ignore_errors=True)
        self.target.mkdir(parents=True)
        pages = [self.home(), *map(self.chapter, self.notebooks), self.notation(), self.results(), self.claim_page(), self.museum()]
        self.set_equations(pages)
        if self.faults:
            raise Fault("\n".join(self.faults))
        for page in pages:
            page.body += "".join(self.behind[key] for key in re.findall(r'popovertarget="([\w-]+)"', page.body))
            (self.target / f"{page.name}.html").write_text(self.framed(page, pages), encoding="utf-8")
        for name in ("style.css", "page.js"):
            shutil.copy(HERE / name, self.target)
        shutil.copy(self.modules / "minisearch" / "dist" / "umd" / "index.js", self.target / "minisearch.js")
        (self.target / "search.js").write_text("window.lowerboundSearch = " + json.dumps(self.search, ensure_ascii=False) + ";\n", encoding="utf-8")
        faults = broken_links(self.target)
        if faults:
            raise Fault("\n".join(faults))
        return {"pages": len(pages), "equations": len(self.equations), "numbers": self.numbers, "sections": len(self.search)}

    def set_equations(self, pages: list[Page]) -> None:
        called = subprocess.run(
            ["node", str(HERE / "equations.js")],
            input=json.dumps(self.equations),
            capture_output=True,
            text=True,
            env={**os.environ, "NODE_PATH": str(self.modules)},
        )
        if called.returncode != 0:
            raise Fault("MathJax could not run:\n" + called.stderr[-2000:])
        made = json.loads(called.stdout)
        self.faults += [f"MathJax refuses an equation: {error}" for error in made["errors"]]

        def equation(match: re.Match) -> str:
            source = self.equations[int(match[1])]
            # What only MathJax itself would read on the page.
            shown = re.sub(r' (?:data-mjx-[\w-]+|xmlns)="[^"]*"| style="position: relative;"', "", made["html"][int(match[1])])
            if not source["display"]:
                return shown
            tag = re.search(r"\\tag\{(\w+)\}", source["tex"])
            key = f' id="equation-{tag[1]}"' if tag else ""
            return f'<span class="display" style="display:block"{key} tabindex="0" role="region" aria-label="Equation">{shown}</span>'

        for page in pages:
            page.body = re.sub(r'<x-math n="(\d+)"></x-math>', equation, page.body)
        (self.target / "equations.css").write_text(made["css"], encoding="utf-8")
        fonts = self.modules / "mathjax-full" / "es5" / "output" / "chtml" / "fonts" / "woff-v2"
        (self.target / "fonts").mkdir()
        for font in sorted(set(re.findall(r"fonts/([\w-]+\.woff)", made["css"]))):
            shutil.copy(fonts / font, self.target / "fonts")

    def framed(self, page: Page, pages: list[Page]) -> str:
        def link(other: Page, text: str) -> str:
            here = ' aria-current="page"' if other is page else ""
            return f'<a href="{other.name}.html" title="{html.escape(other.title)}"{here}>{html.escape(text)}</a>'

        chapters = [other for other in pages if other.name in self.notebooks]
        extra = [other for other in pages if other.name not in self.notebooks and other.name != "index"]
        navigation = "".join(link(other, number_of(other.name)) for other in chapters) + "".join(link(other, other.title) for other in extra)
        side = ""
        if page.contents:
            listed = "".join(f'<li><a href="#{key}">{html.escape(words)}</a></li>' for key, words in page.headings)
            fold = '<p class="tools"><button type="button" id="fold" aria-pressed="false">Hide code</button></p>' if page in chapters else ""
            side = f'<nav class="side" aria-label="On this page"><details id="contents" open><summary>On this page</summary><ol>{listed}</ol></details>{fold}</nav>'
        following = ""
        if page in chapters:
            at = chapters.index(page)
            before = f'<a rel="prev" href="{chapters[at - 1].name}.html">← {html.escape(chapters[at - 1].title)}</a>' if at else "<span></span>"
            after = f'<a rel="next" href="{chapters[at + 1].name}.html">{html.escape(chapters[at + 1].title)} →</a>' if at + 1 < len(chapters) else "<span></span>"
            following = f'<nav class="next" aria-label="Chapters before and after">{before}{after}</nav>'
        full = "" if page in chapters or page.name in ("index", "museum", "notation") else ' class="full"'
        name = page.title if page.name == "index" else f"{page.title} · Lowerbound"
        return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<link rel="stylesheet" href="equations.css">
<script>try {{ const t = localStorage.getItem('theme'); if (t) document.documentElement.dataset.theme = t; }} catch {{}}</script>
<script defer src="page.js"></script>
</head>
<body>
<a class="skip" href="#main">To the text</a>
<header class="bar">
<a class="home" href="index.html">Lowerbound</a>
<nav aria-label="Pages">{navigation}</nav>
<form role="search" hidden><label for="search" style="position:absolute;clip-path:inset(50%)">Search all chapters</label><input type="search" id="search" placeholder="Search" autocomplete="off"><ul id="found" hidden></ul></form>
<button type="button" id="theme" aria-label="Light or dark">Dark</button>
</header>
<div class="wide{' two' if side else ''}">
{side}
<main id="main"{full}>
{page.body}
{following}
</main>
</div>
</body>
</html>
"""


class Addresses(HTMLParser):
    """The names on a page and the addresses that it speaks of."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("id"):
            self.names.append(given["id"])
        if tag in ("a", "img", "script", "link") and (address := given.get("href") or given.get("src")):
            self.addresses.append(address)


def broken_links(folder: pathlib.Path) -> list[str]:
    """Links of the pages to what is not there, and names that occur twice on a page."""
    pages = {path.name: Addresses(path) for path in sorted(folder.glob("*.html"))}
    faults = []
    for page, found in pages.items():
        faults += [f"{page}: the name #{name} occurs twice" for name, count in collections.Counter(found.names).items() if count > 1]
        for address in found.addresses:
            if re.match(r"[a-z]+:", address):
                continue
            other, _, anchor = address.partition("#")
            other = other or page
            if not (folder / other).is_file():
                faults.append(f"{page}: {address} is not there")
            elif anchor and anchor not in pages[other].names:
                faults.append(f"{page}: {address} names no place there")
    return faults


def outside(folder: pathlib.Path) -> list[str]:
    """Every address outside the site that a page links to."""
    return sorted({address for path in folder.glob("*.html") for address in Addresses(path).addresses if re.match("https?:", address)})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=pathlib.Path, default=ROOT / "target" / "site")
    parser.add_argument("--modules", type=pathlib.Path, default=ROOT / "target" / "site-npm" / "node_modules")
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--numbers", action="store_true")
    parser.add_argument("--links", action="store_true")
    arguments = parser.parse_args()
    notebooks = sorted(NOTEBOOKS.glob("*.ipynb"))
    if arguments.numbers:
        for path in notebooks:
            for number, text, claim in unbound(nbformat.read(path, as_version=4)):
                print(f'{path.stem}: {number} in "… {text} …" may be the claim "{claim.title}" ({claim.measured})')
        return
    try:
        if arguments.fill:
            for change in fill(notebooks):
                print(change)
        made = Site(arguments.to, arguments.modules, notebooks).write()
    except Fault as fault:
        sys.exit(str(fault))
    if arguments.links:
        print(*outside(arguments.to), sep="\n")
    print("{pages} pages, {equations} equations, {numbers} numbers bound to claims, {sections} sections to search".format(**made))
    print(f"Open {arguments.to / 'index.html'}")


if __name__ == "__main__":
    main()
