"""Gives every figure of an executed notebook a text for those who do not see it: its caption.

A caption is a paragraph of the text below that begins with "**Figure 3.**". Where it speaks of a left and a
right picture, or of several by their places, each picture gets its own part.
"""

from __future__ import annotations

import html
import re

import nbformat

CAPTION = re.compile(r"^\*\*Figure (\w+)\.\*\*[ \n](.*?)(?:\n[ \t]*\n|\Z)", re.MULTILINE | re.DOTALL)
IMAGE = re.compile(r'(<img alt=")([^"]*)(")')
PLACE = re.compile(r"(?:^|(?<=[.;!?] )|(?<=\n))\*?((?:top|bottom|upper|lower)? ?(?:left|middle|right|top|bottom|centre))\b:?\*?:?\s", re.IGNORECASE)

SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "epsilon": "ε", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "varphi": "φ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Lambda": "Λ", "Sigma": "Σ", "Delta": "Δ", "infty": "∞", "pm": "±", "cdot": "·", "times": "×", "le": "≤",
    "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "propto": "∝", "to": "→",
    "sum": "sum", "int": "integral", "mathcal": "", "mathbb": "", "mathrm": "", "mathbf": "", "text": "", "operatorname": "",
    "big": "", "Big": "", "bigl": "", "bigr": "", "left": "", "right": "", "tfrac": "", "quad": " ", "ast": "*",
    "lvert": "|", "rvert": "|", "Vert": "‖", "ldots": "…", "dots": "…", "mid": "|", "circ": "°", "in": "∈",
}  # fmt: skip


def plain_formula(formula: str) -> str:
    """A formula as it is read aloud, roughly: the symbols, and fractions with a stroke."""
    text = re.sub(r"\\[td]?frac\s*(\d)\s*(\d)", r"\1/\2", formula)
    for _ in range(3):
        text = re.sub(r"\\[td]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"(\1)/(\2)", text)
        text = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"√(\1)", text)
    text = text.replace(r"\sqrt", "√").replace(r"\,", " ").replace(r"\;", " ").replace(r"\!", "").replace(r"\|", "‖")
    text = re.sub(r"\\([a-zA-Z]+)\s*", lambda name: SYMBOLS.get(name[1], name[1] + " "), text)
    text = text.replace("^2", "²").replace("^3", "³").replace("^*", "*").replace("{", "").replace("}", "").replace("_", "")
    return text.replace("\\", "").strip()


def plain(markdown: str) -> str:
    """A caption as plain text: no formula marks, no emphasis, no links, one line."""
    text = re.sub(r"\$([^$]+)\$", lambda formula: plain_formula(formula[1]), markdown)
    text = re.sub(r"""\[([^\]]+)\]\((?:"[^"]*"|'[^']*'|[^)"'])*\)""", r"\1", text)
    text = re.sub(r"\*\*|`|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])", "", text)
    return re.sub(r"\s+", " ", text).strip()


def parts(caption: str, count: int) -> list[str | None]:
    """The caption for each of so many pictures: its part where it names their places, else the first has it all."""
    places = list(PLACE.finditer(caption))
    if count > 1 and len(places) == count:
        ends = [place.start() for place in places[1:]] + [len(caption)]
        before = caption[: places[0].start()]
        # What is said of all pictures is said with the first one.
        return [
            plain((before if i == 0 else "") + place[1].strip().capitalize() + ": " + caption[place.end() : end])
            for i, (place, end) in enumerate(zip(places, ends))
        ]
    if count == 1:
        return [plain(caption)]
    return [plain(caption)] + [None] * (count - 1)


def described(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The same notebook; the pictures of every figure with a caption below carry it as their text."""
    waiting: list[nbformat.NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            waiting += [o for o in cell.outputs if "lowerbound-figure" in "".join(o.get("data", {}).get("text/html", ""))]
            continue
        captions = CAPTION.findall(cell.source)
        if not captions or not waiting:
            continue
        # Several captions in one text belong to the last figures above it, one each; a single one to all.
        groups = [waiting] if len(captions) == 1 else [[o] for o in waiting[-len(captions) :]]
        for (number, caption), outputs in zip(captions, groups):
            pictures = sum(len(IMAGE.findall("".join(o.data["text/html"]))) for o in outputs)
            texts = enumerate(parts(caption, pictures), 1)
            for output in outputs:
                page = "".join(output.data["text/html"])
                output.data["text/html"] = IMAGE.sub(lambda image: image[1] + told(number, *next(texts), pictures, image[2]) + image[3], page)
        waiting = []
    return notebook


def told(number: str, place: int, text: str | None, pictures: int, own: str) -> str:
    """The text of one picture: its part of the caption, or what the library said of it, under the figure's number."""
    if text is not None:
        return html.escape(f"Figure {number}. {text}")
    own = own.removeprefix(f"Figure {number}. ")
    # The size of a picture tells nobody what it shows; the first one's text speaks of all of them.
    if re.fullmatch(r"picture of \d+×\d+ pixels|picture \d+ of \d+.*", own):
        own = f"picture {place} of {pictures}, told with the first"
    return f"Figure {number}. {own}"
