"""The course from release to grades: what ./environment/course calls. Thin over nbgrader.

A course is a folder laid out as nbgrader wants it: source/, release/, submitted/STUDENT/NAME/NAME.ipynb,
autograded/, feedback/, gradebook.db; and graded/NAME/STUDENT.json, what came of each submission.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime
import functools
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import statistics
import sys
import threading
import time
import unicodedata
import warnings
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor, as_completed

import nbformat
import psutil
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.coursedir import CourseDirectory

from . import box, exchange, feedback
from .preprocessors import Plan, asked, course_cells, executed, kernelspec, read, record
from .rebuild import LARGEST_FILE, Unreadable, mark_of, rebuilt, written

# nbgrader's own queries, of which it knows.
warnings.filterwarnings("ignore", module=r"nbgrader\.")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COURSE = ROOT / "notebooks" / "assignments"
STAGED = "staged"
# A kernel keeps within 2 GiB; this much must be free for each submission that is graded at a time.
MEMORY_EACH = 3 << 30


class Failed(Exception):
    """A sentence for the teacher."""


def say(text: str = "") -> None:
    """A line for the teacher; what students have put into names cannot steer her terminal."""
    print("".join(c if c == "\n" or c.isprintable() else "?" for c in text), flush=True)


class Course:
    """A course's folder, its gradebook, and nbgrader set up for it."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder.resolve()
        app = NbGraderApp()
        app.log_level = "CRITICAL"
        app.load_config_file()
        self.config = app.config.copy()
        self.config.CourseDirectory.root = str(self.folder)
        self.config.CourseDirectory.db_url = f"sqlite:///{self.folder}/gradebook.db"
        self.config.NbGraderAPI.log_level = "CRITICAL"
        # A release replaces what was handed out before.
        self.config.ExchangeReleaseAssignment.force = True
        self.url = self.config.CourseDirectory.db_url

    def api(self, submitted: str | None = None) -> NbGraderAPI:
        config = self.config.copy()
        if submitted:
            config.CourseDirectory.submitted_directory = submitted
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        api.log_level = "CRITICAL"
        return api

    def gradebook(self) -> Gradebook:
        return Gradebook(self.url)

    def sources(self) -> list[str]:
        found = {path.parent.name for place in (self.folder, COURSE) for path in place.glob("source/*/*.ipynb") if path.stem == path.parent.name}
        return sorted(found)

    def released(self) -> list[str]:
        if not (self.folder / "gradebook.db").exists():
            return []
        with self.gradebook() as gradebook:
            return sorted(assignment.name for assignment in gradebook.assignments if assignment.notebooks)

    def find(self, name: str, among: list[str]) -> str:
        """The assignment meant by its name or its number."""
        found = [other for other in among if other == name or re.fullmatch(r"\d+", name) and other.startswith(f"{int(name):02d}-")]
        if len(found) != 1:
            raise Failed(f"There is no assignment '{name}' here. There are: {', '.join(among) or 'none; release one first'}.")
        return found[0]

    def file(self, student: str, name: str) -> pathlib.Path:
        return self.folder / "submitted" / student / name

    def roster(self) -> list[str]:
        with self.gradebook() as gradebook:
            return sorted(student.id for student in gradebook.students)


# ---- release -------------------------------------------------------------------------------------


def release(course: Course, names: list[str], due: str | None) -> int:
    due_utc = None
    if due:
        try:
            local = datetime.datetime.fromisoformat(due)
        except ValueError:
            raise Failed(f"'{due}' is no date. Write it as 2026-12-01 or 2026-12-01T23:59.") from None
        if len(due) <= 10:
            local = local.replace(hour=23, minute=59)
        due_utc = local.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    wanted = course.sources() if names == ["all"] else [course.find(name, course.sources()) for name in names]
    course.folder.mkdir(parents=True, exist_ok=True)
    import_roster(course)
    for name in wanted:
        source = course.folder / "source" / name
        if course.folder != COURSE and not source.exists():
            shutil.copytree(COURSE / "source" / name, source)
        result = course.api().generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise Failed(f"nbgrader could not release {name}: {last_line(result)}")
        with course.gradebook() as gradebook:
            assignment = gradebook.find_assignment(name)
            if due_utc:
                assignment.duedate = due_utc
                gradebook.db.commit()
            points, until = assignment.max_score, assignment.duedate
        when = f", due {local_time(until)}" if until else ""
        say(f"{name}: {points:g} points{when}: {course.folder / 'release' / name / (name + '.ipynb')}")
        hand_out(course, name)
    return 0


