"""JupyterLab and Voilà as a person starts them, in a folder and with settings of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NO_NEWS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    }
}
PATIENCE = 300


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def desk(folder: Path) -> Path:
    """Lay out a working folder: the notebooks and scenarios, copied."""
    work = folder / "work"
    shutil.copytree(ROOT / "notebooks", work / "notebooks")
    shutil.copytree(ROOT / "scenarios", work / "scenarios")
    return work


def surroundings(folder: Path) -> dict[str, str]:
    """Return an environment in which Jupyter finds nothing of the machine's user."""
    own = {
        name: str(folder / name.lower())
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "IPYTHONDIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
        )
    }
    config = Path(own["JUPYTER_CONFIG_DIR"]) / "labconfig"
    config.mkdir(parents=True)
    (config / "default_setting_overrides.json").write_text(json.dumps(NO_NEWS))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **own, "PATH": path}


@contextmanager
def running(command: list[str], address: str, folder: Path) -> Iterator[str]:
    """Run a server in a process group of its own until the block ends."""
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=folder / "work",
            env=surroundings(folder),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until and server.poll() is None:
                try:
                    with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own
                        break
                except urllib.error.HTTPError:
                    break  # it answers, if only to refuse
                except (urllib.error.URLError, TimeoutError, ConnectionError):
                    time.sleep(0.2)
            else:
                raise RuntimeError((folder / "server.log").read_text()[-2000:])
            yield address
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(PATIENCE)


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Run JupyterLab; gives its address."""
    port, work = free_port(), desk(folder)
    command = [
        "jupyter-lab",
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--allow-root",
        "--expose-app-in-browser",
        f"--ServerApp.root_dir={work}",
    ]
    command[0] = str(Path(sys.executable).parent / command[0])
    with running(command, f"http://127.0.0.1:{port}/api/status", folder) as address:
        yield address.removesuffix("/api/status")


@contextmanager
def app(folder: Path, notebook: str, *options: str) -> Iterator[str]:
    """Serve a notebook as ``make app`` does; gives its address."""
    port, _ = free_port(), desk(folder)
    command = [
        sys.executable,
        "-m",
        "fwsim.notebook.app",
        f"notebooks/{notebook}",
        "--no-browser",
        f"--port={port}",
        "--Voila.ip=127.0.0.1",
        *options,
    ]
    with running(command, f"http://127.0.0.1:{port}/static/favicon.ico", folder) as address:
        yield address.removesuffix("/static/favicon.ico")
