"""What Zero to JupyterHub's hub is told beyond values.yaml; given to helm with --set-file (see README.md).

Carried out inside the chart's own configuration, whose c it changes.
"""
# ruff: noqa: F821

import sys

from z2jh import get_config

# identity.py lies there too; both come with --set-file.
sys.path.insert(0, "/usr/local/etc/jupyterhub/lowerbound")
from identity import distinct  # noqa: E402

ROOT, EXCHANGE = "/srv/lowerbound", "/srv/nbgrader/exchange"
teacher, students = get_config("custom.lowerbound.teacher"), list(get_config("custom.lowerbound.students", []))
numbers = distinct([teacher, *students])

c.Authenticator.allowed_users = set(numbers)
c.JupyterHub.load_groups = {"nbgrader-lowerbound": {"users": students}, "formgrade-lowerbound": {"users": [teacher]}}

# A user number for each, so that on the shared volume her files are hers. No group for the volumes: the
# kubelet would give that group the exchange, with all that is in it.
c.KubeSpawner.uid = lambda spawner: numbers[spawner.user.name]
c.KubeSpawner.gid = lambda spawner: numbers[spawner.user.name]
c.KubeSpawner.fs_gid = None
c.KubeSpawner.allow_privilege_escalation = False


def values_of(several) -> list:
    """The chart gives volumes, mounts and containers as lists or, since KubeSpawner 7, by their keys."""
    return [several[key] for key in sorted(several)] if isinstance(several, dict) else list(several)


def name_of(container) -> str:
    """The chart's own container, which keeps pods from the cloud's metadata, is an object, others are dictionaries."""
    return container["name"] if isinstance(container, dict) else container.name


def prepared(spawner):
    """The home belongs to its user, and the exchange has the teacher's course, before her server starts."""
    name = spawner.user.name
    number = numbers[name]
    script = f"chown {number}:{number} /home/jovyan && chmod 700 /home/jovyan"
    if name == teacher:
        # Before that the exchange is closed, and nobody can take the course's place in it.
        script += f" && mkdir -p {EXCHANGE}/lowerbound && chown {number}:{number} {EXCHANGE}/lowerbound && chmod 755 {EXCHANGE}/lowerbound && chmod 1777 {EXCHANGE}"
        spawner.environment = {**spawner.environment, "LOWERBOUND_COURSE": "/home/jovyan/course", "JUPYTER_CONFIG_PATH": f"{ROOT}/environment/jupyter/teacher"}
    owner = {
        "name": "owner",
        "image": spawner.image,
        "command": ["sh", "-c", script],
        "securityContext": {"runAsUser": 0, "runAsGroup": 0, "allowPrivilegeEscalation": False},
        "volumeMounts": [dict(mount) for mount in values_of(spawner.volume_mounts)],
    }
    spawner.init_containers = [one for one in values_of(spawner.init_containers) if name_of(one) != "owner"] + [owner]


c.KubeSpawner.pre_spawn_hook = prepared
