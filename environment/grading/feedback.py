"""A page for each submission: what was asked, what came, and what to look at. One file, no network, no script."""

from __future__ import annotations

import html
import re

from . import box, java
from .rebuild import Course

STYLE = """
:root { color-scheme: light dark; --line: #8886; --good: #0a6e4a; --bad: #a3410a; }
@media (prefers-color-scheme: dark) { :root { --good: #5cc9a0; --bad: #f2a06b; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.total { font-size: 1.2rem; } .test { margin: .8rem 0; padding-left: .8rem; border-left: .3rem solid var(--line); }
.good { border-color: var(--good); } .bad { border-color: var(--bad); }
.test p { margin: .2rem 0; } .points { font-variant-numeric: tabular-nums; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .3rem 0; } dt { opacity: .75; } dd { margin: 0; font-family: ui-monospace, monospace; }
pre { overflow-x: auto; font-size: .85rem; padding: .5rem; border: 1px solid var(--line); } footer { margin-top: 2rem; font-size: .85rem; opacity: .75; }
"""

CLOSE = re.compile(r"^(?P<what>.*): expected (?P<expected>\S+), but it is (?P<found>\S+?)(?: \((?P<hint>.*)\))?$", re.DOTALL)

# What the messages of Java itself mean for a student. The first that fits is shown.
EXPLAINED = (
    (r"not solved yet", "This exercise is not answered."),
    (r"cannot find symbol|Unresolved dependenc|not be invoked until", "A name that the test calls does not exist: the answer was not compiled, or its method has another name or other parameters."),
    (r"StackOverflowError", "The method calls itself without end."),
    (r"OutOfMemoryError", "It asks for more memory than there is: an array too large, or a list that grows without end?"),
    (r"ArrayIndexOutOfBounds|Index \d+ out of bounds", "An index leaves its array: is the last one length - 1, and is the array as long as you think?"),
    (r"NullPointerException", "Something that was never set is used."),
    (r"ArithmeticException", "A division of integers by zero."),
    (r"ClassCastException", "A value is not of the class that it is taken for."),
    (r"incompatible types", "A value has another type than the place where it is used."),
)


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def error_of(outputs: list[dict]) -> str | None:
    """What a cell failed with, as one text."""
    for output in outputs:
        if output["output_type"] == "error":
            value = plain(output.get("evalue") or "").strip()
            lines = [plain(line) for line in output.get("traceback") or []]
            return value or "\n".join(lines).strip() or output.get("ename", "an error")
    return None


def hidden_part(source: str) -> tuple[str, str]:
    """The visible and the hidden lines of a test."""
    visible, hidden, inside = [], [], False
    for line in source.splitlines():
        if "BEGIN HIDDEN TESTS" in line:
            inside = True
        elif "END HIDDEN TESTS" in line:
            inside = False
        else:
            (hidden if inside else visible).append(line)
    return "\n".join(visible), "\n".join(hidden)


def texts(source: str) -> list[str]:
    """The texts that stand in a piece of Java, without their quotes, the longest first."""
    found = {token.text.strip('"') for token in java.code(source) if token.kind == "text"}
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def is_hidden(source: str, message: str) -> bool:
    """Whether the check that said this is a hidden one: its words stand in the hidden part, and not in the visible."""
    visible, hidden = hidden_part(source)
    if not hidden:
        return False

    def longest(part: str) -> int:
        return max((len(text) for text in texts(part) if text in message), default=0)

    return longest(hidden) > longest(visible)


def named(source: str, message: str) -> str:
    """A hidden check's own words, without numbers that were computed."""
    match = CLOSE.match(message)
    if match:
        return match["what"]
    inside = [text for text in texts(hidden_part(source)[1]) if text in message]
    if not inside:
        return "a hidden test"
    # Where a number followed, it is left out.
    return inside[0].strip(" :,") + (" …" if inside[0].endswith(" ") else "")


def without_lines_of_the_test(message: str) -> str:
    """What the compiler says of a test, without the lines of the test: hidden ones may be among them."""
    kept = dict.fromkeys(line for line in message.splitlines() if line.strip() and not line.startswith("|"))
    return "\n".join(kept)


def number(text: str, other: str) -> str:
    """A number with six digits, or with all of them where six would make it look like the other one."""
    try:
        short = f"{float(text):.6g}"
        return text if short == f"{float(other):.6g}" else short
    except ValueError:
        return text


def explained(message: str) -> str:
    return next((said for pattern, said in EXPLAINED if re.search(pattern, message)), "")


def of_own_cell(message: str) -> str:
    if "cannot find symbol" in message:
        return "It uses a name that does not exist: a typing error, or something declared in a cell that failed?"
    return explained(message)


def title_of(source: str) -> str:
    for line in source.splitlines():
        match = re.match(r"\s*#{1,6}\s*(.+)", line)
        if match:
            return match[1].strip()
    match = re.match(r"\s*\*\*(.+?)\*\*", source)
    return match[1] if match else ""


