"""Runs chapters on the Java kernel without a browser: what `lab --run` and the tests call."""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from normalise import normalised

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
EXECUTED = ROOT / "target" / "notebooks"
# Where an installation is shared and may only be read, what was run goes to the reader's own cache.
if not os.access(EXECUTED if EXECUTED.exists() else ROOT / "target", os.W_OK):
    CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    EXECUTED = CACHE / "lowerbound" / "notebooks"
    try:
        EXECUTED.mkdir(parents=True, exist_ok=True)
    except OSError:
        EXECUTED = pathlib.Path(tempfile.gettempdir()) / ("lowerbound" + (f"-{os.getuid()}" if hasattr(os, "getuid") else ""))

# What a cell shows may come after its answer; when the end of it is not seen in this time, something is
# missing, and that is an error.
OUTPUT_SECONDS = 60


class ChapterFailed(Exception):
    """A sentence for the reader: which cell of which chapter, and what went wrong."""


def chapters() -> list[str]:
    return sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


def find(name: str) -> list[pathlib.Path]:
    """The notebooks meant by a name: `all`, `07-made`, `07`, `04b`, or the path of a notebook."""
    if name == "all":
        if not chapters():
            raise ChapterFailed("There are no chapters in notebooks/ yet.")
        return [NOTEBOOKS / f"{chapter}.ipynb" for chapter in chapters()]
    path = pathlib.Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return [path]
    stem = path.name.removesuffix(".ipynb")
    number = re.fullmatch(r"(\d+)([a-z]?)", stem)
    found = [c for c in chapters() if c == stem or number and c.startswith(f"{int(number[1]):02d}{number[2]}-")]
    if not found:
        raise ChapterFailed(f"There is no chapter '{name}'. The chapters are: {', '.join(chapters()) or 'none yet'}.")
    return [NOTEBOOKS / f"{found[0]}.ipynb"]


@dataclass
class Run:
    """An executed notebook and what it took."""

    notebook: nbformat.NotebookNode
    seconds: float = 0.0
    start_seconds: float = 0.0
    again_seconds: float = 0.0
    peak_bytes: int = 0

    def outputs(self) -> list[nbformat.NotebookNode]:
        return [o for cell in self.notebook.cells if cell.cell_type == "code" for o in cell.outputs]

    def plain_texts(self) -> list[str]:
        texts = [o.text if o.output_type == "stream" else o.get("data", {}).get("text/plain", "") for o in self.outputs()]
        return ["".join(text) for text in texts]

    def claim_tables(self) -> list[str]:
        return [text for text in self.plain_texts() if text.startswith("Claims of ")]

    def claims(self) -> tuple[int, int]:
        """How many claims held, of how many, by the title of the last claim table."""
        for table in reversed(self.claim_tables()):
            title = re.match(r"Claims of \S+: (\d+) of (\d+) held", table)
            if title:
                return int(title[1]), int(title[2])
        return 0, 0

    def figures(self) -> int:
        return sum("lowerbound-figure" in html for html in self.html())

    def html(self) -> list[str]:
        return ["".join(o.get("data", {}).get("text/html", "")) for o in self.outputs() if o.output_type != "stream"]

    def standard_error(self) -> str:
        return "".join(o.text for o in self.outputs() if o.output_type == "stream" and o.name == "stderr")


@dataclass
class Memory:
    """The largest resident memory of a process and its children, looked at four times a second."""

    pid: int
    peak: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Memory:
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.ended.set()
        self.thread.join()

    def watch(self) -> None:
        while not self.ended.is_set():
            try:
                kernel = psutil.Process(self.pid)
                processes = [kernel, *kernel.children(recursive=True)]
                self.peak = max(self.peak, sum(process.memory_info().rss for process in processes))
                # Linux knows each process's own peak: it catches what falls between two looks.
                status = pathlib.Path(f"/proc/{self.pid}/status")
                if status.exists():
                    high = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
                    self.peak = max(self.peak, int(high[1]) * 1024 if high else 0)
            except (psutil.Error, OSError):
                pass
            self.ended.wait(0.25)


def kernel_specs(kernel: str) -> KernelSpecManager:
    """Where the kernelspec `java` is found: IJava's in the environment, JJava's beside its jar."""
    if kernel == "ijava":
        return KernelSpecManager()
    return KernelSpecManager(kernel_dirs=[str(ROOT / "target" / "kernel" / "jjava" / "kernels")])


