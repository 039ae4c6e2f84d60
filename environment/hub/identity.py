"""Who is who on a hub: the roster, and on Kubernetes a user number for each name.

On a server each student is a Unix user, and the files that she hands in are hers. In pods there is only
the number, so it is made from the name: the same in every pod, on every day, and for the teacher who asks
whose a file is. Needs nothing but Python's own library, because the hub's pod has nothing else.
"""

from __future__ import annotations

import csv
import hashlib
import pathlib
import sys

# Above the numbers that systems give away, below 2^31.
FIRST, COUNT = 1_000_000, 1_000_000_000


def uid_of(name: str) -> int:
    """The user number of a name in the pods."""
    return FIRST + int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % COUNT


def distinct(names) -> dict[str, int]:
    """The user number of each name; a ValueError names two that share one."""
    found: dict[int, str] = {}
    for name in names:
        other = found.setdefault(uid_of(name), name)
        if other != name:
            raise ValueError(f"{name} and {other} would have the same user number: change one of the names.")
    return {name: number for number, name in found.items()}


def students(course: pathlib.Path) -> list[str]:
    """The names in the course's students.csv; a ValueError says what is wrong with it."""
    path = course / "students.csv"
    if not path.is_file():
        raise ValueError(f"{path} is missing: the students who may enter, with a first line id,first_name,last_name,email")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and "id" not in rows[0]:
        raise ValueError(f"{path} has no column 'id'. Its first line should be: id,first_name,last_name,email")
    return [name for row in rows if (name := (row["id"] or "").strip())]


def users(course: pathlib.Path) -> tuple[str, list[str]]:
    """On a server: the teacher, who owns the course's folder, and the students; each a user of this machine."""
    import pwd

    if not course.is_dir():
        raise ValueError(f"There is no folder {course}.")
    owner = pwd.getpwuid(course.stat().st_uid)
    if owner.pw_uid == 0:
        raise ValueError(f"{course} belongs to root. It has to belong to the teacher: chown -R NAME {course}")
    found = [name for name in students(course) if name != owner.pw_name]
    unknown = []
    for name in found:
        try:
            if pwd.getpwnam(name).pw_uid < 1000:
                raise ValueError(f"{name} in {course / 'students.csv'} is a user of the system, not a student.")
        except KeyError:
            unknown.append(name)
    if unknown:
        raise ValueError(f"No users of this machine: {', '.join(unknown)}. Create them: sudo useradd --create-home NAME && sudo passwd NAME")
    return owner.pw_name, found


if __name__ == "__main__":
    # identity.py COURSE: is it fit for a server? Or identity.py --number NAME…: their numbers in the pods.
    try:
        if sys.argv[1] == "--number":
            for one, number in distinct(sys.argv[2:]).items():
                print(number, one)
        else:
            teacher, others = users(pathlib.Path(sys.argv[1]))
            print(teacher, *others)
    except (ValueError, OSError) as reason:
        sys.exit(str(reason))
