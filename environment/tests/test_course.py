"""The course from release to grades, with submissions that are unlucky or mean harm."""

from __future__ import annotations

import copy
import csv
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import zipfile

import psutil
import pytest
from conftest import ENVIRONMENT, ROOT, TOKEN, free_port, get
from grading import box, feedback, java
from grading.course import student_of
from grading.rebuild import Unreadable, written
from hostile import GOOD, HOSTILE, NAME, NOTHING, answered

SAMPLE = ENVIRONMENT / "tests" / "assignment"
SLEEP = 986_437
needs_sandbox = pytest.mark.skipif(box.obstacle() is not None, reason=str(box.obstacle()))


def course(folder: pathlib.Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(ENVIRONMENT / "course"), "--folder", str(folder), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=3600,
    )


@pytest.fixture
def sample(tmp_path) -> pathlib.Path:
    """A course in which the small assignment is released."""
    folder = tmp_path / "course"
    shutil.copytree(SAMPLE / "source", folder / "source")
    (folder / "students.csv").write_text("id,first_name,last_name,email\nmissing,Ida,Fehlt,ida@example.org\nanna,Anna,Berg,anna@example.org\n")
    released = course(folder, "release", NAME, "--due", "2026-05-01")
    assert released.returncode == 0, released.stderr
    return folder


def released(folder: pathlib.Path) -> dict:
    return json.loads((folder / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))


def hand_in(folder: pathlib.Path, student: str, what: dict | bytes, file: str = f"{NAME}.ipynb") -> None:
    place = folder / "submitted" / student / NAME
    place.mkdir(parents=True)
    (place / file).write_bytes(what if isinstance(what, bytes) else json.dumps(what).encode())


def record(folder: pathlib.Path, student: str) -> dict:
    return json.loads((folder / "graded" / NAME / f"{student}.json").read_text(encoding="utf-8"))