def hand_out(course: Course, name: str) -> None:
    """Over the exchange, where there is one."""
    place = exchange.folder(course.config)
    if not place:
        return
    if reason := exchange.obstacle(place):
        raise Failed(reason)
    result = course.api().release_assignment(name)
    if not result["success"]:
        raise Failed(f"nbgrader could not hand out {name}: {last_line(result)}")
    exchange.guarded(place)
    say(f"Handed out: {place / 'outbound' / name}")


def last_line(result: dict) -> str:
    """What nbgrader says last, when something did not work."""
    lines = [line for line in (result.get("log") or result.get("error") or "").splitlines() if line.strip()]
    return lines[-1] if lines else "it does not say why"


def import_roster(course: Course) -> None:
    """students.csv, with a column id and, if known, first_name, last_name, email."""
    path = course.folder / "students.csv"
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and "id" not in rows[0]:
        raise Failed(f"{path} has no column 'id'. Its first line should be: id,first_name,last_name,email")
    with course.gradebook() as gradebook:
        for row in rows:
            if identifier(row.get("id") or ""):
                known = {key: row[key] for key in ("first_name", "last_name", "email") if row.get(key)}
                gradebook.update_or_create_student(identifier(row["id"]), **known)


def local_time(utc: datetime.datetime) -> str:
    return utc.replace(tzinfo=datetime.timezone.utc).astimezone().strftime("%Y-%m-%d %H:%M")


def identifier(text: str) -> str:
    """A name as a folder's: letters, digits, . - _ @ +; no path leads out of it. Empty where nothing is left of it."""
    text = unicodedata.normalize("NFC", text).strip()
    return re.sub(r"[^\w.@+-]+", "-", text).strip("-.")[:80]


# ---- collect -------------------------------------------------------------------------------------


