"""The small catalogue, written and loaded."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from product_content.catalogue.loading import Report, load_catalogue
from tests.conftest import FillDatabase
from tests.restoring import StockedDatabase
from tests.unit.product_content.files import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the small catalogue; nothing is loaded."""
    return write(tmp_path)


@pytest.fixture(scope="session")
def _small_catalogue(
    filled_database: FillDatabase, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StockedDatabase, Report]:
    folder = write(tmp_path_factory.mktemp("small_catalogue"))
    return filled_database("small_catalogue", lambda: load_catalogue(folder=folder))


@pytest.fixture
def loaded(db: None, _small_catalogue: tuple[StockedDatabase, Report]) -> Iterator[Report]:
    """The small catalogue, loaded in a database of its own, and what that changed there.

    Ask for it before anything else that puts rows into the database.
    """
    database, report = _small_catalogue
    with database.used():
        yield deepcopy(report)


@pytest.fixture
def shop(catalogue: None) -> None:
    """The real catalogue, the one that is sold."""
