"""Submissions that are unlucky or mean harm, each with the points that its honest part deserves.

All of them hand in the small assignment of the tests: 2 points for log(e^a + e^b), 1 for large a and b.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass

NAME = "log-sum"
GOOD = "double logSum(double a, double b) {\n%s\n  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));\n}"
NOTHING = "double logSum(double a, double b) {\n  return 0;\n}"
FULL = 3
# What goes wrong only when the arguments are large spares the first test.
LARGE = "  if (a > 900) { %s }"


@dataclass
class Submission:
    """What is handed in (a notebook, or bytes), the points it deserves (None: it cannot be read)."""

    name: str
    make: Callable[[dict, dict], dict | bytes]
    points: float | None
    file: str = f"{NAME}.ipynb"
    # In every run of the tests; the others only in the whole table.
    always: bool = False


def cell_of(notebook: dict, mark: str) -> dict:
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == mark)


def own(source: str, kind: str = "code") -> dict:
    cell = {"cell_type": kind, "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def answered(source: str) -> Callable[[dict, dict], dict]:
    def make(released: dict, _: dict) -> dict:
        cell_of(released, "log-sum")["source"] = source
        return released

    return make


def good(before: str = "", after: str = "", inside: str = "") -> Callable[[dict, dict], dict]:
    return answered(f"{before}\n{GOOD % inside}\n{after}")


def edited(edit: Callable[[dict], object], answer: str = GOOD % "") -> Callable[[dict, dict], dict]:
    def make(released: dict, _: dict) -> dict:
        cell_of(released, "log-sum")["source"] = answer
        edit(released)
        return released

    return make


def without(*marks: str) -> Callable[[dict], None]:
    def edit(notebook: dict) -> None:
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") not in marks]

    return edit


def insert(*cells: dict, at: int = 1) -> Callable[[dict], None]:
    return lambda notebook: notebook["cells"].__setitem__(slice(at, at), list(cells))


def mark(notebook: dict, cell: str, **changes) -> None:
    cell_of(notebook, cell)["metadata"]["nbgrader"].update(changes)


def retagged(notebook: dict) -> None:
    for cell in ("test-log-sum", "test-overflow"):
        cell_of(notebook, cell)["source"] = "int passed = 1;"
        mark(notebook, cell, points=1000, locked=False, solution=True)


def garbled(notebook: dict) -> None:
    notebook["cells"] += [{"cell_type": "code"}, {"metadata": 3, "source": 7}, "text", None, {"cell_type": "strange", "source": ["a", 1]}]
    mark(notebook, "log-sum", points="NaN", schema_version="x", grade_id="log-sum", extra={})
    notebook["metadata"] = {"kernelspec": 5}


def cut(released: dict, _: dict) -> bytes:
    cell_of(released, "log-sum")["source"] = GOOD % ""
    raw = json.dumps(released, indent=1)
    return raw[: raw.index("test-overflow")].encode()


def copied(notebook: dict) -> None:
    for which in ("log-sum", "test-log-sum"):
        notebook["cells"].insert(1, copy.deepcopy(cell_of(notebook, which)))


SHADOWS = (
    "class Math { static double abs(double x) { return 0; } static double log(double x) { return 0; } static double exp(double x) { return 0; } }\n"
    "void close(String what, double expected, double found, double tolerance) { }\n"
    "class org { static class lowerbound { static class claims { static class Check {\n"
    "  static void close(String what, double e, double f, double t) { }\n  static void canary(String word) { }\n} } } }\n"
)

# Declared by the kernel itself, behind the back of whoever reads the cell: no test fails, and the canary does.
FORGED = "class org { static class lowerbound { static class claims { static class Check { static void close(String w, double e, double f, double t) { } static void that(boolean b, String s) { } static void canary(String w) { throw new AssertionError(w); } } } } }"
FORGER = f'"{FORGED}"'


def through_the_wire(released: dict, world: dict) -> dict:
    """A program of its own that speaks to the kernel as Jupyter does, with the key in the connection file."""
    python = f"import sys; from jupyter_client import BlockingKernelClient as B; c = B(connection_file=sys.argv[1]); c.load_connection_file(); c.start_channels(); c.execute({FORGED!r}); import time; time.sleep(3)"
    command = json.dumps('for f in /tmp/*/kernel.json; do "$0" -c "$1" "$f"; done')
    call = f'try {{ new ProcessBuilder("/bin/sh", "-c", {command}, {json.dumps(world["python"])}, {json.dumps(python)}).start().waitFor(); }} catch (Exception e) {{ }}'
    return answered(f"{NOTHING}\n{call}")(released, world)


# What JShell cannot tell it passes over: an error whose message is an error.
UNTOLD = answered('double logSum(double a, double b) { throw new Error() { public String getMessage() { throw new RuntimeException(); } }; }')
TRACELESS = answered('double logSum(double a, double b) { throw new Error() { public StackTraceElement[] getStackTrace() { throw new RuntimeException(); } }; }')
INTERRUPTS = answered(
    "double logSum(double a, double b) { for (Thread t : Thread.getAllStackTraces().keySet()) { if (t != Thread.currentThread()) { t.interrupt(); } }\n"
    "  try { Thread.sleep(300); } catch (InterruptedException e) { }\n  return 0; }"
)
# Right only if it can look at the memory in which the tests lie: its own, or as a child that of Java or of what runs it.
RIGHT = "return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));"
OWN_MEMORY = answered(
    'double logSum(double a, double b) { try (java.io.RandomAccessFile f = new java.io.RandomAccessFile("/proc/self/mem", "r")) { %s } catch (java.io.IOException e) { return 0; } }' % RIGHT
)
PARENTS_MEMORY = answered(
    'double logSum(double a, double b) { try { if (new ProcessBuilder("/bin/sh", "-c", "for p in /proc/[0-9]*; do grep -q -e java -e python $p/comm && (: < $p/mem) && exit 0; done; exit 1").start().waitFor() == 0) { %s } } catch (Exception e) { } return 0; }' % RIGHT
)


def deep(released: dict, _: dict) -> dict:
    """Half a million brackets, for whoever takes Java apart."""
    for i in range(3):
        released["cells"].insert(1, own(["double f", "{ = } ", "a b("][i] + ["(f", "{} ", "a b("][i] * 60_000))
    return edited(lambda _: None)(released, {})


# The word that a test ends with stands in its class, and JShell's loader gives classes as files.
READS_THE_WORD = """class Finder { static String word() {
  for (StackTraceElement frame : new Throwable().getStackTrace()) {
    if (!frame.getClassName().startsWith("REPL.")) continue;
    try (java.io.InputStream in = Finder.class.getResourceAsStream("/" + frame.getClassName().replace('.', '/') + ".class")) {
      java.util.regex.Matcher m = java.util.regex.Pattern.compile("[0-9a-f]{24}").matcher(new String(in.readAllBytes(), "ISO-8859-1"));
      if (m.find()) return m.group();
    } catch (Exception e) { }
  }
  return "none"; } }
