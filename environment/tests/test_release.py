"""What `mvn -Prelease` makes: the bundle for Maven Central, twice the same bytes, and a library that one line brings
into a notebook on either kernel, outside this repository, without a network."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as xml
import zipfile

import nbformat
import pytest
from conftest import ROOT
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from normalise import version

PLATFORMS = {"linux-x86_64": True, "linux-arm64": False, "macosx-x86_64": False, "macosx-arm64": True, "windows-x86_64": True}
VERSION = version()
NAMESPACE = {"m": "http://maven.apache.org/POM/4.0.0"}
CACHE = pathlib.Path.home() / ".m2" / "repository"


# The tests of Java have their own part of ./environment/test, the formatter and the dependencies too.
QUICK = ["-Dmaven.test.skip=true", "-Dspotless.check.skip=true", "-Dmdep.analyze.skip=true"]


def maven(folder: pathlib.Path, *arguments, **environment) -> subprocess.CompletedProcess:
    command = ["mvn", "-B", "-ntp", "-q", "-f", folder, "-Prelease", *QUICK, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=900)


def copy_for_maven(folder: pathlib.Path) -> pathlib.Path:
    shutil.copytree(ROOT / "src", folder / "src")
    shutil.copy(ROOT / "pom.xml", folder)
    return folder


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Made in another folder than the library that the chapters run on, so that the two can be compared."""
    folder = copy_for_maven(tmp_path_factory.mktemp("ein anderer Ordner"))
    called = maven(folder)
    assert called.returncode == 0, called.stdout + called.stderr
    return folder


def digest(path: pathlib.Path, algorithm: str = "sha256") -> str:
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()


