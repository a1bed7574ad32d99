"""Reading all files before anything is written."""

from __future__ import annotations

from pathlib import Path

from product_content.services.catalogue.articles import read_article
from product_content.services.catalogue.entries import Entry
from product_content.services.catalogue.items import Wanted
from product_content.services.catalogue.links import check_links
from product_content.services.catalogue.located import LocatedDict, read_yaml
from product_content.services.catalogue.places import read_places
from product_content.services.catalogue.problems import CatalogueRefused, Place, Problem
from product_content.services.catalogue.products import read_products

CATALOGUE = "catalogue.yaml"


def read_files(folder: Path) -> Wanted:
    """Return what the files of `folder` ask for.

    Raises CatalogueRefused with every problem found, each with its file, line and field.
    """
    wanted = Wanted()
    for read in (_catalogue, _articles):
        read(folder, wanted)
    if not wanted.problems:  # a wrong field would only be named again as a dead link
        check_links(wanted)
    if wanted.problems:
        raise CatalogueRefused(wanted.problems)
    return wanted


def _catalogue(folder: Path, wanted: Wanted) -> None:
    path = folder / CATALOGUE
    if not path.is_file():
        raise CatalogueRefused([Problem(Place(CATALOGUE, 1, ""), f"is not in {folder}")])
    data = read_yaml(path.read_text(encoding="utf-8"), CATALOGUE)
    if not isinstance(data, LocatedDict):
        raise CatalogueRefused([Problem(Place(CATALOGUE, 1, ""), "must be a mapping")])
    root = Entry(data, CATALOGUE, "", wanted.problems)
    root.optional("shared")
    read_places(root, wanted)
    read_products(root, wanted)
    root.finish()


def _articles(folder: Path, wanted: Wanted) -> None:
    for path in sorted((folder / "articles").glob("*.md")):
        try:
            read_article(path, wanted)
        except CatalogueRefused as refused:
            wanted.problems.extend(refused.problems)
