"""Static files are named by their contents, and lie there compressed."""

import gzip
import re

import brotli
import pytest
from django.contrib.staticfiles.finders import get_finders

from saleor_config.static_files import StaticFiles


@pytest.fixture
def made(tmp_path, settings):
    """The folder that `collectstatic` makes of the shop's own files."""
    settings.STATIC_COMPRESSION = 1
    storage, found = StaticFiles(location=tmp_path, base_url="/static/"), {}
    for finder in get_finders():
        for path, source in finder.list([]):
            if path.startswith("storefront/"):
                with source.open(path) as file:
                    storage.save(path, file)
                found[path] = (storage, path)
    list(storage.post_process(found))
    return storage


def test_each_file_has_a_name_of_its_contents_and_no_other(made):
    _, names = made.listdir("storefront")
    assert names
    assert [name for name in names if not re.search(r"\.[0-9a-f]{12}\.", name)] == []


def test_modules_name_each_other_by_these_names(made):
    with made.open(made.stored_name("storefront/finder.js")) as file:
        imported = re.search(rb'from "./([^"]+)"', file.read())[1].decode()
    assert f"storefront/{imported}" == made.stored_name("storefront/finder-logic.js")


@pytest.mark.parametrize(("end", "decode"), [(".br", brotli.decompress), (".gz", gzip.decompress)])
def test_what_compresses_well_lies_there_compressed(made, end, decode):
    name = made.stored_name("storefront/shop.css")
    with made.open(name) as plain, made.open(name + end) as small:
        assert decode(small.read()) == plain.read()
