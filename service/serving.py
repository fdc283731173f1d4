"""Settings of the application server: `gunicorn --config python:service.serving`. Loaded by gunicorn only."""

import ctypes
import gc
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from service.config import Config
from service.environment import SchedulerMode
from service.jobs.scheduler import Heart

_config = Config.from_environment()

wsgi_app = "wsgi:application"
# Read once, before the server processes are made, which share what they do not change.
preload_app = True
pythonpath = str(Path(__file__).resolve().parents[1])
bind = f"{_config.bind}:{_config.port}"
worker_class = "gthread"
workers = _config.workers
threads = _config.threads
timeout = 60
graceful_timeout = 20
keepalive = 5
# Who calls is told by the proxies that RELAIS_PROXY_COUNT trusts, once, in the application.
forwarded_allow_ips = ""
control_socket_disable = True
# One line per request is written by the application, without the address people typed.
accesslog = None
loglevel = "warning" if _config.demonstration else "info"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"relais": {"()": "service.logs.handler", "demonstration": _config.demonstration}},
    "root": {"level": _config.log_level, "handlers": ["relais"]},
    "loggers": {"gunicorn.error": {"level": loglevel.upper(), "handlers": [], "propagate": True}},
}

_COUNTED_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
_made = ""
if _config.metrics_token and _COUNTED_TOGETHER not in os.environ:
    # The library that counts reads it when it is imported, in each server process.
    _made = tempfile.mkdtemp(prefix="relais-metrics-", dir=os.environ.get("RUNTIME_DIRECTORY"))
    os.environ[_COUNTED_TOGETHER] = _made


def pre_fork(_server: Any, _worker: Any) -> None:
    """Leave what is there out of the search for cycles, which would write to all of it and so end the sharing."""
    gc.collect()
    gc.freeze()


def child_exit(_server: Any, worker: Any) -> None:
    """What a server process counted stays; what it alone was is forgotten."""
    if _COUNTED_TOGETHER in os.environ:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """The counts begin anew at each start, unless the environment named their folder."""
    if _made:
        shutil.rmtree(_made, ignore_errors=True)


_hearts: list[Heart] = []


def post_worker_init(_worker: Any) -> None:
    """Start the scheduler in the server process when told to: after the fork, with the application's engine."""
    _give_memory_back()
    if _config.scheduler is SchedulerMode.EMBEDDED:
        _hearts.append(Heart())
        _hearts[-1].start()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Let the job in hand be finished before the server process ends."""
    for heart in _hearts:
        heart.stop()


_KEPT_AT_THE_END, _LARGE_BLOCKS_FROM, _MOST_ARENAS = -1, -3, -8


def _give_memory_back() -> None:
    """Each hash of a password takes 19 MiB, which glibc would keep for every thread that has ever made one."""
    with suppress(AttributeError, OSError):  # another C library: it decides by itself
        libc = ctypes.CDLL(None)
        for setting, value in ((_KEPT_AT_THE_END, 1 << 20), (_LARGE_BLOCKS_FROM, 1 << 20), (_MOST_ARENAS, 2)):
            libc.mallopt(setting, value)
