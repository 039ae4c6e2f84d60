"""JupyterHub on one server, where each student is a Unix user. ./serve starts it and says where things are."""

import os
import pathlib
import pwd
import resource
import sys

from jupyterhub.spawner import LocalProcessSpawner

HUB = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HUB))
from identity import users  # noqa: E402

c = get_config()  # noqa: F821

course, state = pathlib.Path(os.environ["LOWERBOUND_COURSE"]), pathlib.Path(os.environ["LOWERBOUND_HUB_STATE"])
# Memory of a user's server in all, and of one kernel; processor cores; processes and threads.
MEMORY, KERNEL, CORES, PROCESSES = "3G", "2g", 2, 1024

# ---- who may enter, and as what

teacher, students = users(course)
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allowed_users = {teacher, *students}
c.JupyterHub.load_groups = {"nbgrader-lowerbound": {"users": students}, "formgrade-lowerbound": {"users": [teacher]}}

# ---- what is started for them

shared = {name: os.environ[name] for name in ("JAVA_HOME", "LOWERBOUND_DATA", "LOWERBOUND_EXCHANGE") if os.environ.get(name)}
shared |= {"LOWERBOUND_MEMORY": KERNEL, "LOWERBOUND_THREADS": "1"}
teachers = {"LOWERBOUND_COURSE": str(course), "JUPYTER_CONFIG_PATH": str(HUB.parent / "jupyter" / "teacher")}


def prepared(spawner):
    """A user's home is closed to the others, and the teacher has her menu entries and her course."""
    home = pathlib.Path(pwd.getpwnam(spawner.user.name).pw_dir)
    mode = home.stat().st_mode
    if mode & 0o077:
        home.chmod(mode & 0o7700)
    spawner.environment = {**shared, **(teachers if spawner.user.name == teacher else {})}


class Bounded(LocalProcessSpawner):
    """Servers as processes of their users, of which none can start so many that the others find no room."""

    def make_preexec_fn(self, name):
        become = super().make_preexec_fn(name)

        def limited():
            resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            become()

        return limited


# systemd can bound memory and processor time as well; without it a kernel bounds itself.
if os.environ.get("LOWERBOUND_SPAWNER") == "systemd":
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.mem_limit = MEMORY
    c.SystemdSpawner.cpu_limit = CORES
    c.SystemdSpawner.unit_extra_properties = {"TasksMax": str(PROCESSES)}
else:
    c.JupyterHub.spawner_class = Bounded
c.Spawner.cmd = [str(HUB / "singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.pre_spawn_hook = prepared
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

# ---- the hub itself

c.JupyterHub.db_url = f"sqlite:///{state}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.ConfigurableHTTPProxy.command = [os.environ["LOWERBOUND_PROXY"]]
# No user's server is stopped because the hub is started anew.
c.JupyterHub.cleanup_servers = False
