"""The sandbox: a process tree of its own under bubblewrap, and what comes out of it.

What is in it: the system's programs, the Java kernel and the library, all to be read only, and an empty
folder in memory. What is not: a network, the course's sources, solutions and gradebook, other
submissions, the home of whoever grades, other processes. When it ends everything in it ends.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

from . import java

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KERNEL = ROOT / "target" / "kernel"

# Memory in MiB for all of a submission's processes; the kernel itself keeps within 2 GiB. Seconds of
# processor time a cell; seconds a cell, for all cells, and for a kernel to start, on an idle machine;
# characters of output a cell, processes, threads, kernels.
LIMITS = {"memory": 2560, "cell": 20, "wall": 60, "total": 165, "start": 60, "output": 100_000, "processes": 64, "threads": 400, "kernels": 12}

PROC_SYS = pathlib.Path("/proc/sys")
# How systems forbid user namespaces to ordinary users: Ubuntu since 23.10, Debian before 11, any.
SETTINGS = (
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel.unprivileged_userns_clone", "0", "1"),
    ("user.max_user_namespaces", "0", "15000"),
)

# The user in the sandbox.
NOBODY = 65534

WHY = {
    "time": "it took too long and was stopped",
    "memory": "it took more memory than there is for a submission",
    "processes": "it started too many processes",
    "dead": "it ended the Java kernel (System.exit, or a crash)",
    "canary": "something in the answers keeps the test from being carried out to its end, or from failing; it does not count",
    "budget": "the time for the whole submission was used up before",
    "start": "the Java kernel did not start",
    "lost": "the sandbox ended before",
}


class NoSandbox(Exception):
    """A sentence that says why there is no sandbox here, and what to do."""


@dataclass
class Outcome:
    """What came of a submission: for each cell its outputs and, if it was stopped, why."""

    setup: list[dict]
    tests: list[dict]
    cpu: float = 0.0
    phases: dict = field(default_factory=dict)
    runner: float = 0.0
    peak: int = 0
    seconds: float = 0.0
    kernels: int = 0
    patience: float = 1.0
    nested: bool = False
    notes: list[str] = field(default_factory=list)


def sandboxed() -> bool:
    """Whether submissions are to run in the sandbox: always, unless LOWERBOUND_SANDBOX is off by name."""
    return os.environ.get("LOWERBOUND_SANDBOX", "on") != "off"


def obstacle() -> str | None:
    """Why bubblewrap cannot be used here; None when it can."""
    bwrap = shutil.which("bwrap")
    if not bwrap:
        return "bubblewrap is missing, the sandbox in which submissions run. Install it: sudo apt-get install bubblewrap"
    tried = subprocess.run(
        [bwrap, *namespaces(), "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", *as_nobody(), "/bin/true"],
        capture_output=True,
        text=True,
    )
    if tried.returncode != 0:
        return f"bubblewrap is there, but makes no sandbox ({tried.stderr.strip()}). {allowed()}, or grade on another machine"
    return None


def allowed() -> str:
    """What allows an ordinary user to make namespaces: the setting that stands in the way here, where it is known."""
    for setting, forbids, allows in SETTINGS:
        with contextlib.suppress(OSError):
            if (PROC_SYS / setting.replace(".", "/")).read_text().strip() == forbids:
                return f"Allow user namespaces: sudo sysctl -w {setting}={allows}"
    return "Allow user namespaces on this machine (in a container: ask who runs it)"


def require_sandbox() -> None:
    if sandboxed():
        reason = obstacle()
        if reason:
            raise NoSandbox(f"{reason} (or, trusting the students: --without-sandbox).")


def namespaces() -> list[str]:
    """Namespaces of its own; for root without one of users, because the kernel limits no process of root's."""
    own = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        return [*own, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*own, "--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]


def as_nobody() -> list[str]:
    if os.geteuid() == 0:
        return ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--inh-caps=-all"]
    return []


def java_program() -> pathlib.Path | None:
    """What the kernel is started with; None where that is a script, which has to be read."""
    home = os.environ.get("JAVA_HOME")
    found = pathlib.Path(home, "bin", "java") if home else shutil.which("java")
    if not found or not os.path.isfile(found):
        return None
    real = pathlib.Path(found).resolve()
    with real.open("rb") as file:
        return real if file.read(4) == b"\x7fELF" else None


def command() -> list[str]:
    """bubblewrap with what a submission may see."""
    options = ["bwrap", *namespaces(), "--hostname", "sandbox", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev"]
    options += ["--perms", "1777", "--size", str(256 << 20), "--tmpfs", "/tmp", "--ro-bind", "/usr", "/usr", "--perms", "0755", "--dir", "/etc"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        path = pathlib.Path("/") / name
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            options += ["--ro-bind", str(path), str(path)]
    for pattern in ("alternatives", "fonts", "java*", "ld.so.cache", "ld.so.conf*", "localtime", "machine-id"):
        for path in glob.glob(f"/etc/{pattern}"):
            options += ["--ro-bind", path, path]
    seen = [pathlib.Path("/usr")]
    folders: set[pathlib.Path] = set()

    def parents(path: pathlib.Path) -> None:
        # Otherwise bubblewrap makes them for their owner alone.
        for folder in list(path.parents)[-2::-1]:
            if folder not in folders:
                folders.add(folder)
                options.extend(["--perms", "0755", "--dir", str(folder)])

    def bind(path: pathlib.Path) -> None:
        path = path.absolute()
        if path.exists() and not any(path.is_relative_to(other) for other in seen):
            seen.append(path)
            parents(path)
            options.extend(["--ro-bind", str(path), str(path)])

    # The folders' own names, so that links which JavaCPP has made there still fit; its cache can be
    # locked, and what lies in it only read.
    for path in sorted(KERNEL.iterdir()):
        parents(path)
        if path.name == "javacpp":
            options += ["--perms", "0777", "--dir", str(path)]
            for part in sorted(path.iterdir()):
                if part.is_dir():
                    bind(part)
        elif path.suffix != ".log":
            bind(path)
    bind(ROOT / "environment" / "kernel")
    bind(pathlib.Path(__file__).parent / "runner.py")
    bind(pathlib.Path(sys.prefix))
    bind(pathlib.Path(sys.base_prefix))
    bind(pathlib.Path(sys.executable).resolve().parent.parent)
    if os.environ.get("JAVA_HOME"):
        bind(pathlib.Path(os.environ["JAVA_HOME"]).resolve())
        bind(pathlib.Path(os.environ["JAVA_HOME"]))
    elif shutil.which("java"):
        bind(pathlib.Path(shutil.which("java")).resolve().parent.parent)
    data = os.environ.get("LOWERBOUND_DATA")
    if data and pathlib.Path(data).is_dir():
        bind(pathlib.Path(data).resolve())
    options += ["--clearenv"]
    for name, value in environment().items():
        options += ["--setenv", name, value]
    return options


def environment() -> dict[str, str]:
    kept = ("JAVA_HOME", "LOWERBOUND_MEMORY", "LOWERBOUND_THREADS", "LOWERBOUND_NATIVE", "LOWERBOUND_ENGINE")
    chosen = {name: os.environ[name] for name in kept if os.environ.get(name)}
    data = os.environ.get("LOWERBOUND_DATA")
    if data and pathlib.Path(data).is_dir():
        chosen["LOWERBOUND_DATA"] = str(pathlib.Path(data).resolve())
    return {
        **chosen,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/tmp/student",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "LOWERBOUND_SIZE": "quick",
        "LOWERBOUND_DEVICE": "cpu",
        "LOWERBOUND_GRADING": "1",
        "LOWERBOUND_BOX": "bwrap",
    }


def patience() -> float:
    """By how much longer things take because others want the processors too; what students use of them does not count."""
    try:
        return min(8.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))
    except OSError:
        return 1.0


def run(setup: list[str], tests: list[str], limits: dict | None = None, given: list[bool] | None = None) -> Outcome:
    """Runs the cells in a sandbox; never longer than the limits say, whatever they do.

    given: which cells of the set-up are the course's own, for the account of where the time goes.
    """
    factor = patience()
    waiting = {name: LIMITS[name] * factor for name in ("wall", "total", "start")}
    limits = {**LIMITS, **waiting, "namespace": sandboxed(), **(limits or {})}
    require_sandbox()
    outcome = Outcome([lost() for _ in setup], [lost() for _ in tests], patience=factor)
    began = time.monotonic()
    definitions = [java.definitions(source) for source in setup]
    words = [os.urandom(12).hex() for _ in tests]
    guarded = [{"source": java.guarded(source, word), "word": word} for source, word in zip(tests, words)]
    order = json.dumps({"setup": setup, "definitions": definitions, "given": given or [False] * len(setup), "tests": guarded, "limits": limits})
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lowerbound-grading-"))
        errors = stack.enter_context(tempfile.TemporaryFile())
        program = [sys.executable, "-I", "-B", str(pathlib.Path(__file__).parent / "runner.py"), str(ROOT / "environment" / "kernel" / "launch.py")]
        if sandboxed():
            os.chmod(folder, 0o755)
            passwd = pathlib.Path(folder) / "passwd"
            passwd.write_text("student:x:65534:65534::/tmp/student:/bin/sh\n")
            called = [*command(), "--ro-bind", str(passwd), "/etc/passwd"]
            options = {}
            if java_path := java_program():
                # The memory of a process whose program cannot be read is closed to itself as a file, and to what
                # it starts: in it lie the tests.
                copied = os.open(java_path, os.O_RDONLY)
                stack.callback(os.close, copied)
                called += ["--perms", "0111", "--ro-bind-data", str(copied), str(java_path)]
                options = {"pass_fds": [copied]}
            called += ["--perms", "0777", "--dir", "/tmp/student", "--chdir", "/tmp/student", *as_nobody(), *program]
        else:
            called = program
            options = {"env": {**environment(), "HOME": folder, "TMPDIR": folder, "LOWERBOUND_BOX": "none", "PATH": os.environ["PATH"]}, "cwd": folder}
        process = subprocess.Popen(called, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True, **options)
        try:
            feed(process, order.encode())
            for line in lines(process, began + limits["total"] + limits["start"]):
                take(outcome, line)
        finally:
            end(process)
        errors.seek(0)
        said = errors.read(4000).decode("utf-8", "replace").strip()
    if not outcome.kernels and said:
        outcome.notes.append(said.splitlines()[-1])
    outcome.seconds = time.monotonic() - began
    return outcome


def lost() -> dict:
    return {"outputs": [], "why": "lost", "seconds": 0.0, "cpu": 0.0}


def feed(process: subprocess.Popen, order: bytes) -> None:
    try:
        process.stdin.write(order)
        process.stdin.close()
    except BrokenPipeError:
        pass


def lines(process: subprocess.Popen, end: float):
    """What the runner writes, line by line, until it ends or its time is over."""
    rest = b""
    while time.monotonic() < end:
        ready, _, _ = select.select([process.stdout], [], [], 1)
        if not ready:
            continue
        chunk = os.read(process.stdout.fileno(), 1 << 16)
        if not chunk:
            return
        rest += chunk
        *whole, rest = rest.split(b"\n")
        yield from whole


def take(outcome: Outcome, line: bytes) -> None:
    try:
        said = json.loads(line)
    except ValueError:
        return
    for kind, cells in (("setup", outcome.setup), ("test", outcome.tests)):
        if kind in said and 0 <= said[kind] < len(cells):
            cells[said[kind]] = {key: said[key] for key in ("outputs", "why", "seconds", "cpu")}
    if said.get("done"):
        outcome.cpu, outcome.runner, outcome.peak, outcome.phases = said["cpu"], said["runner"], said["peak"], said["phases"]
        outcome.kernels, outcome.nested = said["kernels"], said["nested"]


def end(process: subprocess.Popen) -> None:
    """Ends all that was started: with its first process, the kernel's namespace goes."""
    if not sandboxed():
        import psutil

        try:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        except psutil.Error:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.stdout.close()
    process.wait()
