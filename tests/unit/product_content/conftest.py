"""The small catalogue, written and loaded."""

from pathlib import Path

import pytest

from product_content.catalogue.loading import Report, load_catalogue
from tests.unit.product_content.files import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the small catalogue; nothing is loaded."""
    return write(tmp_path)


@pytest.fixture
def loaded(db: None, folder: Path) -> Report:
    """Load the small catalogue and return what that changed."""
    return load_catalogue(folder=folder)


@pytest.fixture
def shop(catalogue: None) -> None:
    """The real catalogue, the one that is sold."""
