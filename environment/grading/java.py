"""As much of Java's grammar as it takes to keep a student's names and the tests' names apart.

JShell has one namespace: a student's `class Math` or a second `close` would stand in the tests as well.
Before grading, what a student declares under a name that the tests use, and that is no answer, gets
another name in all of her cells. Her code means what it meant, and the tests mean what they meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TOKEN = re.compile(
    r'''(?P<skip>\s+|//[^\r\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>"""(?:\\.|[^\\])*?(?:"""|\Z)|"(?:\\.|[^"\\\r\n])*(?:"|(?=\r)|$|\Z)|'(?:\\.|[^'\\\r\n])*(?:'|(?=\r)|$|\Z))
      | (?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)
      | (?P<name>[^\W\d][\w$]*|\$[\w$]*)
      | (?P<sign>->|::|\.\.\.|==|<=|>=|!=|[^\w\s])''',
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

PRIMITIVES = frozenset("boolean byte char double float int long short void var".split())
# Words that begin no type. The contextual ones (record, sealed, ...) are names as well.
KEYWORDS = frozenset(
    "abstract assert break case catch class const continue default do else enum extends final finally for goto if "
    "implements import instanceof interface native new package private protected public return static strictfp super "
    "switch synchronized this throw throws transient try volatile while true false null".split()
)
MODIFIERS = frozenset("public protected private static final abstract synchronized native strictfp transient volatile default sealed".split())
TYPES = frozenset("class interface enum record".split())
DEEPEST = 50


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


@dataclass(frozen=True)
class Declaration:
    """A name declared at the top level of a cell; a method's number of parameters, -1 when it varies."""

    kind: str
    name: str
    arity: int = -1
    qualified: str = ""


# Letters that Java does not see in a name: close with one of them in it is close.
IGNORED = re.compile("[" + "".join(re.escape(chr(i)) for i in range(0x10000) if i < 9 or 14 <= i < 28 or 127 <= i < 160 or unicodedata.category(chr(i)) == "Cf") + "]")


def unescaped(source: str) -> str:
    """With Unicode escapes replaced, as Java does before anything else: \\u0063lose is close."""
    replaced = re.sub(
        r"(?<!\\)((?:\\\\)*)\\u+([0-9a-fA-F]{4})",
        lambda match: match[1] + chr(int(match[2], 16)),
        source,
    )
    return IGNORED.sub("", replaced)


def tokens(source: str) -> list[Token]:
    """Every token of the source, white space and comments too, so that joining the texts gives it back."""
    return [Token(match.lastgroup or "sign", match[0]) for match in TOKEN.finditer(source)]


def code(source: str) -> list[Token]:
    return [token for token in tokens(source) if token.kind != "skip"]


def names(source: str) -> set[str]:
    return {token.text for token in code(unescaped(source)) if token.kind == "name"}


def calls(source: str) -> dict[str, set[int]]:
    """The numbers of arguments with which each name is called."""
    found: dict[str, set[int]] = {}
    sequence = code(unescaped(source))
    for i, token in enumerate(sequence[:-1]):
        if token.kind == "name" and sequence[i + 1].text == "(" and (i == 0 or sequence[i - 1].text != "."):
            found.setdefault(token.text, set()).add(arguments(sequence, i + 1))
    return found


def arguments(sequence: list[Token], opening: int) -> int:
    """How many arguments stand in the parentheses that open here; -1, any number, when they are nested too deep to look."""
    depth, angle, count = 0, 0, 0
    for i in range(opening, len(sequence)):
        text = sequence[i].text
        if text in "([{":
            depth += 1
            # Else a thousand of them, one in another, would be counted a thousand times.
            if depth > DEEPEST:
                return -1
        elif text in ")]}":
            depth -= 1
            if depth == 0:
                return count + 1 if i > opening + 1 else 0
        elif text == "<" and i and sequence[i - 1].text[:1].isupper():
            angle += 1
        elif text == ">" and angle:
            angle -= 1
        elif text == "," and depth == 1 and not angle:
            count += 1
    return count + 1


def statements(source: str) -> list[list[Token]]:
    """The top-level statements, without what stands in braces; a body is left as one `{`."""
    found: list[list[Token]] = []
    current: list[Token] = []
    braces = parentheses = 0
    for token in code(unescaped(source)):
        if token.text == "{":
            if braces == 0 and parentheses == 0:
                current.append(token)
            braces += 1
        elif token.text == "}":
            braces = max(0, braces - 1)
            # A body ends a declaration; braces of a value, as in `= {1, 2};`, do not.
            if braces == 0 and parentheses == 0 and not any(t.text in ("=", "->") for t in current):
                found.append(current)
                current = []
        elif braces == 0:
            parentheses = max(0, parentheses + (token.text == "(") - (token.text == ")"))
            if token.text == ";" and parentheses == 0:
                found.append(current)
                current = []
            else:
                current.append(token)
    found.append(current)
    return [statement for statement in found if statement]


def definitions(source: str) -> str:
    """The types, methods and imports of a cell, without what it does by itself."""
    kept: list[str] = []
    current: list[Token] = []
    braces = parentheses = 0

    def end() -> None:
        statement = [token for token in current if token.kind != "skip"]
        head = next((i for i, token in enumerate(statement) if token.text == "{"), len(statement) - 1)
        kinds = {d.kind for d in declared(statement[: head + 1])} if statement else set()
        if kinds & {"type", "method", "import"} or statement and statement[0].text == "import":
            kept.append("".join(token.text for token in current).strip())
        current.clear()

    for token in tokens(unescaped(source)):
        current.append(token)
        if token.kind == "skip":
            continue
        if token.text == "{":
            braces += 1
        elif token.text == "}":
            braces = max(0, braces - 1)
            if braces == 0 and parentheses == 0 and not assigned(current):
                end()
        elif braces == 0:
            parentheses = max(0, parentheses + (token.text == "(") - (token.text == ")"))
            if token.text == ";" and parentheses == 0:
                end()
    end()
    return "\n".join(kept)


def guarded(test: str, word: str) -> str:
    """A test as one statement that ends with a check which fails with this word, and with the value it is worth.

    JShell passes over what a statement ends with if that cannot be told: an exception whose message throws, an
    interrupted kernel. The silence of a test is no proof; the word at its end is.
    """
    end, depth, at = 0, 0, 0
    for token in tokens(test):
        at += len(token.text)
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth == 0 and token.text in ";}":
                end = at
    statements, value = test[:end], test[end:]
    told = f' + ({value}\n)' if code(value) else ""
    return f'{{ {statements if told else test}\norg.lowerbound.claims.Check.canary("{word}"{told}); }}'


def assigned(current: list[Token]) -> bool:
    """Whether what stands before the first brace is the beginning of a value."""
    for token in current:
        if token.kind != "skip":
            if token.text == "{":
                return False
            if token.text in ("=", "->"):
                return True
    return False


def declarations(source: str) -> list[Declaration]:
    found: dict[Declaration, None] = {}
    for statement in statements(source):
        found.update(dict.fromkeys([*declared(statement), *hidden(statement)]))
    return list(found)


def hidden(statement: list[Token]) -> list[Declaration]:
    """Types and methods behind something that is no complete statement: JShell may see two where we see one."""
    found = []
    ends, open_at = {}, []
    braces = dots = -1
    for i, token in enumerate(statement):
        if token.text == "(":
            open_at.append(i)
        elif token.text == ")" and open_at:
            ends[open_at.pop()] = i
        elif token.text == "{":
            braces = i
        elif token.text == "...":
            dots = i
    for i, token in enumerate(statement[1:-1], 1):
        before, after = statement[i - 1], statement[i + 1]
        if token.kind != "name" or token.text in KEYWORDS:
            continue
        if before.text in TYPES and (i < 2 or statement[i - 2].text != "."):
            found.append(Declaration("type", token.text))
        elif after.text == "(" and (before.text in (">", "]") or before.kind == "name" and before.text not in KEYWORDS - PRIMITIVES):
            if braces > ends.get(i + 1, len(statement)):
                found.append(Declaration("method", token.text, -1 if dots > i else arguments(statement, i + 1)))
    return found


# Names by which code gets hold of code that it was not given: reflection, class loaders, raw memory, the kernel
# itself, programs made from text, objects made from bytes. No exercise asks for any of them.
MACHINERY = frozenset(
    "reflect invoke setAccessible trySetAccessible forName getMethod getMethods getDeclaredMethod getDeclaredMethods getField getFields "
    "getDeclaredField getDeclaredFields getConstructor getConstructors getDeclaredConstructor getDeclaredConstructors getRecordComponents "
    "privateLookupIn MethodHandles MethodHandle VarHandle ClassLoader URLClassLoader SecureClassLoader getClassLoader getContextClassLoader getSystemClassLoader "
    "loadClass defineClass ServiceLoader ModuleLayer Unsafe ObjectInputStream Instrumentation loadLibrary "
    # The classes of the tests as files, their callers, the JVM's own heap.
    "getResource getResources getResourceAsStream findResource findLoader StackWalker newInstance ManagementFactory "
    "getKernelInstance spencerpark dflib ijava IJava JShell jshell Magics lineMagic cellMagic bytedeco".split()
)
# Packages that no exercise asks for, and in which such things can be had under many names.
ELSEWHERE = frozenset("com io jdk sun javax jakarta nonapi us zmq oshi tensorflow".split())
OPEN = {
    "java": frozenset("lang util math text time io nio net awt".split()),
    "org": frozenset(
        "lowerbound knowm nd4j.linalg nd4j.autodiff deeplearning4j.nn deeplearning4j.datasets "
        "apache.commons.math3 apache.commons.statistics apache.commons.numbers apache.commons.rng".split()
    ),
}
# What the kernel offers to every cell without an import and could harm; a declaration of hers gets another name.
KERNEL = frozenset({"eval"})
# The kernel looks for magics, which load code, before it looks for Java: in comments and texts of several lines too.
MAGIC = re.compile(r"(?P<space>\s+)|(?P<magic>%%?\w)|(?P<quote>(?<!\\)\")|[^\s%\"]+|.")


def magic(source: str) -> bool:
    """Whether the kernel sees a magic: first in a line, or behind a = after an even number of quotes in the line."""
    first, behind, quotes = True, "", 0
    for match in MAGIC.finditer(source):
        text = match[0]
        if match["space"]:
            if "\n" in text or "\r" in text:
                first, quotes = True, 0
            continue
        if match["magic"] and (first or behind == "=" and quotes % 2 == 0):
            return True
        quotes += bool(match["quote"])
        first, behind = False, text[-1]
    return False


def reaching(source: str) -> list[str]:
    """The names in this cell that reach behind what it was asked for; a cell with one of them is not run.

    Answers and tests run in one Java process, and in it only what has a name can be got hold of: whoever may
    not name reflection, class loaders and the kernel can change no test and forge no result.
    """
    text = unescaped(source)
    found = ["a magic, %"] if magic(source) else []
    sequence = code(text)
    for i, token in enumerate(sequence):
        before = sequence[i - 1].text if i else ""
        after = sequence[i + 1].text if i + 1 < len(sequence) else ""
        if token.kind != "name":
            continue
        evaluates = token.text == "eval" and (after == "(" and before != "." or i > 1 and sequence[i - 2].text == "Kernel")
        if token.text in MACHINERY or evaluates:
            found.append(token.text)
        elif before != "." and after == ".":
            path = [token.text]
            for dot, part in zip(sequence[i + 1 : i + 17 : 2], sequence[i + 2 : i + 18 : 2]):
                if dot.text != "." or part.kind != "name":
                    break
                path.append(part.text)
            names_class = before in ("import", "static") or any(part[:1].isupper() for part in path[2:])
            prefixes = {".".join(path[1:end]) for end in (2, 3, 4)}
            if names_class and (path[0] in ELSEWHERE or path[0] in OPEN and not prefixes & OPEN[path[0]]):
                found.append(".".join(path[:2]))
    return sorted(set(found))


def declared(statement: list[Token]) -> list[Declaration]:
    first = statement[0].text
    if first == "import":
        path = "".join(token.text for token in statement[1:] if token.text != "static")
        return [] if path.endswith("*") else [Declaration("import", path.split(".")[-1], qualified=path)]
    statement = without_modifiers(statement)
    texts = [token.text for token in statement]
    for i, text in enumerate(texts[:-1]):
        if text in ("(", "=", "{"):
            break
        if text in TYPES and statement[i + 1].kind == "name" and (i == 0 or texts[i - 1] != "."):
            if text != "record" or texts[i + 2 : i + 3] in (["("], ["<"]):
                return [Declaration("type", texts[i + 1])]
    at = type_end(statement, 0)
    if at is None or at >= len(statement) or statement[at].kind != "name" or texts[at] in KEYWORDS:
        return []
    following = texts[at + 1] if at + 1 < len(texts) else ";"
    if following == "(":
        if texts[-1] != "{":
            return []
        arity = arguments(statement, at + 1)
        return [Declaration("method", texts[at], -1 if "..." in texts else arity)]
    if following not in ("=", ",", ";", "["):
        return []
    found, depth = [Declaration("variable", texts[at])], 0
    for i in range(at + 1, len(texts) - 1):
        depth += (texts[i] in "([<{") - (texts[i] in ")]>")
        if texts[i] == "," and depth <= 0 and statement[i + 1].kind == "name":
            found.append(Declaration("variable", texts[i + 1]))
    return found


def without_modifiers(statement: list[Token]) -> list[Token]:
    i = 0
    while i < len(statement):
        text = statement[i].text
        if text == "@" and statement[i + 1 : i + 2] and statement[i + 1].text != "interface":
            i += 2
            while statement[i : i + 1] and statement[i].text == ".":
                i += 2
            if statement[i : i + 1] and statement[i].text == "(":
                i = closing(statement, i) + 1
        elif text in MODIFIERS or text == "@" or text == "non":
            i += 1
        elif text == "-" and statement[i + 1 : i + 2] and statement[i + 1].text == "sealed":
            i += 1
        elif text == "<":
            i = angle_end(statement, i)
        else:
            break
    return statement[i:] or statement[:1]


def closing(statement: list[Token], opening: int) -> int:
    depth = 0
    for i in range(opening, len(statement)):
        depth += (statement[i].text == "(") - (statement[i].text == ")")
        if depth == 0:
            return i
    return len(statement) - 1


def angle_end(statement: list[Token], opening: int) -> int:
    """Behind the `>` that closes this `<`."""
    depth = 0
    for i in range(opening, len(statement)):
        depth += (statement[i].text == "<") - (statement[i].text == ">")
        if depth == 0:
            return i + 1
    return len(statement)


def type_end(statement: list[Token], at: int) -> int | None:
    """Behind the type that begins here; None when none does."""
    if at >= len(statement) or statement[at].kind != "name":
        return None
    if statement[at].text in KEYWORDS and statement[at].text not in PRIMITIVES:
        return None
    at += 1
    while at < len(statement):
        text = statement[at].text
        if text == "." and at + 1 < len(statement) and statement[at + 1].kind == "name":
            at += 2
        elif text == "<":
            at = angle_end(statement, at)
        elif text == "[" and at + 1 < len(statement) and statement[at + 1].text == "]":
            at += 2
        else:
            break
    return at


def apart(answers: list[str], locked: list[str], allowed: set[str]) -> tuple[list[str], list[str]]:
    """The student's cells with the names that belong to the tests replaced, and a sentence for each.

    Args:
      answers: the student's cells, in their order
      locked: the cells that are the course's own: imports, helpers, tests
      allowed: the names that the exercises ask for
    """
    reserved = (set().union(*map(names, locked)) | KERNEL) - allowed
    course_imports = {d.qualified for source in locked for d in declarations(source) if d.kind == "import"}
    packages = {m[1] for source in locked for m in re.finditer(r"^\s*import\s+([\w.]+)\.\*\s*;", source, re.MULTILINE)}
    called: dict[str, set[int]] = {}
    for source in locked:
        for name, counts in calls(source).items():
            called.setdefault(name, set()).update(counts)
        for declaration in declarations(source):
            if declaration.kind == "method":
                called.setdefault(declaration.name, set()).add(declaration.arity)
    mapping: dict[str, str] = {}
    sentences: list[str] = []
    for source in answers:
        for d in declarations(source):
            if d.name not in reserved or d.name in mapping:
                continue
            if d.kind == "method" and d.arity >= 0 and d.name in called and d.arity not in called[d.name] and -1 not in called[d.name]:
                continue  # an overload that no test can mean
            if d.kind == "import":
                if d.qualified in course_imports or d.qualified.rpartition(".")[0] in packages | {"java.lang"}:
                    continue
                mapping[d.name] = d.qualified
                sentences.append(f"imports {d.qualified}, whose short name the tests use for something else")
            else:
                mapping[d.name] = d.name + "_of_the_answer"
                sentences.append(f"declares a {d.kind} {d.name}, a name that the tests use")
    if not mapping:
        return answers, []
    return [renamed(source, mapping) for source in answers], sentences


def renamed(source: str, mapping: dict[str, str]) -> str:
    result: list[str] = []
    before = ""
    importing = False
    for token in tokens(unescaped(source)):
        text = token.text
        if token.kind != "skip":
            importing = (importing and text != ";") or (text == "import" and before in ("", ";", "}"))
            if token.kind == "name" and before not in (".", "::") and not importing and text in mapping:
                text = mapping[text]
            before = token.text
        result.append(text)
    kept = "".join(result)
    for name, to in mapping.items():
        if "." in to:
            kept = re.sub(rf"\bimport\s+(?:static\s+)?{re.escape(to)}\s*;", "", kept)
    return kept