def left_running(mark: pathlib.Path) -> list[str]:
    """The processes that a grading with this folder as its data left behind: other tests grade at the same time."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if str(SLEEP) in line or process.environ().get("LOWERBOUND_DATA") == str(mark):
                found.append(line)
        except psutil.Error:
            continue
    return found


@needs_sandbox
def test_hostile_and_unlucky_submissions_get_what_their_honest_part_deserves(sample, tmp_path, note, request):
    chosen = [s for s in HOSTILE if s.always or request.config.getoption("--whole")]
    precious = tmp_path / "precious.txt"
    precious.write_text("as it was")
    targets = [precious, sample / "gradebook.db", ROOT / "target" / "kernel" / "jars" / "evil.jar", ENVIRONMENT / "kernel" / "evil", pathlib.Path.home() / "evil-of-the-test"]
    secrets = [sample / "source", sample / "gradebook.db", ROOT / "notebooks", ROOT / ".git", precious, sample / "submitted"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        reached = []

        def serve() -> None:
            while True:
                try:
                    reached.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()

        def paths(of) -> str:
            return "{" + ", ".join(json.dumps(str(p)) for p in of) + "}"

        world = {"secrets": paths(secrets), "targets": paths(targets), "port": server.getsockname()[1], "sleep": SLEEP, "python": sys.executable}
        for submission in chosen:
            hand_in(sample, submission.name, submission.make(copy.deepcopy(released(sample)), world), submission.file)
        data = tmp_path / "data"
        data.mkdir()
        graded = course(sample, "grade", NAME, LOWERBOUND_DATA=str(data))
    assert graded.returncode == 0, graded.stdout + graded.stderr
    scores, states, seconds = {}, {}, {}
    for submission in chosen:
        result = record(sample, submission.name)
        scores[submission.name], states[submission.name] = result["score"], result["state"]
        # On a machine that others use too it is waited for longer, by the factor that the record names.
        ran = result.get("run", {})
        seconds[submission.name] = ran.get("seconds", 0) / ran.get("patience", 1)
    assert scores == {s.name: s.points for s in chosen}, graded.stdout
    assert all((states[s.name] == "failed") == (s.points is None) for s in chosen)
    assert max(seconds.values()) <= 180, seconds
    assert not left_running(data)
    assert not reached, "a submission reached the network"
    assert precious.read_text() == "as it was" and not any(t.exists() for t in targets[2:])
    # What stands in the report: never a 0 for what could not be read, and each reason in words.
    report = course(sample, "report")
    assert report.returncode == 0, report.stderr
    with (sample / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["missing"]["state"] == "missing" and rows["missing"]["score"] == ""
    assert rows["empty-file"]["state"] == "failed" and rows["empty-file"]["score"] == "" and rows["empty-file"]["why"] == "The file is empty."
    assert rows["exit-when-large"]["state"] == "partly" and "System.exit" in rows["exit-when-large"]["why"]
    assert "more memory than there is" in rows["memory-of-children-when-large"]["why"]
    assert "names eval, with which the tests could be reached; it was not run" in rows["evaluates-text"]["why"]
    honest = record(sample, "solved")["run"]
    assert honest["nested"], "the kernel has no process namespace of its own"
    note(
        f"{len(chosen)} of {len(HOSTILE)} hostile and unlucky submissions: each its points; the longest took {max(seconds.values()):.0f} s; "
        f"an ordinary one {honest['cpu']:.1f} s of CPU in the kernel and {honest['runner']:.1f} s around it"
    )


@needs_sandbox
def test_grading_goes_on_where_it_was_stopped_and_is_done_once(sample, note):
    for student in ("anna", "berta"):
        hand_in(sample, student, answered(GOOD % "")(released(sample), {}))
    first = course(sample, "grade", NAME, "--student", "anna")
    # What it cost: of this submission, and where it went. The parts are those of the sum.
    cost = re.search(r"\[1/1, 0 s left\] anna: 3 of 3, ([\d.]+) s of CPU, ([\d.]+) GiB\n", first.stdout)
    assert cost, first.stdout + first.stderr
    account = re.search(r"CPU of a submission: ([\d.]+) s \(median; most [\d.]+\), on the average (.*); at most ([\d.]+) GiB for one\.", first.stdout)
    parts = [float(part.split()[-1]) for part in account[2].split(", ")]
    assert len(parts) == 6 and abs(sum(parts) - float(account[1])) < 0.5, account[0]
    assert parts[0] > 0.3 and account[3] == cost[2] and float(cost[2]) > 0.1, account[0]
    whole = re.search(r"1 graded in .*, \d side by side, ([\d.]+) GiB at most for all that ran at a time", first.stdout)
    assert float(whole[1]) > 0.1, first.stdout
    note(account[0])
    (sample / "graded" / NAME / "berta.json").write_text('{"state": "run"')  # as a kill would leave it
    second = course(sample, "grade", NAME)
    assert "1 of 2 are graded already" in second.stdout and "[1/1," in second.stdout and "berta: 3 of 3" in second.stdout, second.stdout + second.stderr
    third = course(sample, "grade", NAME)
    assert "2 of 2 are graded already" in third.stdout and "[1/" not in third.stdout
    assert "2 graded, 0 failed" in third.stdout and "1 missing" in third.stdout
    pages = course(sample, "feedback", NAME)
    assert pages.returncode == 0, pages.stderr
    page = (sample / "feedback" / "anna" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "3 of 3 points" in page and "http" not in page and "<script" not in page


def class_of_thirty(folder: pathlib.Path, name: str) -> dict[str, str]:
    """What thirty students hand in, and what each is: solved, written differently, wrong in one exercise, unfinished, untouched."""
    place = ROOT / "notebooks" / "assignments"
    source = json.loads((place / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    handed_out = json.loads((folder / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))

    def texts(of: str) -> dict[str, str]:
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted((place / of / name).glob("*.java"))}

    def mark_of(cell: dict) -> str:
        return cell["metadata"].get("nbgrader", {}).get("grade_id", "")

    solutions = {mark_of(cell): "".join(cell["source"]) for cell in source["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")}
    bugs, others = texts("bugs"), texts("others")
    kinds = ["solved"] * 14 + ["different"] * 4 + ["wrong"] * 6 + ["unfinished"] * 5 + ["untouched"]
    for i, kind in enumerate(kinds):
        if kind == "wrong":
            answers = solutions | {list(bugs)[i % len(bugs)]: list(bugs.values())[i % len(bugs)]}
        else:
            # An unfinished one has the first few exercises.
            some = {"unfinished": (i % 5 + 1) * len(solutions) // 7, "untouched": 0}.get(kind, len(solutions))
            answers = dict(list((solutions | others if kind == "different" else solutions).items())[:some])
        notebook = copy.deepcopy(handed_out)
        for cell in notebook["cells"]:
            if mark_of(cell) in answers:
                cell["source"] = answers[mark_of(cell)] + f"\n// student {i}"
        to = folder / "submitted" / f"student-{i:02d}" / name
        to.mkdir(parents=True)
        (to / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return {f"student-{i:02d}": kind for i, kind in enumerate(kinds)}


@needs_sandbox
@pytest.mark.parametrize("name", ["01-calculus-of-variations", "03-mean-field", "04-variational-autoencoder"])
def test_thirty_submissions_are_graded_within_ten_minutes(name, tmp_path, note, request):
    """A small assignment always, the two largest in the whole table. The minutes are those of two cores that nobody else uses."""
    if name[:2] != "01" and not request.config.getoption("--whole"):
        pytest.skip("only with --whole")
    folder = tmp_path / "course"
    handed_out = course(folder, "release", name)
    assert handed_out.returncode == 0, handed_out.stderr
    kinds = class_of_thirty(folder, name)
    began, busy = time.monotonic(), box.patience()
    graded = course(folder, "grade", name)
    seconds = time.monotonic() - began
    assert graded.returncode == 0 and "30 graded, 0 failed" in graded.stdout, graded.stdout + graded.stderr
    peak = re.search(r"30 graded in .*, (\d+) side by side, ([\d.]+) GiB at most for all that ran at a time", graded.stdout)
    account = re.search(r"CPU of a submission: ([\d.]+) s \(median; most ([\d.]+)\), on the average (.*); at most ([\d.]+) GiB for one\.", graded.stdout)
    median = float(account[1])
    note(f"thirty submissions of {name}: {seconds:.0f} s, {peak[1]} side by side, at most {peak[2]} GiB in all; {account[0]}")
    results = {student: json.loads((folder / "graded" / name / f"{student}.json").read_text(encoding="utf-8")) for student in kinds}
    for student, kind in kinds.items():
        score, full = results[student]["score"], results[student]["most"]
        assert {"solved": score == full, "different": score == full, "untouched": score == 0}.get(kind, 0 < score < full), (student, kind, score)
    assert median <= 15, graded.stdout
    # With other programs beside it the clock says nothing: then what two cores would have taken.
    assert seconds <= 600 or busy > 1.5 and median * 30 / 2 <= 600, seconds
    assert float(peak[2]) <= 6, "the graders together hold more than two submissions may"


def test_without_bubblewrap_nothing_runs_unless_told_so_by_name(sample, tmp_path):
    hand_in(sample, "anna", answered(GOOD % "")(released(sample), {}))
    tools = tmp_path / "bin"
    tools.mkdir()
    # Everything but bwrap.
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in pathlib.Path(folder).glob("*") if pathlib.Path(folder).is_dir() else []:
            if program.name != "bwrap" and not (tools / program.name).exists():
                (tools / program.name).symlink_to(program)
    refused = course(sample, "grade", NAME, PATH=str(tools))
    assert refused.returncode == 1 and "bubblewrap is missing" in refused.stderr and "--without-sandbox" in refused.stderr
    assert not (sample / "graded").exists()
    graded = course(sample, "grade", NAME, "--without-sandbox", PATH=str(tools), LOWERBOUND_DATA=str(tools))
    assert "anna: 3 of 3" in graded.stdout and "with your rights" in graded.stdout, graded.stdout + graded.stderr
    assert not left_running(tools)


def test_where_bubblewrap_may_not_work_the_setting_is_named(tmp_path, monkeypatch):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(box, "PROC_SYS", tmp_path)
    assert "(bwrap: setting up uid map: Permission denied). Allow user namespaces on this machine" in box.obstacle()
    (tmp_path / "kernel").mkdir()
    setting = tmp_path / "kernel" / "apparmor_restrict_unprivileged_userns"
    setting.write_text("1\n")
    assert "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or grade on another machine" in box.obstacle()
    setting.write_text("0\n")
    assert "sysctl" not in box.obstacle()


def test_what_platforms_give_is_collected_and_nothing_is_lost(sample, tmp_path):
    def notebook(text: str) -> bytes:
        return json.dumps(answered(text)(released(sample), {})).encode()

    archive = tmp_path / "moodle.zip"
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(zipfile.ZipInfo("Anna Berg_4711_assignsubmission_file_/log-sum.ipynb", (2026, 5, 1, 12, 0, 0)), notebook("int first;"))
        files.writestr(zipfile.ZipInfo("Bernd Ohm_4712_assignsubmission_file_/Untitled.ipynb", (2026, 5, 3, 12, 0, 0)), notebook("int b;"))
        files.writestr("readme.txt", "x")
        files.writestr("../../outside_1_2_evil.ipynb", notebook("int evil;"))
        files.writestr("strange/other.ipynb", b"{}")
        files.writestr(".../log-sum.ipynb", notebook("int nobody;"))
        files.writestr("\x1b[2Jclara/log-sum.ipynb", notebook("int clara;"))
        files.writestr("damaged/log-sum.ipynb", notebook("int damaged;"))
    # A file whose bytes do not fit its checksum: the others are taken all the same.
    raw = archive.read_bytes()
    archive.write_bytes(raw.replace(b"int damaged;", b"int dam\0ged;"))
    taken = course(sample, "collect", str(archive))
    assert taken.returncode == 0, taken.stderr
    assert (sample / "submitted" / "anna" / NAME / f"{NAME}.ipynb").exists(), taken.stdout
    assert (sample / "submitted" / "Bernd-Ohm" / NAME / f"{NAME}.ipynb").exists()
    assert "Not taken: strange/other.ipynb: it belongs to no released assignment" in taken.stdout
    assert "Not taken: .../log-sum.ipynb: neither its name nor its folder says whose it is" in taken.stdout
    assert "Not taken: damaged/log-sum.ipynb: it cannot be read (Bad CRC-32" in taken.stdout
    assert "\x1b" not in taken.stdout and (sample / "submitted" / "2Jclara").is_dir(), taken.stdout
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "measured") == ["course", "moodle.zip"]
    again = course(sample, "collect", str(archive))
    assert "0 taken, 4 already here" in again.stdout, again.stdout
    folder = tmp_path / "canvas"
    folder.mkdir()
    (folder / "anna_LATE_12_345_log-sum-1.ipynb").write_bytes(notebook("int second;"))
    newer = course(sample, "collect", str(folder))
    assert "1 taken" in newer.stdout, newer.stdout + newer.stderr
    assert "int second" in (sample / "submitted" / "anna" / NAME / f"{NAME}.ipynb").read_text()
    (earlier,) = (sample / "earlier" / "anna" / NAME).glob("*.ipynb")
    assert "int first" in earlier.read_text()


def test_links_lead_nowhere(sample, tmp_path):
    """Of what was handed in, where folders are handed in: the link is hers, what it points to is not."""
    good = answered(GOOD % "")(released(sample), {})
    hand_in(sample, "anna", good)
    for student, where in (("to-a-file", f"{NAME}/{NAME}.ipynb"), ("to-a-folder", NAME), ("to-a-student", "")):
        link = sample / "submitted" / student / where
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(sample / "submitted" / "anna" / where)
    pipe = sample / "submitted" / "a-pipe" / NAME / f"{NAME}.ipynb"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    graded = course(sample, "grade", NAME)
    assert graded.returncode == 0, graded.stdout + graded.stderr
    assert {record(sample, s)["state"] for s in ("to-a-file", "to-a-folder", "to-a-student", "a-pipe")} == {"failed"}
    assert record(sample, "anna")["score"] == 3
    folder = tmp_path / "handed"
    (folder / "berta").mkdir(parents=True)
    (folder / "berta" / f"{NAME}.ipynb").symlink_to(sample / "submitted" / "anna" / NAME / f"{NAME}.ipynb")
    (folder / "clara").symlink_to(sample / "submitted" / "anna" / NAME)
    assert "0 taken" in course(sample, "collect", str(folder)).stdout


@pytest.mark.parametrize(
    "path, student",
    [
        ("Anna Berg_4711_assignsubmission_file_/x.ipynb", "Anna Berg"),
        ("Anna Berg_4711_assignsubmission_file_x.ipynb", "Anna Berg"),
        ("Anna Berg_4711_assignsubmission_file_/submitted/berta/log-sum.ipynb", "Anna Berg"),
        ("berganna_LATE_123_456_log-sum-2.ipynb", "berganna"),
        ("berganna_123_456_log-sum.ipynb", "berganna"),
        ("anna/log-sum/log-sum.ipynb", "anna"),
        ("submitted/anna/log-sum/log-sum.ipynb", "anna"),
        ("anna+log-sum+2026-05-01 12:00:00 UTC+0a1b/log-sum.ipynb", "anna"),
        ("anna/answers.ipynb", "anna"),
        ("log-sum_anna.ipynb", "anna"),
        ("anna-log-sum.ipynb", "anna"),
        ("log-sum.ipynb", None),
    ],
)
def test_whose_a_file_is(path, student):
    assert student_of(path, "log-sum", ["log-sum", "other"]) == student


def test_a_students_copy_holds_the_release_only(sample, tmp_path):
    copied = course(sample, "student", str(tmp_path / "hers"))
    assert copied.returncode == 0, copied.stderr
    files = [p for p in (tmp_path / "hers").rglob("*") if p.is_file()]
    assert [p.name for p in files] == [f"{NAME}.ipynb"]
    text = files[0].read_text()
    assert "SOLUTION" not in text and "HIDDEN" not in text and "log1p" not in text and "// 2 points" in text
    files[0].write_text("{}")
    course(sample, "student", str(tmp_path / "hers"))
    assert files[0].read_text() == "{}", "what a student wrote stays"


def test_a_student_checks_herself(sample, tmp_path):
    """As Validate in JupyterLab does: the visible tests, in a kernel of her own."""

    def checked(answer: str) -> str:
        path = tmp_path / "hers.ipynb"
        path.write_text(json.dumps(answered(answer)(released(sample), {})))
        command = [sys.executable, "-m", "nbgrader", "validate", str(path)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        return done.stdout + done.stderr

    assert "Success! Your notebook passes all the tests." in checked(GOOD % '  System.err.println("a is " + a);')
    wrong = checked(NOTHING)
    assert "VALIDATION FAILED ON 2 CELL(S)" in wrong and "log(1 + 1): expected 0.69314718" in wrong, wrong


@pytest.mark.parametrize("teacher", [False, True])
def test_the_teachers_menu_entries_are_for_teachers(teacher, tmp_path, program):
    (tmp_path / "hers.ipynb").write_text("{}")
    port = free_port()
    options = ["--teacher"] if teacher else []
    command = [str(ENVIRONMENT / "lab"), "--no-browser", "--folder", str(tmp_path), "--port", str(port), *options]
    program(command, env={**os.environ, "JUPYTER_TOKEN": TOKEN}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    page = get(f"http://127.0.0.1:{port}/lab?token={TOKEN}", 120)
    settings = json.loads(re.search(r'id="jupyter-config-data" type="application/json">(.*?)</script>', page, re.DOTALL)[1])
    off = set(settings["disabledExtensions"])
    entries = {f"@jupyter/nbgrader:{name}" for name in ("formgrader", "create-assignment", "course-list")}
    assert entries & off == (set() if teacher else entries)
    assert not {f"@jupyter/nbgrader:{name}" for name in ("validate-assignment", "assignment-list")} & off
    listed = json.loads(get(f"http://127.0.0.1:{port}/api/contents?token={TOKEN}"))
    assert [entry["name"] for entry in listed["content"]] == ["hers.ipynb"]


def test_mistakes_in_the_command_are_sentences(sample, tmp_path):
    for arguments, words in [
        (["grade", "nonsense"], "There is no assignment 'nonsense'"),
        (["release", "log-sum", "--due", "soon"], "'soon' is no date"),
        (["collect", str(tmp_path / "nowhere")], "does not exist"),
        (["grade", NAME, "--student", "nobody"], "nobody has handed in nothing"),
    ]:
        done = course(sample, *arguments)
        assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr, done.stderr
    (tmp_path / "no.zip").write_text("x")
    assert "neither a folder nor a zip" in course(sample, "collect", str(tmp_path / "no.zip")).stderr
    assert "Nothing is released" in course(tmp_path / "empty", "report").stderr


# ---- parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source, names",
    [
        ("void close(String a, double b) { }", "close/2"),
        ("public static <T extends Comparable<T>> List<Map<String, T>> f(int a, int... c) throws X { }", "f/-1"),
        ("double \\u0063heck(boolean b) { return 1; }", "check/1"),
        ("class Math { static double abs(double x) { return 0; } }", "Math"),
        ("record R(int a) { }\ninterface I { void close(); }\nenum E { A }\n@interface N { }\nsealed interface S permits Q { }", "R I E N S"),
        ("double org = 3, lowerbound = Math.max(1, 2), q;", "org lowerbound q"),
        ("int[] a = {1, 2}; int b[] = {3};\nint last", "a b last"),
        ("var f = new Object() { int inner; void close() { } };", "f"),
        ("// class Comment { }\nString s = \"class Text { }\"; /* class Block { } */ char c = '{';", "s c"),
        ('String t = """\n  class Text { "quoted" }\n  """;\nclass After { }', "t After"),
        ("for (int i = 0; i < 3; i++) { int x = 1; }\nif (a) { } else { int y; }\nx = 3; f(4); return z;", ""),
        ("import java.awt.List;\nimport java.util.*;\nimport static java.lang.Math.abs;", "List abs"),
        ("@Override @SuppressWarnings(\"x\") final int g(int a, Map<String, int[]> b) { return 1; }", "g/2"),
        ("Runnable r = () -> { } \n void close(int a) { }", "r close/1"),
        ("Object o = Foo.class; int n = a.class.b;", "o n"),
    ],
)
def test_declared_names_are_found(source, names):
    found = [d.name + (f"/{d.arity}" if d.kind == "method" else "") for d in java.declarations(source)]
    assert sorted(found) == sorted(names.split())
    assert "".join(token.text for token in java.tokens(source)) == source


def test_what_a_cell_defines_without_what_it_does():
    source = "import java.util.*;\ndouble f(double x) { int[] a = {1}; return x; }\nwhile (true) { }\nint[] q = {1, 2};\nrecord R(int a) { }\nfor (int i = 0; i < 3; i++) { f(i); }\nRunnable r = () -> { };\nclass A { int x = 3; }\nSystem.exit(0)"
    assert java.definitions(source) == "import java.util.*;\ndouble f(double x) { int[] a = {1}; return x; }\nrecord R(int a) { }\nclass A { int x = 3; }"


def test_a_students_names_are_kept_apart_from_the_tests():
    locked = ["import java.util.*;", "close(\"x\", 1, f(Math.abs(2), List.of()), 0);"]
    mine = ["void close(String a, double b, double c, double d) { }\nclass Math { }\nvoid close(int a) { }", "double f(double x, Object y) { close(\"\", 1, 2, 3); o.close(); Math m; return 1; }"]
    cells, said = java.apart(mine, locked, {"f"})
    assert not {"close", "Math"} & {d.name for cell in cells for d in java.declarations(cell)}
    assert "close_of_the_answer(\"\", 1, 2, 3); o.close(); Math_of_the_answer m" in cells[1] and "double f(double x" in cells[1]
    assert len(said) == 2 and "method close" in said[0]
    # What cannot be meant by a test stays: an overload with other parameters, the course's own imports.
    same = ["import java.util.List;\nvoid close(int a) { }\nvoid helper() { }"]
    assert java.apart(same, locked, {"f"}) == (same, [])
    other, said = java.apart(["import java.awt.List;\nList l;"], locked, {"f"})
    assert other[0].strip() == "java.awt.List l;" and "java.awt.List" in said[0]


def test_no_answer_to_an_assignment_uses_a_name_of_its_tests():
    """Else a solution would be renamed: the rule for authors that makes the rule for students harmless."""
    for path in (ROOT / "notebooks" / "assignments" / "source").glob("*/*.ipynb"):
        cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        solutions = ["".join(c["source"]) for c in cells if c["metadata"]["nbgrader"]["solution"]]
        locked = ["".join(c["source"]) for c in cells if not c["metadata"]["nbgrader"]["solution"]]
        stubs = [re.sub(r"// BEGIN SOLUTION.*?// END SOLUTION", "throw new E();", s, flags=re.DOTALL) for s in solutions]
        allowed = {d.name for stub in stubs for d in java.declarations(stub)}
        assert allowed, path
        assert java.apart(solutions, locked, allowed)[1] == [], path
        # Checks are called by their full names, and nothing that an answer may declare stands in their way.
        for source in locked:
            assert not re.search(r"(?<![\w.])(check|close)\(", source), f"{path.stem}: {source[:80]}"
            assert not {"org", "lowerbound", "claims"} & {d.name for d in java.declarations(source)}


def test_files_that_are_no_notebooks_are_named():
    for raw, words in [(b"", "empty"), (b"[1]", "no notebook"), (b'{"a": 1}', "no cells"), (b"\x00\xff", "no notebook"), (b"x" * 20_000_001, "bytes")]:
        with pytest.raises(Unreadable, match=words):
            written(raw)
    deep = b'{"cells": ' + b"[" * 100_000
    with pytest.raises(Unreadable):
        written(deep)


@pytest.mark.parametrize(
    "source, names",
    [
        ('eval("x")', "eval"),
        ('\\u0065v\u200bal("x")', "eval"),
        ('Class.for\u0001Name("x")', "forName"),
        ('// words\reval("x")', "eval"),
        ('Object o = f(Kernel::eval);', "eval"),
        ("%load x.java", "a magic, %"),
        ('String s = """\n  %load x\n""";', "a magic, %"),
        ("var x = %load x.java", "a magic, %"),
        ("import com.sun.jna.*;", "com.sun"),
        ("import static java.lang.reflect.Modifier.*;", "reflect"),
        ("var d = java.beans.Introspector.getBeanInfo(c);", "java.beans"),
        ("org.zeromq.ZMQ.context(1);", "org.zeromq"),
        ("import org.apache.commons.lang3.*;", "org.apache"),
        ("org.apache.commons.lang3.SerializationUtils.deserialize(b);", "org.apache"),
        ("new org.nd4j.common.io.ClassPathResource(n)", "org.nd4j"),
        ('Foo.class.getResourceAsStream("/REPL/$JShell$30.class")', "getResourceAsStream"),
        # Honest code, with the same letters.
        ('String s = "eval(reflect)"; // Class.forName', ""),
        ('System.out.printf("k = %3d%n", k);', ""),
        ("double y = polynomial.eval(3) + 5 % 2;", ""),
        ("int c = a\n  % b;", ""),
        ("double m = io.params.w; net.params.W = org.apache.commons.math3.util.FastMath.PI;", ""),
        ("import java.util.function.*; import org.nd4j.linalg.factory.Nd4j; import tech.tablesaw.api.Table;", ""),
    ],
)
def test_names_that_reach_the_tests(source, names):
    assert java.reaching(source) == names.split(" | ") * bool(names)


def test_no_exercise_needs_a_name_that_reaches_the_tests():
    """Of all solutions, bugs and right answers of the assignments, and of all cells of the chapters."""
    cells = [path.read_text(encoding="utf-8") for path in (ROOT / "notebooks" / "assignments").rglob("*.java")]
    for path in [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks" / "assignments" / "source").rglob("*.ipynb")]:
        cells += ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 200 and [(found, cell) for cell in cells if (found := java.reaching(cell))] == []


def test_feedback_names_hidden_tests_and_prints_visible_ones():
    source = 'Check.close("the mass", 1, f(1), 0);\n// BEGIN HIDDEN TESTS\nCheck.close("the mass of two", 2, f(2), 0);\n// END HIDDEN TESTS'
    assert feedback.is_hidden(source, "the mass of two: expected 2.0, but it is 3.0")
    assert not feedback.is_hidden(source, "the mass: expected 1.0, but it is 3.0")
    test = feedback.Course("t", "code", source, True, True, False, 2, "")

    def shown(message: str, hidden: bool = False) -> str:
        ran = {"outputs": [{"output_type": "error", "ename": "E", "evalue": message, "traceback": []}], "why": None}
        return feedback.one(test, ran, (0, 2), "f", hidden)

    secret = "the mass of two: expected 2.0, but it is 4.0 (twice as much)"
    assert "the mass of two" in shown(secret) and "4.0" not in shown(secret) and "Twice as much" in shown(secret) and "f(2)" not in shown(secret)
    assert "<dd>4</dd>" in shown(secret, hidden=True) and "f(2)" in shown(secret, hidden=True)
    # The compiler quotes the lines of a test, hidden ones too.
    compiler = "|   Check.close(\"the mass of two\", 2, f(2), 0);\ncannot find symbol\n  symbol:   method f(int)\n"
    assert "method f(int)" in shown(compiler) and "mass of two" not in shown(compiler) and "has another name" in shown(compiler)
    assert "<dd>0.7</dd>" in shown("the mass: expected 1.0, but it is 0.6999999999999988")
    # A sentence is a paragraph, which a phone can break; what has lines keeps them.
    assert "<p>it overflows</p>" in shown("it overflows") and "<pre>a\n| b</pre>" in shown("a\n| b")
    counted = feedback.Course("t", "code", 'Check.that(n > 2, "it says " + a);\n// BEGIN HIDDEN TESTS\nCheck.that(n > 3, "it rises by " + n + " in all");\n// END HIDDEN TESTS', True, True, False, 2, "")
    ran = {"outputs": [{"output_type": "error", "ename": "E", "evalue": "it rises by 7 in all", "traceback": []}], "why": None}
    assert "A hidden test fails: it rises by …</p>" in feedback.one(counted, ran, (0, 2), "f", False)
    assert "<dd>1.0000000001</dd>" in shown("the mass: expected 1.0, but it is 1.0000000001")
    assert "<dd>1</dd>" in shown("the mass: expected 1.0, but it is 3.0") and "<b>" not in shown("the mass<b>: expected 1.0, but it is 3.0")