def execute(path: pathlib.Path, kernel: str = "ijava", timeout: int | None = None, report=None, twice: bool = False, keep: bool = True) -> Run:
    """Runs every cell of a notebook, in its own folder, and stops at the first that fails.

    With `twice`, each cell is run a second time at once, as a reader does who changed something in it; the
    outputs are the second's, the seconds the first's, and `again_seconds` those of the second. Without `keep`
    the executed notebook is not written down.
    """
    notebook = nbformat.read(path, as_version=4)
    run = Run(notebook)
    began = time.monotonic()
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]

    def progress(cell, cell_index, **_):
        if report and cell_index in code:
            report(f"{path.stem}: cell {code.index(cell_index) + 1} of {len(code)}, {time.monotonic() - began:.0f} s")

    client = NotebookClient(
        notebook,
        timeout=timeout,
        startup_timeout=120,
        iopub_timeout=OUTPUT_SECONDS,
        raise_on_iopub_timeout=True,
        kernel_name="java",
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_start=progress,
    )
    client.create_kernel_manager()
    client.km.kernel_spec_manager = kernel_specs(kernel)
    try:
        with started(client):
            run.start_seconds = time.monotonic() - began
            with Memory(client.km.provisioner.pid) as memory:
                for index, cell in enumerate(notebook.cells):
                    execute_cell(client, path, index, cell)
                    if twice:
                        again = time.monotonic()
                        execute_cell(client, path, index, cell, " when it was run a second time")
                        run.again_seconds += time.monotonic() - again
            run.peak_bytes = memory.peak
    finally:
        run.seconds = time.monotonic() - began - run.again_seconds
        if keep:
            EXECUTED.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, EXECUTED / path.name)
    return run


@contextlib.contextmanager
def started(client: NotebookClient):
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(client.setup_kernel())
        except RuntimeError:
            raise ChapterFailed("The Java kernel did not start. What it said stands above.") from None
        yield


def execute_cell(client: NotebookClient, path: pathlib.Path, index: int, cell: nbformat.NotebookNode, when: str = "") -> None:
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        problem = f"{error.ename}: {error.evalue}"
    except CellTimeoutError as error:
        lost = "IOPub" in str(error)
        problem = "the kernel answered, but not all of its output arrived" if lost else "it took too long"
    except DeadKernelError:
        problem = "the kernel died; if it was short of memory, LOWERBOUND_MEMORY=4g allows it more"
    else:
        return
    raise ChapterFailed(described(path, index, cell, problem, when))


def described(path: pathlib.Path, index: int, cell: nbformat.NotebookNode, error: str, when: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", error).strip()
    source = "\n".join("    " + line for line in cell.source.splitlines())
    return f"{path.stem}: cell {index + 1} failed{when}.\n{source}\n{plain}"


def executed(path: pathlib.Path) -> str:
    """Where the executed notebook lies, as short as it can be said."""
    to = EXECUTED / path.name
    return str(to.relative_to(ROOT) if to.is_relative_to(ROOT) else to)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab --run")
    parser.add_argument("name")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--kernel", default="ijava")
    options = parser.parse_args()

    terminal = sys.stderr.isatty()

    def report(line: str) -> None:
        if terminal:
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)

    status = 0
    try:
        paths = find(options.name)
    except ChapterFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    for path in paths:
        try:
            run = execute(path, options.kernel, report=report)
        except ChapterFailed as failure:
            report("")
            print(failure, file=sys.stderr)
            print(f"What ran is in {executed(path)}", file=sys.stderr)
            status = 1
            continue
        report("")
        if options.save:
            nbformat.write(normalised(run.notebook, executed=True), path)
        for table in run.claim_tables()[-1:]:
            print(table.rstrip() + "\n")
        if run.standard_error():
            print(f"{path.stem} wrote to standard error:\n{run.standard_error()}", file=sys.stderr)
            status = 1
        print(
            f"{path.stem}: {run.figures()} figures, {run.seconds:.0f} s, "
            f"at most {run.peak_bytes / 2**30:.2f} GiB of memory: {executed(path)}"
        )
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