def exercises(cells: list[Course]) -> list[tuple[str, list[Course]]]:
    """The tests under the headings before them."""
    found: list[tuple[str, list[Course]]] = []
    title = "Exercise"
    for cell in cells:
        if cell.cell_type == "markdown":
            heading = title_of(cell.source)
            if re.match(r"\s*#{1,6}\s", cell.source) and heading:
                title = heading
        elif cell.grade:
            if not found or found[-1][0] != title:
                found.append((title, []))
            found[-1][1].append(cell)
    return found


def asked_before(cells: list[Course], test: Course) -> str:
    """What the answer is called that stands before a test."""
    names = []
    for cell in cells:
        if cell.name == test.name:
            break
        if cell.solution and cell.cell_type == "code":
            names = [d.name for d in java.declarations(cell.source)]
    return ", ".join(names)


def page(name: str, row: dict, result: dict, cells: list[Course], scores: dict, hidden: bool) -> str:
    run = result.get("run", {})
    order = [cell for cell in cells if cell.grade and cell.cell_type == "code"]
    by_name = run.get("by_name") or {}
    if not by_name and len(run.get("tests", [])) == len(order):
        by_name = {cell.name: test for cell, test in zip(order, run["tests"])}
    e = html.escape
    parts = []
    for title, tests in exercises(cells):
        got = sum((scores.get(test.name, (0, 0))[0] or 0) for test in tests)
        most = sum(test.points for test in tests)
        parts.append(f"<h2>{e(title)}: <span class=points>{got:g} of {most:g}</span></h2>")
        for test in tests:
            parts.append(one(test, by_name.get(test.name), scores.get(test.name), asked_before(cells, test), hidden))
    notes = "".join(f"<li>{e(note)}</li>" for note in result.get("notes", []) or ([result["why"]] if result.get("why") else []))
    errors = "".join(
        f"<h2>A cell of yours failed</h2><p>{e(of_own_cell(said))}</p><pre>{e(said[:1500])}</pre>"
        for cell in run.get("setup", [])
        if (said := error_of(cell["outputs"])) and "not solved yet" not in said
    )
    score = f"{row['score']:g} of {row['of']:g} points" if row["score"] != "" else "not graded: what was handed in cannot be read"
    late = f"<p>Handed in {e(row['late'])} after it was due.</p>" if row["late"] else ""
    remarks = f"<h2>Remarks</h2><ul>{notes}</ul>" if notes else ""
    return (
        "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{e(name)}: {e(row['student'])}</title><style>{STYLE}</style></head><body>"
        f"<h1>{e(name)}</h1><p>{e(row['student'])}</p><p class=total>{score}</p>{late}{''.join(parts)}{errors}{remarks}"
        "<footer>Hidden tests check what the visible ones leave open. They are named here; think of a case of your own that they may mean.</footer>"
        "</body></html>\n"
    )


def one(test: Course, ran: dict | None, score: tuple | None, about: str, hidden: bool) -> str:
    e = html.escape
    got = score[0] if score and score[0] is not None else 0
    full = got >= test.points
    head = f"<p><span class=points>{got:g} of {test.points:g}</span> {e(about)}</p>"
    body = ""
    said = error_of(ran["outputs"]) if ran else None
    printed = "".join(o.get("text", "") for o in ran["outputs"] if o["output_type"] == "stream") if ran else ""
    if ran and ran["why"]:
        body = f"<p>The test did not end: {e(box.WHY.get(ran['why'], ran['why']))}.</p>"
    elif full:
        body = "<p>All tests passed.</p>"
    elif said:
        said = re.sub(r"^[\w.$]*(?:AssertionError|Exception|Error):\s*", "", said)
        if not hidden and said.startswith("|"):
            said = without_lines_of_the_test(said)
        secret = is_hidden(test.source, said) and not hidden
        match = CLOSE.match(said)
        if secret:
            hint = f" {e(match['hint'][0].upper() + match['hint'][1:])}." if match and match["hint"] else ""
            words = named(test.source, said)
            body = f"<p>A hidden test fails: {e(words)}{'' if words.endswith('…') else '.'}{hint}</p>"
        elif match:
            body = f"<p>{e(match['what'])}</p><dl><dt>expected</dt><dd>{e(number(match['expected'], match['found']))}</dd><dt>found</dt><dd>{e(number(match['found'], match['expected']))}</dd></dl>"
            if match["hint"]:
                body += f"<p>What that suggests: {e(match['hint'])}.</p>"
        else:
            meaning = explained(said)
            # A sentence reads on a phone as one; what has lines of its own keeps them.
            kept = "" if "not solved yet" in said else f"<pre>{e(said[:1500])}</pre>" if meaning or "\n" in said else f"<p>{e(said[:1500])}</p>"
            body = (f"<p>{e(meaning)}</p>" if meaning else "") + kept
    elif printed:
        body = f"<p>{e(printed.strip()[-600:])}</p>"
    if hidden and not full:
        body += f"<pre>{e(test.source)}</pre>"
    return f"<div class='test {'good' if full else 'bad'}'>{head}{body}</div>"
