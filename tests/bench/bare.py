"""The constant page without any middleware: the most that Django does on this server."""

from tests.bench.settings import *  # noqa: F403  one project's own layers

MIDDLEWARE: list[str] = []
