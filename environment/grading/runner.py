"""Inside the sandbox: runs cells on the Java kernel and says what came of each, a line of JSON at a time.

Reads from standard input {"setup": [source], "definitions": [source], "given": [whether the course's own],
"tests": [{"source": source, "word": word}], "limits": {...}}. All cells of the set-up are run first, the tests
after them. A test has passed when it ends with an error that says its word. A cell that takes too long, takes
too much memory or ends the kernel ends this kernel only: another one runs the other cells of the set-up again
and goes on behind the guilty one. The kernel's processes are in a process namespace of their own where that can be
had, so that they can neither see nor end this one.
"""

from __future__ import annotations

import json
import os
import pathlib
import queue
import resource
import subprocess
import sys
import tempfile
import time

import psutil
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

MIB = 1 << 20


class Ended(Exception):
    """The kernel cannot go on: time, memory, processes, or it died."""


class Kernel:
    """One kernel, and what its processes take."""

    def __init__(self, launch: str, nested: list[str], limits: dict):
        self.limits = limits
        folder = tempfile.mkdtemp()
        self.connection = os.path.join(folder, "kernel.json")
        write_connection_file(self.connection, ip="127.0.0.1", key=os.urandom(16).hex().encode())
        environment = {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"}
        self.process = subprocess.Popen(
            [*nested, sys.executable, "-I", "-B", launch, "ijava", self.connection],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.mkdtemp(),
            env=environment,
            start_new_session=True,
            preexec_fn=self.limit,
        )
        self.children: dict[int, psutil.Process] = {}
        self.spent: dict[int, float] = {}
        self.peak = 0
        self.looked = 0.0
        self.client = BlockingKernelClient(connection_file=self.connection)
        self.client.load_connection_file()
        self.client.start_channels()
        self.ready()

    def limit(self) -> None:
        def at_most(what: int, value: int) -> None:
            hard = resource.getrlimit(what)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(what, (value, value))

        # What a process may write to at all, the JVM's own share included.
        at_most(resource.RLIMIT_DATA, (self.limits["memory"] + 1024) * MIB)
        at_most(resource.RLIMIT_FSIZE, 64 * MIB)
        at_most(resource.RLIMIT_CORE, 0)
        # Processes and threads; counted in this user namespace alone, and not at all for root's processes.
        if self.limits["namespace"]:
            at_most(resource.RLIMIT_NPROC, self.limits["threads"])
        # Whoever watches comes first.
        os.nice(10)

    def ready(self) -> None:
        end = time.monotonic() + self.limits["start"]
        self.client.kernel_info()
        while time.monotonic() < end:
            try:
                self.client.get_shell_msg(timeout=0.2)
                # Its key admits to the kernel; from now on it is in these two processes' memory alone.
                os.unlink(self.connection)
                return
            except queue.Empty:
                if self.process.poll() is not None:
                    break
        self.end()
        raise Ended("start")

    def processes(self) -> list[psutil.Process]:
        try:
            top = psutil.Process(self.process.pid)
            found = [top, *top.children(recursive=True)]
        except psutil.Error:
            return []
        return [self.children.setdefault(process.pid, process) for process in found]

    def look(self) -> tuple[float, int, int]:
        """The seconds of processor time so far, the bytes now, and the number of processes."""
        held, count = 0, 0
        for process in self.processes():
            try:
                times = process.cpu_times()
                self.spent[process.pid] = times.user + times.system
                held += process.memory_info().rss
                count += 1
            except psutil.Error:
                continue
        self.peak = max(self.peak, held)
        return sum(self.spent.values()), held, count

    def run(self, source: str, cpu: float, wall: float) -> tuple[list[dict], bool]:
        """The outputs of a cell, and whether it ended without an error. Raises Ended with the outputs so far."""
        outputs: list[dict] = []
        size = 0
        began, cpu_began = time.monotonic(), self.look()[0]
        message = self.client.execute(source, store_history=True, allow_stdin=False, stop_on_error=False)
        idle = replied = None
        heard = time.monotonic()
        failed = False
        while idle is None or replied is None:
            try:
                got = self.client.get_iopub_msg(timeout=0.05)
            except queue.Empty:
                got = None
            if got:
                heard = time.monotonic()
            if got and got["parent_header"].get("msg_id") == message:
                kind = got["header"]["msg_type"]
                if kind == "status" and got["content"]["execution_state"] == "idle":
                    idle = True
                elif kind in ("stream", "error", "display_data", "execute_result", "update_display_data"):
                    length = sum(len(str(v)) for v in got["content"].values())
                    if kind == "error" or size + length <= self.limits["output"]:
                        size += length
                        add(outputs, got, kind)
                    elif size <= self.limits["output"]:
                        size = self.limits["output"] + 1
                        outputs.append(stream(f"\n... more than {self.limits['output']:,} characters; the rest is left out.\n"))
                    failed |= kind == "error"
            if idle and replied is None or not got:
                try:
                    reply = self.client.get_shell_msg(timeout=0)
                    if reply["parent_header"].get("msg_id") == message:
                        replied = reply["content"]
                except queue.Empty:
                    pass
            # The answer came, and the end of the output does not: it is not waited for longer than this.
            if replied and not idle and time.monotonic() - heard > 20:
                break
            self.guard(began, cpu_began, cpu, wall, outputs)
        if replied and replied.get("status") == "error" and not failed:
            failed = True
            outputs.append(error(str(replied.get("ename")), str(replied.get("evalue")), [str(line) for line in replied.get("traceback") or []]))
        return outputs, not failed

    def guard(self, began: float, cpu_began: float, cpu: float, wall: float, outputs: list[dict]) -> None:
        now = time.monotonic()
        if now - self.looked < 0.15:
            return
        self.looked = now
        spent, held, count = self.look()
        why = None
        if self.process.poll() is not None:
            why = "dead"
        elif held > self.limits["memory"] * MIB:
            why = "memory"
        elif count > self.limits["processes"]:
            why = "processes"
        elif spent - cpu_began > cpu or now - began > wall:
            why = "time"
        if why:
            self.end()
            raise Ended(why, outputs)

    def end(self) -> None:
        self.look()
        for process in self.processes()[::-1]:
            try:
                process.kill()
            except psutil.Error:
                pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        if getattr(self, "client", None):
            self.client.stop_channels()


def stream(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


def error(name: str, value: str, traceback: list[str]) -> dict:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}


def add(outputs: list[dict], message: dict, kind: str) -> None:
    if kind == "update_display_data":
        return
    content = message["content"]
    if kind == "error":
        add_error(outputs, content)
        return
    # A debugging line on standard error is no error; nbgrader would take it for one.
    if kind == "stream":
        if outputs and outputs[-1]["output_type"] == "stream":
            outputs[-1]["text"] += str(content.get("text", ""))
        else:
            outputs.append(stream(str(content.get("text", ""))))
        return
    shown = {"output_type": kind, "data": content.get("data", {}), "metadata": content.get("metadata", {})}
    outputs.append({**shown, "execution_count": content.get("execution_count")} if kind == "execute_result" else shown)


def add_error(outputs: list[dict], content: dict) -> None:
    lines = [str(line)[:4000] for line in (content.get("traceback") or [])[:60]]
    outputs.append(error(str(content.get("ename"))[:500], str(content.get("evalue"))[:4000], lines))


def told(outputs: list[dict], word: str) -> tuple[list[dict], bool]:
    """The outputs of a test without the word that it ends with, and with the value behind it; whether it is there."""
    said = next((output for output in outputs if output["output_type"] == "error" and word in output["evalue"]), None)
    kept = [output for output in outputs if output is not said and output["output_type"] != "execute_result"]
    value = said["evalue"].partition(word)[2].strip() if said else ""
    if value:
        kept.append({"output_type": "execute_result", "data": {"text/plain": value}, "metadata": {}, "execution_count": None})
    return kept, said is not None


class Run:
    """All cells of a submission, on as many kernels as it takes."""

    def __init__(self, order: dict, launch: str, nested: list[str]):
        self.setup, self.tests, self.limits = order["setup"], order["tests"], order["limits"]
        self.launch, self.nested = launch, nested
        # What a cell of the set-up defines, to be run instead of one that ends kernels by what it does.
        self.definitions = order["definitions"]
        self.guilty: set[int] = set()
        self.hopeless: set[int] = set()
        self.kernel: Kernel | None = None
        self.given = order["given"]
        self.cpu = 0.0
        # Where the processor time goes: a kernel's start, the course's own cells (imports), the answers, the tests.
        self.phases = dict.fromkeys(("start", "given", "answers", "tests"), 0.0)
        self.peak = 0
        self.kernels = 0
        self.end = time.monotonic() + self.limits["total"]

    def say(self, **what) -> None:
        print(json.dumps(what), flush=True)

    def left(self) -> float:
        return self.end - time.monotonic()

    def close(self) -> None:
        if self.kernel:
            self.kernel.end()
            self.cpu += sum(self.kernel.spent.values())
            self.peak = max(self.peak, self.kernel.peak)
            self.kernel = None

    def cell(self, source: str) -> tuple[list[dict], bool]:
        return self.kernel.run(source, self.limits["cell"], min(self.limits["wall"], max(1, self.left())))

    def open(self) -> None:
        """A kernel in which the set-up has been run; of cells that end kernels, what they define."""
        while self.kernel is None:
            if self.left() < 5 or self.kernels >= self.limits["kernels"]:
                raise Ended("budget")
            self.kernels += 1
            try:
                self.kernel = Kernel(self.launch, self.nested, self.limits)
            except Ended:
                if self.kernels > 1:
                    raise
                raise Ended("start") from None
            self.phases["start"] += self.kernel.look()[0]
            for i, source in enumerate(self.setup):
                if i in self.guilty:
                    source = self.definitions[i]
                if i in self.hopeless or not source.strip():
                    continue
                began, spent = time.monotonic(), self.kernel.look()[0]
                try:
                    outputs, _ = self.cell(source)
                    why = None
                except Ended as ended:
                    (self.hopeless if i in self.guilty else self.guilty).add(i)
                    outputs, why = ended.args[1], ended.args[0]
                used = sum(self.kernel.spent.values()) - spent if why else self.kernel.look()[0] - spent
                self.phases["given" if self.given[i] else "answers"] += used
                if self.kernels == 1 or why:
                    self.say(setup=i, outputs=outputs, why=why, seconds=time.monotonic() - began, cpu=used)
                if why:
                    self.close()
                    break

    def run(self) -> None:
        for i, test in enumerate(self.tests):
            why, outputs, used, began = None, [], 0.0, time.monotonic()
            try:
                if self.kernel is None:
                    self.open()
                    began = time.monotonic()
                spent = self.kernel.look()[0]
                outputs, held = self.cell(test["source"])
                outputs, heard = told(outputs, test["word"])
                # It neither fails nor ends: something keeps it from it.
                why = "canary" if held and not heard else None
                used = self.kernel.look()[0] - spent
            except Ended as ended:
                why = ended.args[0]
                outputs = ended.args[1] if len(ended.args) > 1 else []
                if self.kernel:
                    used = sum(self.kernel.spent.values()) - spent
                self.close()
            self.phases["tests"] += used
            self.say(test=i, outputs=outputs, why=why, seconds=time.monotonic() - began, cpu=used)
            if why in ("budget", "start"):
                for j in range(i + 1, len(self.tests)):
                    self.say(test=j, outputs=[], why=why, seconds=0, cpu=0)
                break
        if not self.tests and self.setup:
            self.open()
        self.close()
        own = psutil.Process().cpu_times()
        self.say(done=True, cpu=self.cpu, phases=self.phases, runner=own.user + own.system, peak=self.peak, kernels=self.kernels, nested=bool(self.nested))


def nesting() -> list[str]:
    """How to give the kernel a process namespace of its own; empty where there is none to be had."""
    bwrap = pathlib.Path("/usr/bin/bwrap")
    if os.environ.get("LOWERBOUND_BOX") != "bwrap" or not bwrap.exists():
        return []
    # With /proc of the sandbox, because a second one cannot be mounted there: the kernel can list this process
    # in it, but neither signal it, being in another process namespace, nor read it, being in another user one.
    command = [str(bwrap), "--dev-bind", "/", "/", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--"]
    works = subprocess.run([*command, "/bin/true"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    return command if works.returncode == 0 else []


def main() -> None:
    order = json.load(sys.stdin)
    Run(order, sys.argv[1], nesting()).run()


if __name__ == "__main__":
    main()
