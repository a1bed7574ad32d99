"""What the largest upload of each kind costs: memory and seconds, printed and bounded."""

import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from plugins.discreet_shipping.collection_points import LIMITS
from product_content import photos
from product_content.tables import read_csv
from tests.functional.security.test_table_files import in_a_process_of_its_own

MAX_MEMORY, MAX_SECONDS = 320 * 1024**2, 30


class Read:
    """A reader that says how many things it has read, as `read_csv` does."""

    def __init__(self, rows):
        self.rows = [None] * rows


def prepare(data):
    return Read(1 if photos.prepare_photo(upload=SimpleUploadedFile("photo", data)) else 0)


def largest_photo(kind, **options):
    """Return a picture with all the pixels that are allowed, in fewer bytes than are allowed."""
    side = int(photos.max_pixels(kind) ** 0.5)
    noise = Image.frombytes("L", (512, 512), random.Random(1).randbytes(512 * 512))  # noqa: S311
    file = io.BytesIO()
    noise.resize((side, side)).convert("RGB").save(file, kind, **options)
    assert len(file.getvalue()) <= photos.MAX_BYTES
    return file.getvalue()


def jpeg():
    return largest_photo("JPEG", quality=60, progressive=True)


def png():
    side = int(photos.max_pixels("PNG") ** 0.5)
    file = io.BytesIO()
    Image.new("RGBA", (side, side), (1, 2, 3, 4)).save(file, "PNG")
    return file.getvalue()


def webp():
    return largest_photo("WEBP", quality=30, method=0)


def points():
    row = ",".join(["12345"] * (LIMITS.cells // LIMITS.rows // 2)) + "\n"
    return (row * (LIMITS.rows + 1)).encode()[: LIMITS.bytes].rpartition(b"\n")[0]


def read_points(data):
    return read_csv(data, LIMITS)


@pytest.mark.parametrize(
    ("read", "make"),
    [(prepare, jpeg), (prepare, png), (prepare, webp), (read_points, points)],
    ids=["jpeg", "png", "webp", "collection points"],
)
def test_the_largest_upload_takes_bounded_memory_and_time(read, make, request, record_property):
    data = make()
    rows, grown, took = in_a_process_of_its_own(read, data)

    kind = request.node.callspec.id
    record_property(
        "measured",
        f"largest upload, {kind}: {len(data) / 1e6:.1f} MB, {rows:,} rows or pictures, "
        f"{grown / 1e6:.0f} MB of memory, {took:.1f} s of CPU",
    )
    assert rows
    assert grown < MAX_MEMORY
    assert took < MAX_SECONDS