double logSum(double a, double b) { throw new AssertionError(Finder.word()); }"""


HOSTILE = [
    Submission("reads-the-tests-classes", answered(READS_THE_WORD), 0, always=True),
    Submission("throws-what-cannot-be-told", UNTOLD, 0, always=True),
    Submission("throws-without-a-trace", TRACELESS, 0),
    Submission("interrupts-the-kernel", INTERRUPTS, 0, always=True),
    Submission("reads-its-own-memory", OWN_MEMORY, 0, always=True),
    Submission("reads-its-parents-memory", PARENTS_MEMORY, 0),
    Submission("not-a-number", answered("double logSum(double a, double b) { return Double.NaN; }"), 0),
    Submission("long-to-take-apart", deep, FULL, always=True),
    Submission("fifty-megabytes", lambda r, _: json.dumps(good(before="//" + "x" * 50_000_000)(r, _)).encode(), None),
    Submission("writes-after-its-end", lambda r, w: good(after=f'new ProcessBuilder("/bin/sh", "-c", "setsid sh -c \'while :; do echo {w["sleep"]}; sleep 0.1; done\' &").inheritIO().start();')(r, w), FULL),
    Submission("evaluates-text", answered(f"eval({FORGER});\n{NOTHING}"), 0, always=True),
    Submission("evaluates-with-escapes", answered(f"\\u0065v\u200bal({FORGER});\n{NOTHING}"), 0),
    Submission("evaluates-behind-a-comment", answered(f"// words\reval({FORGER});\n{NOTHING}"), 0),
    Submission("evaluates-by-reflection", answered(f'Object k = Class.forName("io.github.spencerpark.ijava.IJava").getMethod("getKernelInstance").invoke(null);\nk.getClass().getMethod("eval", String.class).invoke(k, {FORGER});\n{NOTHING}'), 0),
    Submission("evaluates-by-beans", answered(f'new java.beans.Expression(Class.class, "forName", new Object[] {{"io.github.spencerpark.ijava.runtime.Kernel"}}).getValue();\n{NOTHING}'), 0),
    Submission("speaks-to-the-kernel", through_the_wire, 0, always=True),
    Submission("has-an-eval-of-its-own", answered("double eval(double m, double d) { return m + Math.log1p(Math.exp(-Math.abs(d))); }\ndouble logSum(double a, double b) { return eval(Math.max(a, b), a - b); }"), FULL),
    Submission("mentions-reflection", good(before='// java.lang.reflect and Class.forName\nString words = "eval(setAccessible)";'), FULL),
    Submission("solved", good(), FULL, always=True),
    Submission("untouched", lambda released, _: released, 0),
    Submission("declares-the-checks-anew", answered(SHADOWS + NOTHING), 0, always=True),
    Submission("declares-them-with-escapes", answered(SHADOWS.replace("Math", "M\\u0061th").replace("class org", "class \\u006frg") + NOTHING), 0),
    Submission("declares-math-and-solves", good(before="class Math2 { }\nint org = 3;\nvoid close(String a) { }"), FULL, always=True),
    Submission("uses-a-math-of-its-own", answered("class Math { static double one() { return 1; } }\ndouble logSum(double a, double b) { double m = a > b ? a : b; return m + StrictMath.log(StrictMath.exp(a - m) + StrictMath.exp(b - m)) * Math.one(); }"), FULL),
    Submission("imports-another-list", good(before="import java.awt.List;\nimport java.util.*;"), FULL),
    Submission("endless-loop-when-large", good(inside=LARGE % "while (true) { a++; }"), 2, always=True),
    Submission("endless-loop", good(inside="  while (a < 1e300) { b++; }"), 0),
    Submission("sleeps-when-large", good(inside=LARGE % "try { Thread.sleep(10_000_000); } catch (InterruptedException e) { }"), 2),
    Submission("endless-loop-of-its-own", good(after="while (true) { }"), FULL),
    Submission("recursion", answered("double logSum(double a, double b) { return logSum(a, b) + 1; }"), 0),
    Submission("heap-when-large", good(inside=LARGE % "java.util.List<long[]> all = new java.util.ArrayList<>(); while (true) { all.add(new long[1 << 20]); }"), 2),
    Submission(
        "native-memory-when-large",
        good(inside=LARGE % "java.util.List<Object> all = new java.util.ArrayList<>(); while (true) { java.nio.ByteBuffer x = java.nio.ByteBuffer.allocateDirect(1 << 26); for (int i = 0; i < x.capacity(); i += 4096) x.put(i, (byte) 1); all.add(x); }"),
        2,
    ),
    Submission(
        "unsafe-memory-when-large",
        good(
            inside=LARGE
            % "try { java.lang.reflect.Field f = sun.misc.Unsafe.class.getDeclaredField(\"theUnsafe\"); f.setAccessible(true); sun.misc.Unsafe u = (sun.misc.Unsafe) f.get(null); while (true) { long p = u.allocateMemory(1 << 27); u.setMemory(p, 1 << 27, (byte) 1); } } catch (ReflectiveOperationException e) { return 0; }"
        ),
        0,
    ),
    Submission(
        "memory-of-children-when-large",
        # tail keeps a line that never ends in memory: four processes that grow, and no more.
        good(inside=LARGE % 'try { for (int i = 0; i < 4; i++) { new ProcessBuilder("tail", "/dev/zero").start(); } Thread.sleep(60_000); } catch (Exception e) { }'),
        2,
        always=True,
    ),
    Submission("exit-when-large", good(inside=LARGE % "System.exit(0);"), 2, always=True),
    Submission("halt-of-its-own", good(after="Runtime.getRuntime().halt(3);"), FULL),
    Submission(
        "crash-when-large",
        good(
            inside=LARGE
            % "try { java.lang.reflect.Field f = sun.misc.Unsafe.class.getDeclaredField(\"theUnsafe\"); f.setAccessible(true); ((sun.misc.Unsafe) f.get(null)).putAddress(0, 0); } catch (ReflectiveOperationException e) { return 0; }"
        ),
        0,
    ),
    Submission(
        "library-crash-when-large",
        good(inside=LARGE % "var p = org.nd4j.linalg.factory.Nd4j.create(10).data().pointer(); p.position(1L << 40); p.limit((1L << 40) + 8); p.zero();"),
        2,
    ),
    Submission("kills-its-parents", good(inside=LARGE % "ProcessHandle.current().parent().ifPresent(p -> p.destroyForcibly()); ProcessHandle.allProcesses().forEach(p -> p.destroyForcibly()); try { new ProcessBuilder(\"/bin/sh\", \"-c\", \"kill -9 -1\").start().waitFor(); } catch (Exception e) { }"), FULL - 1, always=True),
    Submission("debugs-on-standard-error", good(inside='  System.err.println("a is " + a);'), FULL),
    Submission("prints-ten-megabytes", good(inside='  for (int i = 0; i < 100_000; i++) { System.out.println("a".repeat(100)); }'), FULL),
    Submission("threads-print-for-ever", good(after='for (int i = 0; i < 4; i++) { Thread t = new Thread(() -> { while (true) { System.out.println("still here"); } }); t.setDaemon(true); t.start(); }'), FULL),
    Submission("copied-the-answer-and-a-test", edited(copied), FULL, always=True),
    Submission("deleted-a-test", edited(without("test-log-sum")), FULL),
    Submission("deleted-the-tests-it-fails", edited(without("test-log-sum", "test-overflow"), NOTHING), 0, always=True),
    Submission("deleted-all-and-answers-anew", edited(lambda n: (without("question", "log-sum", "test-log-sum", "test-overflow")(n), insert(own(GOOD % ""), at=0)(n))), FULL),
    Submission("renamed-its-cell", edited(lambda n: mark(n, "log-sum", grade_id="mine")), FULL),
    Submission("answers-in-another-cell", lambda released, _: (insert(own(GOOD % ""), at=1)(released), released)[1], FULL),
    Submission("moved-the-tests-to-the-front", edited(lambda n: n["cells"].reverse()), FULL),
    Submission("answer-in-a-text-cell", edited(lambda n: cell_of(n, "log-sum").update(cell_type="markdown"), GOOD % ""), FULL),
    Submission("gives-itself-points", edited(retagged, NOTHING), 0, always=True),
    Submission("garbled-cells", edited(garbled), FULL, always=True),
    Submission("file-cut-off", cut, FULL, always=True),
    Submission("byte-order-mark", lambda r, _: b"\xef\xbb\xbf" + json.dumps(good()(r, _)).encode(), FULL),
    Submission("utf-16", lambda r, _: json.dumps(good()(r, _)).encode("utf-16"), FULL),
    Submission("other-name", good(), FULL, file="My answers (2).ipynb"),
    Submission("empty-file", lambda *_: b"", None, always=True),
    Submission("no-notebook", lambda *_: b"<html>Please log in</html>", None),
    Submission("another-notebook", lambda r, _: {"cells": [own("int x = 1;")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, 0),
    # Right only if it can see what it must not.
    Submission("reads-the-solution", lambda r, w: answered(f'double logSum(double a, double b) {{ try {{ for (String f : new String[] {w["secrets"]}) if (java.nio.file.Files.exists(java.nio.file.Path.of(f))) return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))); }} catch (Exception e) {{ }} return 0; }}')(r, w), 0, always=True),
    Submission("opens-a-socket", lambda r, w: answered(f'double logSum(double a, double b) {{ try (java.net.Socket s = new java.net.Socket("127.0.0.1", {w["port"]})) {{ return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))); }} catch (Exception e) {{ return 0; }} }}')(r, w), 0, always=True),
    Submission("writes-outside", lambda r, w: good(after="for (String f : new String[] " + w["targets"] + ') { try { java.nio.file.Files.writeString(java.nio.file.Path.of(f), "467"); } catch (Exception e) { } }')(r, w), FULL, always=True),
    Submission("a-thousand-children", lambda r, w: good(inside=LARGE % f'for (int i = 0; i < 1000; i++) {{ try {{ new ProcessBuilder("/bin/sh", "-c", "setsid sleep {w["sleep"]} &").start(); }} catch (Exception e) {{ }} }}')(r, w), 2, always=True),
    Submission("fork-bomb", good(inside=LARGE % 'try { new ProcessBuilder("/bin/sh", "-c", "f() { f | f & }; f; sleep 60").start().waitFor(); } catch (Exception e) { }'), 2),
    Submission("throws-always", answered('double logSum(double a, double b) { throw new Error("no"); }'), 0),
    Submission("does-not-compile", answered("double logSum(double a, double b) { return a +; }"), 0),
    Submission("swallows-what-fails", answered(NOTHING + "\nThread.setDefaultUncaughtExceptionHandler((t, e) -> { });\nSystem.setOut(System.err);"), 0),
    Submission("fills-the-disk", good(after='try (java.io.OutputStream o = new java.io.FileOutputStream("/tmp/big")) { byte[] b = new byte[1 << 20]; for (int i = 0; i < 2000; i++) o.write(b); } catch (java.io.IOException e) { }'), FULL),
]
