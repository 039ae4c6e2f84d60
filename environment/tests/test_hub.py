"""A class on JupyterHub, for real: a teacher and two students, each a Unix user of this machine, with
JupyterHub and its proxy on the loopback address; from release to feedback, and what one must not see of another."""

from __future__ import annotations

import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import psutil
import pytest
import requests
from conftest import ENVIRONMENT, everybodys_python, free_port
from grading import box
from hostile import GOOD, NAME, NOTHING, cell_of
from hub.identity import distinct, students, uid_of, users

SAMPLE = ENVIRONMENT / "tests" / "assignment"
TEACHER, ANNA, BERTA, STRANGER = "hub-ines", "hub-anna", "hub-berta", "hub-mallory"
PASSWORD = "Nur für diesen Test 1"
# How the users of this test are known as its own, should it be killed before it removes them.
MARK = "of Lowerbound's tests"


def missing() -> str | None:
    """What the round trip needs and this machine lacks."""
    if os.getuid() != 0:
        return "only root can create users and start servers as them"
    lacking = [program for program in ("useradd", "userdel", "chpasswd", "setpriv", "npm", "node") if not shutil.which(program)]
    if lacking:
        return f"missing: {', '.join(lacking)}"
    if not everybodys_python():
        return "no Python on this machine can be run by another user"
    if subprocess.run([everybodys_python(), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).returncode != 0:
        return "JupyterHub's packages need Python 3.11, and every user's here is older"
    return box.obstacle()


here = pytest.mark.skipif(missing() is not None, reason=f"JupyterHub's round trip: {missing()}")


@pytest.fixture(scope="module")
def homes():
    """Four users of this machine, with their homes in a folder of the test's; three are of the course."""
    base = pathlib.Path(tempfile.mkdtemp(prefix="hub-homes-"))
    base.chmod(0o755)
    names = (TEACHER, ANNA, BERTA, STRANGER)
    remove(names)
    for name in names:
        subprocess.run(["useradd", "--create-home", "--base-dir", base, "--shell", "/bin/bash", "--comment", MARK, "--user-group", name], check=True, capture_output=True)
    subprocess.run(["chpasswd"], input="".join(f"{name}:{PASSWORD}\n" for name in names), text=True, check=True)
    yield base
    for name in names:
        end_all(name)
    remove(names)
    shutil.rmtree(base, ignore_errors=True)


def remove(names) -> None:
    for name in names:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        assert found.pw_gecos == MARK, f"{name} is a user of this machine already"
        subprocess.run(["userdel", "--force", "--remove", name], capture_output=True)


def end_all(name: str) -> None:
    uid = pwd.getpwnam(name).pw_uid
    for process in psutil.process_iter():
        try:
            if process.uids().real == uid:
                process.kill()
        except psutil.Error:
            continue


def as_user(name: str, *command, **environment) -> subprocess.CompletedProcess:
    """As in a terminal of this user's."""
    found = pwd.getpwnam(name)
    return subprocess.run(
        [str(part) for part in command],
        user=found.pw_uid,
        group=found.pw_gid,
        extra_groups=[],
        cwd=found.pw_dir,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", "HOME": found.pw_dir, "USER": name, "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=400,
    )


class Browser:
    """A user's browser, as far as it speaks to the hub and to her JupyterLab."""

    def __init__(self, hub: str, name: str):
        self.hub, self.name, self.session = hub, name, requests.Session()

    def enters(self, password: str = PASSWORD) -> bool:
        self.session.get(f"{self.hub}/hub/login", timeout=30)
        form = {"username": self.name, "password": password, "_xsrf": self.token("/hub/")}
        answer = self.session.post(f"{self.hub}/hub/login?next=/hub/home", data=form, timeout=60)
        return answer.url.endswith("/hub/home") and answer.ok

    def token(self, path: str) -> str:
        return next((cookie.value for cookie in self.session.cookies if cookie.name == "_xsrf" and cookie.path == path), "")

    def start(self) -> None:
        """Starts her server and waits for it."""
        head = {"X-XSRFToken": self.token("/hub/"), "Referer": f"{self.hub}/hub/home"}
        asked = self.session.post(f"{self.hub}/hub/api/users/{self.name}/server", headers=head, timeout=60)
        assert asked.status_code in (201, 202), asked.text
        end = time.monotonic() + 150
        while True:
            # Its page leads through the hub, where the browser is known, and back.
            answer = self.session.get(f"{self.hub}/user/{self.name}/lab", timeout=60)
            if answer.ok and "jupyter-config-data" in answer.text and answer.url.endswith("/lab"):
                return
            assert time.monotonic() < end, answer.text[-2000:]
            time.sleep(0.5)

    def ask(self, method: str, where: str, **content) -> dict:
        answer = self.any(method, where, **content)
        assert answer.ok, (answer.status_code, answer.text[-2000:])
        return answer.json()

    def any(self, method: str, where: str, owner: str | None = None, **content) -> requests.Response:
        own = f"/user/{owner or self.name}/"
        return self.session.request(method, f"{self.hub}{own}{where}", json=content or None, headers={"X-XSRFToken": self.token(f"/user/{self.name}/")}, timeout=300)

    def solve(self, answer: str) -> None:
        """As with Lab's editor: opens the notebook, writes the answer, saves."""
        notebook = self.ask("GET", f"api/contents/{NAME}/{NAME}.ipynb")["content"]
        cell_of(notebook, "log-sum")["source"] = answer
        self.ask("PUT", f"api/contents/{NAME}/{NAME}.ipynb", type="notebook", format="json", content=notebook)

    def assignments(self) -> list[dict]:
        return self.ask("GET", "assignments?course_id=lowerbound")["value"]

    def does(self, action: str) -> dict:
        """A button of the assignment list: fetch, submit, fetch_feedback."""
        answer = self.ask("POST", f"assignments/{action}", course_id="lowerbound", assignment_id=NAME)
        assert answer["success"], answer
        return answer


@pytest.fixture(scope="module")
def hub(elsewhere, homes):
    """The hub of a course, on an installation that belongs to root."""
    for kind in ("source", "bugs", "others"):
        (elsewhere / "notebooks" / "assignments" / kind).mkdir(parents=True, exist_ok=True)
    shutil.copytree(SAMPLE / "source" / NAME, elsewhere / "notebooks" / "assignments" / "source" / NAME, dirs_exist_ok=True)
    shutil.copy(ENVIRONMENT / "tests" / "smoke.ipynb", elsewhere / "notebooks" / "00-a-chapter.ipynb")
    course = homes / TEACHER / "course"
    course.mkdir()
    (course / "students.csv").write_text(f"id,first_name,last_name,email\n{ANNA},Anna,Berg,\n{BERTA},Berta,Ohm,\n")
    for path in (course, course / "students.csv"):
        shutil.chown(path, TEACHER, TEACHER)
    exchange, state = homes / "exchange", homes / "state"
    port, inner, proxy = free_port(), free_port(), free_port()
    command = [elsewhere / "environment" / "hub" / "serve", "--course", course, "--exchange", exchange, "--state", state, "--port", port]
    command += ["--", f"--JupyterHub.hub_bind_url=http://127.0.0.1:{inner}", f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{proxy}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOWERBOUND_", "JUPYTER_"))}
    log = homes / "hub.log"
    with log.open("w") as opened:
        process = subprocess.Popen([str(part) for part in command], env=kept, stdout=opened, stderr=subprocess.STDOUT, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 240
    while True:
        try:
            if requests.get(f"{url}/hub/api", timeout=5).ok:
                break
        except requests.RequestException:
            pass
        assert process.poll() is None and time.monotonic() < end, log.read_text()[-3000:]
        time.sleep(0.5)
    # What the teacher's terminal in JupyterLab has.
    own = {"LOWERBOUND_COURSE": str(course), "LOWERBOUND_EXCHANGE": str(exchange)}

    def teach(*arguments: str) -> subprocess.CompletedProcess:
        return as_user(TEACHER, elsewhere / "environment" / "course", *arguments, **own)

    yield {"url": url, "teach": teach, "course": course, "exchange": exchange, "state": state, "installation": elsewhere, "homes": homes, "log": log}
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


@here
def test_a_class_on_jupyterhub_from_release_to_feedback(hub, note):
    began = time.monotonic()
    teach, exchange, course = hub["teach"], hub["exchange"], hub["course"]
    # ---- who may enter
    anna, berta, ines = (Browser(hub["url"], name) for name in (ANNA, BERTA, TEACHER))
    assert not Browser(hub["url"], ANNA).enters("wrong")
    assert not Browser(hub["url"], STRANGER).enters(), "a user of the machine who is not of the course"
    assert not Browser(hub["url"], "root").enters()
    assert anna.enters() and berta.enters() and ines.enters()
    # ---- release, by the teacher
    released = teach("release", NAME, "--due", "2099-01-01")
    assert released.returncode == 0, released.stdout + released.stderr
    assert f"Handed out: {exchange}/lowerbound/outbound/{NAME}" in released.stdout
    # ---- fetch, solve, check oneself, hand in
    for browser in (anna, berta, ines):
        browser.start()
    assert [one["assignment_id"] for one in anna.assignments()] == [NAME]
    for browser, answer in ((anna, GOOD % ""), (berta, NOTHING)):
        browser.does("fetch")
        browser.solve(answer)
    notebook = hub["homes"] / ANNA / "lowerbound" / NAME / f"{NAME}.ipynb"
    text = notebook.read_text()
    assert "SOLUTION" not in text and "HIDDEN" not in text
    checked = anna.ask("POST", "assignments/validate", path=f"{NAME}/{NAME}.ipynb")
    assert checked["success"] and checked["value"] == {}, checked
    wrong = berta.ask("POST", "assignments/validate", path=f"{NAME}/{NAME}.ipynb")
    assert "expected 0.69314718" in json.dumps(wrong["value"]), wrong
    anna.does("submit")
    (handed,) = [path for path in (exchange / "lowerbound" / "inbound").iterdir() if path.name.startswith(ANNA)]
    # ---- what one must not see of another, tried as that user; and the same, tried by who may
    server = server_of(ANNA)
    secret = [
        (("cat", notebook), ANNA),
        (("ls", hub["homes"] / ANNA), ANNA),
        (("cat", handed / f"{NAME}.ipynb"), TEACHER),
        (("cat", handed / "submission_secret.txt"), TEACHER),
        (("ls", exchange / "lowerbound" / "inbound"), TEACHER),
        (("cat", hub["installation"] / "notebooks" / "assignments" / "source" / NAME / f"{NAME}.ipynb"), TEACHER),
        (("ls", hub["installation"] / "notebooks" / "assignments" / "bugs"), TEACHER),
        (("cat", course / "source" / NAME / f"{NAME}.ipynb"), TEACHER),
        (("cat", course / "gradebook.db"), TEACHER),
        (("cat", f"/proc/{server.pid}/environ"), ANNA),
        (("bash", "-c", f"kill -0 {server.pid}"), ANNA),
    ]
    for command, may in secret:
        tried = as_user(BERTA, *command)
        assert tried.returncode != 0 and "SOLUTION" not in tried.stdout, command
        assert as_user(may, *command).returncode == 0, f"the control: {may} may do {command}"
    for path in (hub["state"] / "cookie_secret", hub["installation"] / "environment" / "tests" / "assignment" / "source" / NAME / f"{NAME}.ipynb"):
        assert path.exists() and as_user(BERTA, "cat", path).returncode != 0
    for command in (("mv", handed, f"{handed}x"), ("rm", "-rf", handed), ("mkdir", exchange / "lowerbound" / "outbound" / "x"), ("mv", exchange / "lowerbound", exchange / "mine"), ("touch", handed / "x")):
        assert as_user(BERTA, *command).returncode != 0, command
    assert handed.is_dir()
    assert berta.any("GET", "api/status", owner=ANNA).status_code in (403, 404), "another's JupyterLab"
    # ---- what an ordinary user's server is, and what it costs her home
    page = {browser.name: browser.any("GET", "lab").text for browser in (anna, ines)}
    off = {name: json.loads(re.search(r'id="jupyter-config-data" type="application/json">(.*?)</script>', text, re.DOTALL)[1])["disabledExtensions"] for name, text in page.items()}
    assert "@jupyter/nbgrader:formgrader" in off[ANNA] and "@jupyter/nbgrader:formgrader" not in off[TEACHER]
    assert (hub["homes"] / ANNA / "lowerbound" / "00-a-chapter.ipynb").exists()
    limits = pathlib.Path(f"/proc/{server.pid}/limits").read_text()
    assert re.search(r"Max processes +1024 +1024", limits), limits
    # A chapter that trains, and so loads the native code.
    ran = as_user(ANNA, hub["installation"] / "environment" / "lab", "--run", hub["homes"] / ANNA / "lowerbound" / "00-a-chapter.ipynb")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    size = sum(path.lstat().st_size for path in (hub["homes"] / ANNA).rglob("*") if not path.is_symlink() and path.is_file())
    assert size < 20e6, f"a home of {size:,} bytes after a chapter has run: native code was unpacked there"
    # ---- Berta hands in what she must not, and then her own
    tricks = """
        cd "$1"
        mkdir "$2+log-sum+2099-01-01 00:00:00.000000 UTC+forged"; cp "$4" "$2+log-sum+2099-01-01 00:00:00.000000 UTC+forged/log-sum.ipynb"
        ln -s "$5" "$3+log-sum+2099-01-02 00:00:00.000000 UTC+folder"
        mkdir "$3+log-sum+2099-01-03 00:00:00.000000 UTC+file"; ln -s "$5/log-sum.ipynb" "$3+log-sum+2099-01-03 00:00:00.000000 UTC+file/log-sum.ipynb"
        mkdir "$3+log-sum+2099-01-04 00:00:00.000000 UTC+pipe"; mkfifo "$3+log-sum+2099-01-04 00:00:00.000000 UTC+pipe/log-sum.ipynb"
        mkdir "$3+log-sum+2001-01-01 00:00:00.000000 UTC+early"; cp "$4" "$3+log-sum+2001-01-01 00:00:00.000000 UTC+early/log-sum.ipynb"
    """
    own = hub["homes"] / BERTA / "lowerbound" / NAME / f"{NAME}.ipynb"
    tried = as_user(BERTA, "bash", "-c", tricks, "bash", exchange / "lowerbound" / "inbound", ANNA, BERTA, own, course / "source" / NAME)
    assert tried.returncode == 0, tried.stderr
    taken = teach("collect")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    for words in ("belongs to hub-berta, not to hub-anna", "UTC+folder: it cannot be read", "UTC+file: it cannot be read", "log-sum.ipynb is no ordinary file"):
        assert words in taken.stdout, taken.stdout
    assert "2 taken, 0 already here or older, 4 not taken" in taken.stdout, taken.stdout
    stamp = (course / "submitted" / BERTA / NAME / "timestamp.txt").read_text()
    assert "it says 2001-01-01" in taken.stdout and not stamp.startswith("2001"), "a time of her own does not count"
    assert "SOLUTION" not in (course / "submitted" / BERTA / NAME / f"{NAME}.ipynb").read_text()
    berta.solve(GOOD % "" + "\n// really mine")
    berta.does("submit")
    taken = teach("collect")
    assert "1 taken, 2 already here or older, 4 not taken" in taken.stdout, taken.stdout
    # ---- grade, as an ordinary user in the sandbox; feedback over the exchange
    graded = teach("grade", NAME)
    assert graded.returncode == 0 and "2 graded, 0 failed, 0 late, 0 missing" in graded.stdout, graded.stdout + graded.stderr
    back = teach("feedback", NAME)
    assert back.returncode == 0 and "2 of them returned over the exchange" in back.stdout, back.stdout + back.stderr
    for browser in (anna, berta):
        browser.does("fetch_feedback")
        (page,) = (hub["homes"] / browser.name / "lowerbound" / NAME / "feedback").rglob("*.html")
        assert "3 of 3 points" in page.read_text()
    assert as_user(BERTA, "ls", exchange / "lowerbound" / "feedback").returncode != 0
    note(f"a class of two on JupyterHub, from log-in to feedback: {time.monotonic() - began:.0f} s, after a chapter a home of {size / 1e6:.1f} MB")


def server_of(name: str) -> psutil.Process:
    """The user's JupyterLab."""
    uid = pwd.getpwnam(name).pw_uid
    for process in psutil.process_iter():
        try:
            if process.uids().real == uid and any("jupyterhub-singleuser" in part for part in process.cmdline()):
                return process
        except psutil.Error:
            continue
    raise AssertionError(f"{name} has no server")


@here
def test_a_course_that_is_not_fit_for_a_server_is_told_so(hub, tmp_path):
    serve = hub["installation"] / "environment" / "hub" / "serve"

    def said(*arguments, user=None) -> str:
        done = as_user(user, serve, *arguments) if user else subprocess.run([str(part) for part in (serve, *arguments)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
        return done.stderr

    assert "has to be started as root" in said("--course", tmp_path, user=ANNA)
    assert "belongs to root. It has to belong to the teacher" in said("--course", tmp_path)
    shutil.chown(tmp_path, TEACHER)
    assert "students.csv is missing" in said("--course", tmp_path)
    (tmp_path / "students.csv").write_text("name\nx\n")
    assert "has no column 'id'" in said("--course", tmp_path)
    (tmp_path / "students.csv").write_text("id\nnobody-of-this-name\n")
    assert "No users of this machine: nobody-of-this-name. Create them" in said("--course", tmp_path)
    (tmp_path / "students.csv").write_text("id\nroot\n")
    assert "is a user of the system" in said("--course", tmp_path)


def test_who_is_who(tmp_path):
    # SHA-256 is the same everywhere: this number is Anna's in every pod, on every day.
    assert uid_of("anna") == 1_000_000 + int("55579b55" "7896d0ce", 16) % 1_000_000_000
    numbers = distinct(f"student-{i}" for i in range(1000))
    assert len(set(numbers.values())) == 1000 and all(1_000_000 <= n < 2**31 for n in numbers.values())
    (tmp_path / "students.csv").write_text("\ufeffid,email\n anna ,a@example.org\n,\nberta,\n")
    assert students(tmp_path) == ["anna", "berta"]
    with pytest.raises(ValueError, match="There is no folder"):
        users(tmp_path / "nowhere")


def test_the_hub_on_kubernetes_is_told_who_is_who(monkeypatch):
    """The file that goes to the hub's pod, with values.yaml's course, on a spawner that takes down what it is told."""
    import types

    import yaml
    from traitlets.config import Config

    values = yaml.safe_load((ENVIRONMENT / "hub" / "values.yaml").read_text())
    assert values["singleuser"]["cmd"] == ["/srv/lowerbound/environment/hub/singleuser"]
    claim = yaml.safe_load((ENVIRONMENT / "hub" / "exchange.yaml").read_text())
    assert values["singleuser"]["storage"]["extraVolumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]

    def get_config(key, default=None):
        found = values
        for part in key.split("."):
            found = found.get(part, {})
        return found or default

    c = Config()
    monkeypatch.setitem(sys.modules, "z2jh", types.SimpleNamespace(get_config=get_config))
    monkeypatch.setitem(sys.modules, "identity", types.SimpleNamespace(distinct=distinct))
    exec((ENVIRONMENT / "hub" / "kubernetes_config.py").read_text(), {"c": c})
    assert c.Authenticator.allowed_users == {"ines", "anna", "berta"}
    assert c.JupyterHub.load_groups["nbgrader-lowerbound"] == {"users": ["anna", "berta"]}

    home, exchange = {"name": "home", "mountPath": "/home/jovyan"}, {"name": "exchange", "mountPath": "/srv/nbgrader/exchange"}

    def pod(name, containers=(), mounts=(home, exchange)):
        spawner = types.SimpleNamespace(user=types.SimpleNamespace(name=name), image="i", environment={}, init_containers=containers, volume_mounts=mounts)
        c.KubeSpawner.pre_spawn_hook(spawner)
        c.KubeSpawner.pre_spawn_hook(spawner)
        return spawner

    assert c.KubeSpawner.uid(pod("anna")) == uid_of("anna") != c.KubeSpawner.uid(pod("berta"))
    # The chart's own container is an object, and charts differ in whether they give lists or dictionaries.
    for containers, mounts in (([types.SimpleNamespace(name="block")], [home, exchange]), ({"00-block": {"name": "block"}}, {"00-home": home, "01-exchange": exchange})):
        block, owner = pod("anna", containers, mounts).init_containers
        assert owner["name"] == "owner" and owner["volumeMounts"] == [home, exchange], "a second start adds no second one"
        assert "block" in (block.name if not isinstance(block, dict) else block["name"])
    script = {name: pod(name).init_containers[0]["command"][2] for name in ("anna", "ines")}
    assert f"chown {uid_of('anna')}:" in script["anna"] and "exchange" not in script["anna"]
    assert f"chown {uid_of('ines')}:{uid_of('ines')} /srv/nbgrader/exchange/lowerbound" in script["ines"]
    assert "LOWERBOUND_COURSE" in pod("ines").environment and not pod("anna").environment


def settings(**known) -> dict:
    """As the chart's schema has them: what is not known is refused."""
    return {"type": "object", "properties": known, "additionalProperties": False}


# The part of Zero to JupyterHub's own values.schema.yaml that values.yaml uses, and what --set-file adds.
CHART = settings(
    custom={"type": "object"},
    hub=settings(
        config={"type": "object"},
        extraConfig={"type": "object", "additionalProperties": {"type": "string"}},
        extraFiles={"type": "object", "additionalProperties": settings(mountPath={"type": "string"}, stringData={"type": "string"}, mode={"type": ["integer", "string"]})},
    ),
    singleuser=settings(
        image=settings(name={"type": "string"}, tag={"type": "string"}),
        cmd={"type": ["array", "string", "null"]},
        defaultUrl={"type": ["string", "null"]},
        startTimeout={"type": ["integer", "null"]},
        cpu=settings(guarantee={"type": ["number", "null"]}, limit={"type": ["number", "null"]}),
        memory=settings(guarantee={"type": ["number", "string", "null"]}, limit={"type": ["number", "string", "null"]}),
        extraEnv={"type": ["object", "array"]},
        storage=settings(capacity={"type": ["string", "null"]}, homeMountPath={"type": "string"}, extraVolumes={"type": "array"}, extraVolumeMounts={"type": "array"}),
    ),
    cull=settings(timeout={"type": ["integer", "null"]}),
)


def test_the_chart_knows_the_values():
    import jsonschema
    import yaml

    values = yaml.safe_load((ENVIRONMENT / "hub" / "values.yaml").read_text())
    values["hub"]["extraFiles"]["identity"]["stringData"] = (ENVIRONMENT / "hub" / "identity.py").read_text()
    values["hub"]["extraConfig"] = {"lowerbound": (ENVIRONMENT / "hub" / "kubernetes_config.py").read_text()}
    jsonschema.validate(values, CHART)
    # Kubernetes takes texts alone for the environment: a number has to stand in quotes.
    assert all(isinstance(value, str) for value in values["singleuser"]["extraEnv"].values())
    mounted = {mount["name"] for mount in values["singleuser"]["storage"]["extraVolumeMounts"]}
    assert mounted == {volume["name"] for volume in values["singleuser"]["storage"]["extraVolumes"]}
    values["singleuser"]["homeMountPath"] = "/home/jovyan"
    with pytest.raises(jsonschema.ValidationError, match="homeMountPath"):
        jsonschema.validate(values, CHART)


def test_the_image_holds_no_solutions(tmp_path):
    made = subprocess.run([str(ENVIRONMENT / "hub" / "image"), f"--context={tmp_path}"], capture_output=True, text=True)
    if made.returncode != 0 and "not a git repository" in made.stderr:
        pytest.skip("this is no git repository")
    assert made.returncode == 0, made.stderr
    found = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in (".ipynb", ".java", ".md")]
    assert found and not [path for path in found if "BEGIN SOLUTION" in path.read_text() and "assignments/README" not in str(path)]
    assert not (tmp_path / ".git").exists() and "libnss-wrapper" in (tmp_path / "binder" / "apt.txt").read_text()
    assert (tmp_path / "environment" / "tests" / "smoke.ipynb").exists(), "binder/postBuild runs it"
