"""The exchange: the folder that a teacher and students on one machine, or on one volume, share.

It is nbgrader's, with its layout, and students use nbgrader's own commands and menus. What is ours is that
nobody gains by what she writes there: what is collected must belong to the student whose name it has, is
dated by the file system, and can be read by the teacher alone.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import pathlib
import shutil
import stat
from dataclasses import dataclass

from hub.identity import uid_of
from nbgrader.exchange.default import ExchangeSubmit

from .rebuild import LARGEST_FILE

# A time that differs by more from the file system's is not believed.
SECONDS = 60


class Submit(ExchangeSubmit):
    """nbgrader's, but what was handed in is closed to other students even if they learn its name.

    nbgrader leaves it open to everybody under a name that nobody can guess. The inbound folder passes on
    its group, which is the teacher's: where it does, that group may enter and nobody else.
    """

    def copy_files(self):
        super().copy_files()
        place = pathlib.Path(self.inbound_path, self.assignment_filename)
        if place.stat().st_gid == os.stat(self.inbound_path).st_gid:
            place.chmod(0o770)


@dataclass
class Handed:
    """One thing in the inbound folder; either what was read, or why it was not taken."""

    where: str
    student: str = ""
    assignment: str = ""
    raw: bytes = b""
    when: datetime.datetime = datetime.datetime.min
    secret: str = ""
    remark: str = ""
    refused: str = ""


def folder(config) -> pathlib.Path | None:
    """This course's part of the exchange; None where no exchange is named."""
    root = os.environ.get("LOWERBOUND_EXCHANGE")
    return pathlib.Path(root, config.CourseDirectory.course_id) if root else None


def obstacle(place: pathlib.Path) -> str | None:
    """Why nothing can be handed out here; None when it can."""
    if not os.access(place.parent, os.W_OK | os.X_OK):
        return f"The exchange {place.parent} is not there, or you may not write to it."
    if place.exists() and place.stat().st_uid != os.geteuid():
        return f"{place} belongs to {name_of(place.stat().st_uid)}, not to you; another user's course, or an intruder's. Remove it as root."
    return None


def guarded(place: pathlib.Path) -> None:
    """Nobody can remove or rename what others have handed in, even if she knows its name."""
    inbound = place / "inbound"
    if inbound.is_dir():
        inbound.chmod(0o3733)


def name_of(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"


def owns(student: str, uid: int) -> bool:
    """Whether the files of this user number are this student's: by the machine's users, or in pods by her name."""
    import pwd  # Windows, where a student may open JupyterLab too, has none.

    try:
        return pwd.getpwnam(student).pw_uid == uid
    except KeyError:
        return uid_of(student) == uid


def offered(place: pathlib.Path, released: list[str]):
    """All that lies in the inbound folder, read without following a link and as its owner's."""
    for name in sorted(os.listdir(place / "inbound")):
        parts = name.rsplit("+", 3)
        if len(parts) != 4 or parts[1] not in released:
            yield Handed(name, refused="its name is not one that nbgrader gives, for a released assignment")
            continue
        handed = Handed(name, parts[0], parts[1])
        try:
            take(handed, place / "inbound" / name, parts[2])
        except OSError as reason:
            handed.refused = f"it cannot be read ({reason.strerror})"
        yield handed


def take(handed: Handed, place: pathlib.Path, claimed: str) -> None:
    directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        there = sorted(os.listdir(directory))
        notebooks = [name for name in there if name.lower().endswith(".ipynb")]
        exact = f"{handed.assignment}.ipynb"
        if exact not in notebooks and len(notebooks) != 1:
            handed.refused = f"it holds no {exact}" + (", but several other notebooks" if notebooks else "")
            return
        handed.raw, seen = read(handed, directory, exact if exact in notebooks else notebooks[0])
        if not handed.refused and "submission_secret.txt" in there:
            handed.secret = read(handed, directory, "submission_secret.txt")[0].decode("ascii", "replace")
    finally:
        os.close(directory)
    said = None
    with contextlib.suppress(ValueError):
        said = datetime.datetime.strptime(claimed.removesuffix("UTC").strip(), "%Y-%m-%d %H:%M:%S.%f")
    handed.when = said or seen
    if said is None or abs((seen - said).total_seconds()) > SECONDS:
        handed.when = seen
        handed.remark = f"it says {claimed}, but was last changed at {seen:%Y-%m-%d %H:%M:%S} UTC, which counts"


def read(handed: Handed, directory: int, name: str) -> tuple[bytes, datetime.datetime]:
    """A file's bytes and when its owner last changed it; refused when it is another's, or no file at all."""
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
    with os.fdopen(file, "rb") as opened:
        found = os.fstat(file)
        seen = datetime.datetime.fromtimestamp(found.st_ctime, datetime.timezone.utc).replace(tzinfo=None)
        if not stat.S_ISREG(found.st_mode):
            handed.refused = f"{name} is no ordinary file"
        elif not owns(handed.student, found.st_uid):
            handed.refused = f"{name} belongs to {name_of(found.st_uid)}, not to {handed.student}"
        elif found.st_size > LARGEST_FILE:
            handed.refused = f"{name} has more than {LARGEST_FILE:,} bytes"
        return b"" if handed.refused else opened.read(LARGEST_FILE), seen


def give_back(api, submitted: pathlib.Path, feedback: pathlib.Path, name: str, student: str) -> bool:
    """A page of feedback to the student who handed in over the exchange; False for who did otherwise."""
    if not (submitted / "submission_secret.txt").exists():
        return False
    for file in ("timestamp.txt", "submission_secret.txt"):
        shutil.copy(submitted / file, feedback / file)
    # The copy in the exchange has its mode; there its name alone, made from the secret, leads to it.
    (feedback / f"{name}.html").chmod(0o644)
    result = api.release_feedback(name, student)
    if not result["success"]:
        raise OSError(result.get("log") or result.get("error") or "nbgrader does not say why")
    return True