def collect(course: Course, place: pathlib.Path | None, assignment: str | None) -> int:
    """Takes what a platform or an exchange gave, whatever it calls the files."""
    released = course.released()
    if not released:
        raise Failed("Nothing is released yet. Begin with: ./environment/course release NAME")
    wanted = course.find(assignment, released) if assignment else None
    if place is None:
        return collect_exchange(course, [wanted] if wanted else released)
    if not place.exists():
        raise Failed(f"{place} does not exist.")
    marks = {}
    with course.gradebook() as gradebook:
        for name in released:
            marks[name] = {cell.name for cell in course_cells(gradebook, name, name) if cell.cell_type == "code"}
        people = {f"{s.first_name or ''} {s.last_name or ''}".strip().lower(): s.id for s in gradebook.students}
    taken, same, ignored = 0, 0, []
    for path, opened, when in sorted(offered(place), key=lambda offer: (offer[2], offer[0])):
        try:
            with opened() as file:
                raw = file.read(LARGEST_FILE + 1)
        # What a damaged or protected archive can bring forth.
        except (OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as reason:
            ignored.append(f"{path}: it cannot be read ({reason})")
            continue
        if len(raw) > LARGEST_FILE:
            ignored.append(f"{path}: more than {LARGEST_FILE:,} bytes")
            continue
        name = wanted or guess(path, raw, released, marks)
        if not name:
            ignored.append(f"{path}: it belongs to no released assignment (name it with --assignment)")
            continue
        student = student_of(path, name, released)
        student = student and (people.get(student.lower()) or identifier(student))
        if not student:
            ignored.append(f"{path}: neither its name nor its folder says whose it is")
            continue
        if put(course, student, name, raw, when):
            taken += 1
            say(f"{student}: {name}, of {local_time(when)}, from {path}")
        else:
            same += 1
    for sentence in ignored:
        say(f"Not taken: {sentence}")
    say(f"{taken} taken, {same} already here or older, {len(ignored)} not taken.")
    return 1 if ignored and not taken and not same else 0


def collect_exchange(course: Course, released: list[str]) -> int:
    """What students have handed in with nbgrader, on this machine or volume."""
    place = exchange.folder(course.config)
    if not place:
        raise Failed("Name the folder or zip archive to collect from. (Without one it is the exchange, which LOWERBOUND_EXCHANGE names.)")
    if not (place / "inbound").is_dir():
        raise Failed(f"Nothing can have been handed in: {place} has no folder inbound. Release an assignment first.")
    taken, same, refused = 0, 0, 0
    for handed in sorted(exchange.offered(place, released), key=lambda handed: handed.when):
        if handed.refused:
            refused += 1
            say(f"Not taken: {handed.where}: {handed.refused}")
        elif put(course, identifier(handed.student), handed.assignment, handed.raw, handed.when, handed.secret):
            taken += 1
            say(f"{handed.student}: {handed.assignment}, of {local_time(handed.when)}{': ' + handed.remark if handed.remark else ''}")
        else:
            same += 1
    say(f"{taken} taken, {same} already here or older, {refused} not taken.")
    return 1 if refused and not taken and not same else 0


def offered(place: pathlib.Path):
    """Every notebook in a folder or an archive: its path there, how to open it, its time."""
    if place.is_dir():
        for path in place.rglob("*"):
            if path.suffix.lower() == ".ipynb" and path.is_file() and not path.is_symlink() and ".ipynb_checkpoints" not in path.parts:
                when = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc).replace(tzinfo=None)
                stamp = path.parent / "timestamp.txt"
                if stamp.is_file():
                    with contextlib.suppress(ValueError, OSError):
                        when = parsed_time(stamp.read_text())
                yield str(path.relative_to(place)), functools.partial(path.open, "rb"), when
        return
    try:
        archive = zipfile.ZipFile(place)
    except zipfile.BadZipFile:
        raise Failed(f"{place} is neither a folder nor a zip archive.") from None
    for info in archive.infolist():
        if info.is_dir() or not info.filename.lower().endswith(".ipynb") or "__MACOSX" in info.filename:
            continue
        try:
            when = datetime.datetime(*info.date_time)
        except ValueError:  # a month 0: by a program that had no time
            when = datetime.datetime(1980, 1, 1)
        yield info.filename, functools.partial(archive.open, info), when.astimezone(datetime.timezone.utc).replace(tzinfo=None)


def parsed_time(text: str) -> datetime.datetime:
    """nbgrader's timestamp.txt: 2026-11-27 02:00:00.000000 UTC."""
    text = text.strip()
    zone = datetime.timezone.utc if text.endswith("UTC") else None
    when = datetime.datetime.fromisoformat(text.removesuffix("UTC").strip())
    when = when.replace(tzinfo=zone) if zone else when
    return when.astimezone(datetime.timezone.utc).replace(tzinfo=None)