def places(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    group = folder / "target" / "central" / "org" / "lowerbound"
    return {artifact: group / artifact / VERSION for artifact in ["lowerbound", *(f"lowerbound-{platform}" for platform in PLATFORMS)]}


def test_one_version_everywhere():
    """The set-up cells of the chapters are test_normalise's."""
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    (newest, *_) = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest == VERSION
    named = re.findall(r"org\.lowerbound:lowerbound\S*:(\d[^\s`]*)|lowerbound-(\d[^\s/]*?)(?:-central|\.jar)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(named) >= 3 and {a or b for a, b in named} == {VERSION}


def test_the_bundle_holds_what_central_asks_for(released):
    with zipfile.ZipFile(released / "target" / f"lowerbound-{VERSION}-central.zip") as bundle:
        names = {name for name in bundle.namelist() if not name.endswith("/")}
        assert bundle.testzip() is None
    expected = set()
    for artifact, place in places(released).items():
        for kind in (".pom", ".jar", "-sources.jar", "-javadoc.jar"):
            file = place / f"{artifact}-{VERSION}{kind}"
            inside = f"org/lowerbound/{artifact}/{VERSION}/{file.name}"
            expected.add(inside)
            for algorithm in ("md5", "sha1", "sha256", "sha512"):
                expected.add(f"{inside}.{algorithm}")
                assert pathlib.Path(f"{file}.{algorithm}").read_text().strip() == digest(file, algorithm)
    assert names == expected
    for artifact, place in places(released).items():
        pom = xml.parse(place / f"{artifact}-{VERSION}.pom").getroot()
        for element in ("name", "description", "url", "licenses/m:license/m:url", "developers/m:developer/m:name", "scm/m:url", "scm/m:connection"):
            assert pom.findtext(f"m:{element}", "", NAMESPACE).strip(), f"{artifact}: {element}"
        assert not re.search(r"@\w+@", (place / f"{artifact}-{VERSION}.pom").read_text()), "a place that was not filled in"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_brings_each_native_library_and_no_other_platforms(released, platform):
    place = places(released)[f"lowerbound-{platform}"]
    pom = xml.parse(place / f"lowerbound-{platform}-{VERSION}.pom").getroot()
    named = [[d.findtext(f"m:{key}", "", NAMESPACE) for key in ("artifactId", "classifier")] for d in pom.iterfind("m:dependencies/m:dependency", NAMESPACE)]
    natives = ["nd4j-native", "nd4j-native-preset", "javacpp", "openblas", *(["pytorch"] if PLATFORMS[platform] else [])]
    bundles = ["guava", "failureaccess", "flatbuffers-java"]
    assert named == [["lowerbound", ""], *([bundle, ""] for bundle in bundles), *([artifact, classifier] for artifact in natives for classifier in ("", platform))]
    # The same versions as those of the library's own POM, and as those that it runs on here.
    used = {path.name for path in (ROOT / "target" / "kernel" / "jars").iterdir()}
    for bundle in bundles:
        (number,) = {d.findtext("m:version", "", NAMESPACE) for d in pom.iterfind("m:dependencies/m:dependency", NAMESPACE) if d.findtext("m:artifactId", "", NAMESPACE) == bundle}
        assert f"{bundle}-{number}.jar" in used
    of_library = (ROOT / "pom.xml").read_text(encoding="utf-8")
    for key in ("nd4j", "javacpp", "openblas", *(["pytorch"] if PLATFORMS[platform] else [])):
        number = re.search(rf"<{key}\.version>([^<]+)<", of_library)[1]
        assert f"<version>{number}</version>" in (place / f"lowerbound-{platform}-{VERSION}.pom").read_text()


def test_sources_and_linked_javadoc(released):
    place = places(released)["lowerbound"]
    with zipfile.ZipFile(place / f"lowerbound-{VERSION}-sources.jar") as sources:
        java = {path.relative_to(ROOT / "src/main/java").as_posix() for path in (ROOT / "src/main/java").rglob("*.java")}
        assert java <= set(sources.namelist())
    with zipfile.ZipFile(place / f"lowerbound-{VERSION}-javadoc.jar") as javadoc:
        page = javadoc.read("org/lowerbound/train/Model.html").decode()
        assert 'href="https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/Map.html"' in page
        assert 'href="https://javadoc.io/static/org.nd4j/nd4j-api/1.0.0-M2.1/org/nd4j/linalg/api/ndarray/INDArray.html"' in page


def test_a_reference_to_nothing_ends_the_release(tmp_path):
    """The control: Javadoc's findings are errors."""
    folder = tmp_path / "careless"
    (folder / "src" / "main" / "java").mkdir(parents=True)
    (folder / "src" / "main" / "java" / "Careless.java").write_text("/** See {@link Nothing}. */\npublic class Careless {}\n")
    shutil.copytree(ROOT / "src" / "release", folder / "src" / "release")
    shutil.copy(ROOT / "pom.xml", folder)
    called = maven(folder, "-o", "package")
    assert called.returncode != 0
    assert "reference not found" in called.stdout + called.stderr


def test_the_jar_is_the_one_that_the_chapters_run_on(released):
    (used,) = (ROOT / "target" / "kernel" / "jars").glob("lowerbound-*.jar")
    assert digest(places(released)["lowerbound"] / used.name) == digest(used)


def test_two_releases_are_the_same_bytes(released, tmp_path, request):
    if not request.config.getoption("--whole"):
        pytest.skip("a second release takes a minute: with --whole")
    again = copy_for_maven(tmp_path / "again")
    assert maven(again, "-o").returncode == 0
    name = f"lowerbound-{VERSION}-central.zip"
    assert digest(released / "target" / name) == digest(again / "target" / name)


@pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not installed")
def test_it_is_signed_where_a_key_is_named(released, tmp_path):
    """The layout alone, made anew from what was built, with a key of this test."""
    home = tmp_path / "keys"
    home.mkdir(mode=0o700)
    gpg = functools.partial(subprocess.run, env={**os.environ, "GNUPGHOME": str(home)}, capture_output=True, text=True)
    gpg(["gpg", "--batch", "--passphrase", "", "--quick-gen-key", "trial@lowerbound.invalid", "default", "default", "never"], check=True)
    called = maven(released, "-o", "antrun:run@central", "-Dgpg.keyname=trial@lowerbound.invalid", GNUPGHOME=str(home))
    assert called.returncode == 0, called.stdout + called.stderr
    signed = [path for place in places(released).values() for path in place.iterdir() if path.suffix in (".pom", ".jar")]
    assert len(signed) == 4 * 6
    for path in signed:
        assert gpg(["gpg", "--verify", f"{path}.asc", path]).returncode == 0
    # The control: another file under the same signature.
    assert gpg(["gpg", "--verify", f"{signed[0]}.asc", signed[1]]).returncode != 0
    gpg(["gpgconf", "--kill", "gpg-agent"])


@pytest.fixture(scope="module")
def home(released, tmp_path_factory):
    """A home whose local repository holds the bundle and what Maven has fetched before, but not this project."""
    home = tmp_path_factory.mktemp("home")
    repository = home / ".m2" / "repository"

    def linked(source, target):
        # Where a file came from does not matter to what was put there by hand.
        if not source.endswith((".lastUpdated", "_remote.repositories")):
            os.symlink(source, target)

    shutil.copytree(CACHE, repository, copy_function=linked, ignore=lambda folder, _: {"lowerbound"} if folder == str(CACHE / "org") else set())
    shutil.copytree(released / "target" / "central", repository, dirs_exist_ok=True)
    return home


def readme_example() -> tuple[str, str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("### In a notebook of your own")[1].split("\n### ")[0]
    line = re.search(r"^%maven org\.lowerbound:lowerbound-linux-x86_64:(\S+)$", section, re.M)
    assert line[1] == VERSION
    return line[0], next(block for block in re.findall(r"```java\n(.*?)```", section, re.S) if "Made.create" in block)


@pytest.mark.parametrize("kernel", ["ijava", "jjava"])
@pytest.mark.parametrize("artifact", ["lowerbound-linux-x86_64", "lowerbound"])
def test_one_line_brings_it_into_a_blank_notebook(kernel, artifact, home, tmp_path, note):
    """The kernel as its own installer starts it: none of this repository's settings, start-up scripts or jars."""
    if kernel == "ijava" and artifact == "lowerbound":
        pytest.skip("IJava reads no profiles of a POM, the README says so")
    line, example = readme_example()
    line = line.replace("lowerbound-linux-x86_64", artifact)
    spec = tmp_path / "kernels" / "java"
    spec.mkdir(parents=True)
    nowhere = [f"-D{scheme}.proxy{what}" for scheme in ("http", "https") for what in ("Host=127.0.0.1", "Port=9")]
    options = ["-Xmx512m", f"-Duser.home={home}", *nowhere]
    if kernel == "jjava":
        options.append("--add-opens=jdk.jshell/jdk.jshell=ALL-UNNAMED")
    (spec / "kernel.json").write_text(
        json.dumps(
            {
                "argv": ["java", *options, "-jar", str(ROOT / "target" / "kernel" / f"{kernel}.jar"), "{connection_file}"],
                "display_name": "blank",
                "language": "java",
                "interrupt_mode": "message",
                "env": {"HOME": str(home), "OMP_NUM_THREADS": "1"},
            }
        )
    )
    jars = """
String[] loaded = {"org.nd4j.linalg.cpu.nativecpu.CpuBackend", "org.bytedeco.openblas.global.openblas", "org.bytedeco.pytorch.global.torch"};
for (String name : loaded) {
  System.out.println("from " + Class.forName(name, false, org.lowerbound.made.Made.class.getClassLoader()).getProtectionDomain().getCodeSource().getLocation());
}"""
    print_mean = 'System.out.println("mean " + mean);'
    cells = [line, example, print_mean, jars, 'System.out.println("libtorch " + org.lowerbound.train.engine.DeviceChoice.current());']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, timeout=300, startup_timeout=120, kernel_name="java", resources={"metadata": {"path": str(tmp_path)}})
    client.create_kernel_manager()
    client.km.kernel_spec_manager = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])
    client.execute()
    said = "".join(output.text for cell in notebook.cells for output in cell.outputs if output.output_type == "stream")
    mean = float(re.search(r"^mean (-[\d.]+)$", said, re.M)[1])
    note(f"{kernel} with {artifact}: mean log-probability {mean:.3f} nats")
    # Sixteen bits that know nothing of one another cost more than 9 nats in this data, and in its replacement.
    assert -8 < mean < -5
    # Of native code that of this platform alone was asked for: what Ivy fetched lies in its cache.
    fetched = [path.name for path in home.rglob("*.jar") if ".ivy2" in path.parts]
    assert not [name for name in fetched if re.search(r"(windows|macosx|linux-arm|linux-ppc|android|ios)", name)]