def guess(path: str, raw: bytes, released: list[str], marks: dict[str, set[str]]) -> str | None:
    """Which assignment a file belongs to: by its cells, or else by its name."""
    try:
        found = {mark for cell in written(raw).cells if (mark := mark_of(cell))}
    except Unreadable:
        found = set()
    best = max(released, key=lambda name: len(found & marks[name]) / max(1, len(marks[name])))
    if len(found & marks[best]) >= max(1, len(marks[best]) // 3):
        return best
    named = [name for name in released if name in path]
    return named[0] if len(named) == 1 else None


def student_of(path: str, name: str, released: list[str]) -> str | None:
    """Whose a file is, by the habits of nbgrader, Moodle, Canvas, or a folder or a prefix of her name."""
    parts = pathlib.PurePosixPath(path.replace("\\", "/")).parts
    # The outermost name is the platform's; what lies below it, a student may have called after another one.
    for part in parts:
        if moodle := re.match(r"(.+?)_\d+_assignsubmission_", part):
            return moodle[1]
    stem = re.sub(r"\.ipynb$", "", parts[-1], flags=re.IGNORECASE)
    canvas = re.match(r"([^_]+)(?:_LATE)?_\d+_\d+_", stem)
    if canvas:
        return canvas[1]
    folders = [part for part in parts[:-1] if part not in released and part not in ("submitted", "inbound", "downloaded", "..", ".")]
    # nbgrader's exchange: STUDENT+NAME+TIME, with a random part.
    if folders and folders[-1].count("+") >= 2:
        return folders[-1].split("+")[0]
    rest = stem
    for other in (name, *released):
        if other in rest:
            rest = rest.replace(other, "").strip(" _-+.")
            break
    if rest and rest != stem:
        return rest
    if folders:
        return folders[-1]
    return rest or None


def put(course: Course, student: str, name: str, raw: bytes, when: datetime.datetime, secret: str = "") -> bool:
    """Into submitted/, the newest; what it replaces is kept in earlier/. With the secret the exchange gives feedback back."""
    folder = course.file(student, name)
    to, stamp = folder / f"{name}.ipynb", folder / "timestamp.txt"
    if to.exists():
        before = parsed_time(stamp.read_text()) if stamp.exists() else datetime.datetime.min
        if before >= when or to.read_bytes() == raw:
            return False
        kept = course.folder / "earlier" / student / name / f"{before:%Y-%m-%d-%H%M%S}.ipynb"
        kept.parent.mkdir(parents=True, exist_ok=True)
        to.replace(kept)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.part"
    part.write_bytes(raw)
    part.replace(to)
    stamp.write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n")
    if secret:
        (folder / "submission_secret.txt").write_text(secret)
    else:
        (folder / "submission_secret.txt").unlink(missing_ok=True)
    return True


# ---- grade ---------------------------------------------------------------------------------------


def grade(course: Course, name: str, students: list[str], again: bool, side: int | None) -> int:
    name = course.find(name, course.released())
    import_roster(course)
    try:
        box.require_sandbox()
    except box.NoSandbox as reason:
        raise Failed(str(reason)) from None
    if not box.sandboxed():
        say("Without a sandbox: what students wrote runs with your rights.")
    there = sorted(path.parent.name for path in course.folder.glob(f"submitted/*/{name}") if path.is_dir())
    for student in students:
        if student not in there:
            raise Failed(f"{student} has handed in nothing for {name}.")
    wanted = students or there
    with course.gradebook() as gradebook:
        cells = course_cells(gradebook, name, name)
        spec = kernelspec(gradebook, name, name)
    version = hashlib.sha256(json.dumps([[c.name, c.source, c.points] for c in cells]).encode()).hexdigest()
    todo = []
    for student in wanted:
        before = read(record(course.folder, name, student))
        if again or before.get("version") != version or before.get("handed") != fingerprint(course, student, name) or before.get("state") not in ("graded", "failed"):
            todo.append(student)
    if len(todo) < len(wanted):
        say(f"{len(wanted) - len(todo)} of {len(wanted)} are graded already (--again grades them anew).")
    side = side or max(1, min(os.cpu_count() or 1, psutil.virtual_memory().available // MEMORY_EACH))
    began, done, runs, own = time.monotonic(), 0, [], processor_time()
    with Memory() as memory, ThreadPoolExecutor(side) as pool:
        waiting = {pool.submit(run_one, course, name, student, cells, spec, version): student for student in todo}
        try:
            for future in as_completed(waiting):
                student = waiting[future]
                result = future.result()
                if result["state"] == "run":
                    save(course, name, student, result)
                keep(course, name, student, result)
                done += 1
                run = result.get("run")
                took = ""
                if run:
                    runs.append(run)
                    took = f", {run['cpu'] + run['runner']:.1f} s of CPU, {run['peak'] / 2**30:.2f} GiB"
                left = (time.monotonic() - began) / done * (len(todo) - done)
                score = f"{result['score']:g} of {result['most']:g}" if result.get("score") is not None else result["state"]
                say(f"[{done}/{len(todo)}, {duration(left)} left] {student}: {score}{took}{' (' + result['why'] + ')' if result['why'] else ''}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if todo:
        say(f"{len(todo)} graded in {duration(time.monotonic() - began)}, {side} side by side, {memory.peak / 2**30:.2f} GiB at most for all that ran at a time.")
    if runs:
        say(account(runs, (processor_time() - own) / len(todo)))
    table(course, name)
    return 0


def processor_time() -> float:
    """Of this process, not of what it has started."""
    used = psutil.Process().cpu_times()
    return used.user + used.system


class Memory:
    """The most that this process and all that it has started hold at a time, looked at once a second."""

    def __enter__(self):
        self.peak, self.over = 0, threading.Event()
        self.watch = threading.Thread(target=self.look, daemon=True)
        self.watch.start()
        return self

    def look(self) -> None:
        this = psutil.Process()
        while True:
            held = 0
            for process in [this, *this.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    held += process.memory_info().rss
            self.peak = max(self.peak, held)
            if self.over.wait(1):
                return

    def __exit__(self, *_) -> None:
        self.over.set()
        self.watch.join()


PHASES = {"start": "starting Java", "given": "the course's imports and helpers", "answers": "the answers", "tests": "the tests"}


def account(runs: list[dict], here: float) -> str:
    """Where the processor time of a submission goes, on the average."""
    total = sorted(run["cpu"] + run["runner"] + here for run in runs)
    parts = [f"{said} {statistics.mean(run.get('phases', {}).get(name, 0) for run in runs):.1f}" for name, said in PHASES.items()]
    parts += [f"the sandbox {statistics.mean(run['runner'] for run in runs):.1f}", f"nbgrader {here:.1f}"]
    most = max(run["peak"] for run in runs)
    return f"CPU of a submission: {statistics.median(total):.1f} s (median; most {total[-1]:.1f}), on the average {', '.join(parts)}; at most {most / 2**30:.2f} GiB for one."


def duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def the_file(course: Course, student: str, name: str) -> pathlib.Path:
    """What was handed in: NAME.ipynb, or the only notebook that is there under another name."""
    folder = course.file(student, name)
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Unreadable("What was handed in is a link to another folder.")
    exact = folder / f"{name}.ipynb"
    others = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".ipynb")
    chosen = exact if exact.exists() else others[0] if len(others) == 1 else None
    if chosen is None:
        raise Unreadable("There are several notebooks, none of them called " + f"{name}.ipynb." if others else "There is no notebook in what was handed in.")
    if chosen.is_symlink() or not chosen.is_file():
        raise Unreadable("What was handed in is no ordinary file.")
    if chosen.stat().st_size > LARGEST_FILE:
        raise Unreadable(f"The file has {chosen.stat().st_size:,} bytes; more than {LARGEST_FILE:,} are not read.")
    return chosen


def fingerprint(course: Course, student: str, name: str) -> str:
    try:
        return hashlib.sha256(the_file(course, student, name).read_bytes()).hexdigest()
    except (Unreadable, OSError) as reason:
        return str(reason)


def run_one(course: Course, name: str, student: str, cells, spec: dict, version: str) -> dict:
    """One submission, read, rebuilt and run; what goes wrong is this submission's alone."""
    result = {"student": student, "assignment": name, "version": version, "handed": fingerprint(course, student, name), "why": "", "score": None, "most": sum(c.points for c in cells)}
    try:
        path = the_file(course, student, name)
        handed = written(path.read_bytes())
        if path.name != f"{name}.ipynb":
            handed.mended.append(f"the file was called {path.name}")
        notebook, found = rebuilt(handed, cells, spec)
        notebook.metadata["lowerbound"] = {"found": found, "asked": asked(cells)}
        if not any(mark_of(cell) in {c.name for c in cells} for cell in handed.cells):
            found.append("none of its cells is one of this assignment's: is it another notebook?")
        plan = Plan(notebook)
        run = executed(plan)
        if run["tests"] and all(test["why"] in ("start", "lost") for test in run["tests"]) and not run["kernels"]:
            raise Unreadable("The Java kernel did not start in the sandbox" + (": " + run["notes"][0] if run["notes"] else "."))
        stage = course.folder / STAGED / student / name
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        nbformat.write(notebook, stage / f"{name}.ipynb")
        stamp = course.file(student, name) / "timestamp.txt"
        if stamp.exists():
            shutil.copy(stamp, stage)
        notes = [*handed.mended, *found, *run["renamed"], *stopped(plan, run)]
        return {**result, "state": "run", "run": run, "notes": notes, "why": "; ".join(notes)}
    except Unreadable as reason:
        return {**result, "state": "failed", "why": str(reason)}
    except Exception as error:  # one submission never ends the others
        return {**result, "state": "failed", "why": f"grading it failed: {type(error).__name__}: {error}"}


def stopped(plan: Plan, run: dict) -> list[str]:
    reasons: dict[str, int] = {}
    for cell in [*run["setup"], *run["tests"]]:
        if cell["why"]:
            reasons[cell["why"]] = reasons.get(cell["why"], 0) + 1
    return [f"{count} {'cells' if count > 1 else 'cell'}: {box.WHY.get(why, why)}" for why, count in reasons.items()]


def save(course: Course, name: str, student: str, result: dict) -> None:
    """Into nbgrader's gradebook, by nbgrader."""
    keep(course, name, student, result)
    graded = course.api(STAGED).autograde(name, student, force=True, create=True)
    if not graded["success"]:
        result.update(state="failed", why=f"nbgrader could not grade it: {last_line(graded)}")
        return
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(name, student)
        result.update(state="graded", score=submission.score, most=submission.max_score, late=submission.total_seconds_late)


def keep(course: Course, name: str, student: str, result: dict) -> None:
    path = record(course.folder, name, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)


# ---- report --------------------------------------------------------------------------------------


def rows(course: Course, name: str) -> list[dict]:
    """A row a student: of the roster, and whoever handed in."""
    people = set(course.roster()) | {path.parent.name for path in course.folder.glob(f"submitted/*/{name}") if path.is_dir()}
    found = []
    with course.gradebook() as gradebook:
        most = gradebook.find_assignment(name).max_score
        for student in sorted(people):
            before = read(record(course.folder, name, student))
            row = {"student": student, "first_name": "", "last_name": "", "email": "", "assignment": name, "state": before.get("state", "missing"), "score": "", "of": most, "late": "", "why": before.get("why", "")}
            with contextlib.suppress(MissingEntry):
                person = gradebook.find_student(student)
                row.update({key: getattr(person, key) or "" for key in ("first_name", "last_name", "email")})
            if not course.file(student, name).is_dir():
                row["state"] = "missing"
            elif not before:
                row["state"] = "not graded yet"
            elif before["state"] == "graded":
                with contextlib.suppress(MissingEntry):
                    submission = gradebook.find_submission(name, student)
                    row.update(score=submission.score, late=hours(submission.total_seconds_late))
                if any(test["why"] for test in before.get("run", {}).get("tests", [])):
                    row["state"] = "partly"
            found.append(row)
    return found


def hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds > 0 else ""


def table(course: Course, name: str) -> None:
    found = rows(course, name)
    width = max([7, *(len(row["student"]) for row in found)])
    say()
    say(f"{'student':{width}}  {'state':14}  {'points':>11}  {'late':>8}  remarks")
    for row in found:
        points = f"{row['score']:g} of {row['of']:g}" if row["score"] != "" else "-"
        say(f"{row['student']:{width}}  {row['state']:14}  {points:>11}  {row['late']:>8}  {row['why'][:160]}")
    counts = {state: sum(row["state"] == state for row in found) for state in ("graded", "partly", "failed", "missing", "not graded yet")}
    late = sum(bool(row["late"]) for row in found)
    said = [f"{counts['graded'] + counts['partly']} graded" + (f" ({counts['partly']} of them partly)" if counts["partly"] else "")]
    said += [f"{counts['failed']} failed", f"{late} late", f"{counts['missing']} missing"]
    if counts["not graded yet"]:
        said.append(f"{counts['not graded yet']} not graded yet")
    say(f"{name}: {', '.join(said)}.")


FORMATS = {
    "csv": ["student", "first_name", "last_name", "email", "assignment", "state", "score", "of", "late", "why"],
    "moodle": ["Username", "Email address", "Grade", "Feedback comments"],
    "canvas": ["Student", "ID", "SIS Login ID", "Section"],
}


def report(course: Course, names: list[str], form: str) -> int:
    released = course.released()
    chosen = [course.find(name, released) for name in names] or released
    if not chosen:
        raise Failed("Nothing is released yet. Begin with: ./environment/course release NAME")
    for name in chosen:
        table(course, name)
    if form == "moodle" and len(chosen) != 1:
        raise Failed("Moodle takes the grades of one assignment at a time: name it.")
    to = course.folder / ("grades.csv" if form == "csv" else f"grades-{form}.csv")
    with io.StringIO() as text:
        writer = csv.writer(text, lineterminator="\n")
        if form == "canvas":
            writer.writerow([*FORMATS[form], *chosen])
            by = {name: {row["student"]: row for row in rows(course, name)} for name in chosen}
            writer.writerow(["    Points Possible", "", "", "", *(next(iter(by[name].values()))["of"] if by[name] else "" for name in chosen)])
            for student in sorted({student for found in by.values() for student in found}):
                one = next(found[student] for found in by.values() if student in found)
                person = f"{one['last_name']}, {one['first_name']}" if one["last_name"] else student
                writer.writerow([person, "", student, "", *(by[name].get(student, {}).get("score", "") for name in chosen)])
        else:
            writer.writerow(FORMATS[form])
            for name in chosen:
                for row in rows(course, name):
                    if form == "moodle":
                        writer.writerow([row["student"], row["email"], row["score"], row["why"]])
                    else:
                        writer.writerow([row[key] for key in FORMATS[form]])
        # A spreadsheet takes a cell that begins with = for a formula.
        to.write_text("\n".join(harmless(line) for line in text.getvalue().splitlines()) + "\n", encoding="utf-8")
    say(f"\nWritten: {to}")
    return 0


def harmless(line: str) -> str:
    return re.sub(r'(^|,)("?)([=+@])', r"\1\2'\3", line)


# ---- feedback, student ---------------------------------------------------------------------------


def give_feedback(course: Course, name: str, hidden: bool) -> int:
    name = course.find(name, course.released())
    written_pages, returned = 0, 0
    shared, api = exchange.folder(course.config), course.api()
    with course.gradebook() as gradebook:
        cells = course_cells(gradebook, name, name)
        for row in rows(course, name):
            student = row["student"]
            result = read(record(course.folder, name, student))
            if result.get("state") not in ("graded", "failed"):
                continue
            scores = {}
            with contextlib.suppress(MissingEntry):
                submission = gradebook.find_submission(name, student)
                scores = {grade.cell.name: (grade.score, grade.max_score) for notebook in submission.notebooks for grade in notebook.grades}
            page = feedback.page(name, row, result, cells, scores, hidden)
            to = course.folder / "feedback" / student / name / f"{name}.html"
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_text(page, encoding="utf-8")
            written_pages += 1
            if shared:
                try:
                    returned += exchange.give_back(api, course.file(student, name), to.parent, name, student)
                except OSError as reason:
                    raise Failed(f"The feedback for {student} could not be returned over the exchange: {reason}") from None
    say(f"{written_pages} pages in {course.folder / 'feedback'}/STUDENT/{name}/{name}.html")
    if shared:
        say(f"{returned} of them returned over the exchange.")
    return 0 if written_pages else 1


def student_copy(course: Course, folder: pathlib.Path) -> int:
    """What a student gets: the released notebooks and nothing else; what she wrote there stays."""
    released = [name for name in course.released() if (course.folder / "release" / name / f"{name}.ipynb").exists()]
    if not released:
        raise Failed("Nothing is released yet. Begin with: ./environment/course release NAME")
    folder.mkdir(parents=True, exist_ok=True)
    for name in released:
        to = folder / name / f"{name}.ipynb"
        if to.exists():
            say(f"{to} is there already and stays as it is.")
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(course.folder / "release" / name / f"{name}.ipynb", to)
        say(str(to))
    say(f"Opened with: ./environment/lab --folder {folder}")
    return 0


# ---- the command ---------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="./environment/course", description="The course from release to grades. Each command can be given again.")
    top.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(os.environ.get("LOWERBOUND_COURSE") or COURSE), help="the course's folder (LOWERBOUND_COURSE; else notebooks/assignments)")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("release", help="make the students' version of assignments")
    one.add_argument("names", nargs="+", metavar="NAME", help="an assignment's name or number, or all")
    one.add_argument("--due", help="when it is due: 2026-12-01 or 2026-12-01T23:59")
    one = commands.add_parser("collect", help="take what was handed in, from a folder or a zip of any platform")
    one.add_argument("place", type=pathlib.Path, nargs="?", metavar="FOLDER|ZIP", help="left out: the exchange, which LOWERBOUND_EXCHANGE names")
    one.add_argument("--assignment", metavar="NAME", help="which assignment they belong to, where the files do not say so")
    one = commands.add_parser("grade", help="grade what was handed in, in the sandbox; goes on where it was stopped")
    one.add_argument("name", metavar="NAME")
    one.add_argument("--student", action="append", default=[], metavar="ID", help="only this one (may be repeated)")
    one.add_argument("--again", action="store_true", help="also what is graded already")
    one.add_argument("--side", type=int, metavar="N", help="so many side by side (as many as cores and 3 GiB each allow)")
    one.add_argument("--without-sandbox", action="store_true", help="run what students wrote with your own rights")
    one = commands.add_parser("feedback", help="write a page for each submission")
    one.add_argument("name", metavar="NAME")
    one.add_argument("--hidden", action="store_true", help="print hidden tests and their numbers too")
    one = commands.add_parser("report", help="print the grades and write grades.csv")
    one.add_argument("names", nargs="*", metavar="NAME")
    one.add_argument("--format", choices=sorted(FORMATS), default="csv", help="for a platform's import")
    one = commands.add_parser("student", help="make a student's copy: the released assignments and nothing else")
    one.add_argument("to", type=pathlib.Path, metavar="FOLDER")
    return top


def main() -> int:
    options = parser().parse_args()
    if getattr(options, "without_sandbox", False):
        os.environ["LOWERBOUND_SANDBOX"] = "off"
    try:
        course = Course(options.folder)
        if options.command == "release":
            return release(course, options.names, options.due)
        if options.command == "collect":
            return collect(course, options.place, options.assignment)
        if options.command == "grade":
            return grade(course, options.name, options.student, options.again, options.side)
        if options.command == "feedback":
            return give_feedback(course, options.name, options.hidden)
        if options.command == "report":
            return report(course, options.names, options.format)
        return student_copy(course, options.to)
    except Failed as sentence:
        print(sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
