"""Uploaded photos: only pixels come through."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from product_content import photos
from product_content.photos import ImageRefused, reencode


def upload(kind="JPEG", size=(60, 40), mode="RGB", name="holiday.exe", **save):
    buffer = BytesIO()
    Image.new(mode, size, "teal").save(buffer, kind, **save)
    return SimpleUploadedFile(name, buffer.getvalue(), "text/html")


def opened(file):
    return Image.open(BytesIO(file.read()))


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_the_content_decides_the_type_and_chance_the_name(kind, extension):
    first, second = reencode(upload(kind)), reencode(upload(kind))
    assert re.fullmatch(rf"[0-9a-f]{{32}}\.{extension}", first.name)
    assert first.name != second.name
    assert opened(first).format == kind


def test_place_camera_and_comment_are_dropped():
    exif = Image.Exif()
    exif[0x010F] = "A camera of mine"
    exif.get_ifd(0x8825)[1] = "N"
    clean = reencode(upload(exif=exif, comment=b"taken at home"))
    content = clean.read()
    assert b"camera" not in content
    assert b"home" not in content
    assert dict(Image.open(BytesIO(content)).getexif()) == {}


def test_a_picture_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    assert opened(reencode(upload(size=(60, 40), exif=exif))).size == (40, 60)


def test_a_see_through_png_stays_so_and_a_large_one_gets_smaller():
    clean = opened(reencode(upload("PNG", (2400, 1200), "RGBA")))
    assert clean.mode == "RGBA"
    assert clean.size == (2000, 1000)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"%PDF-1.7",
        b"",
        b"\xff\xd8\xff\xe0 broken",
    ],
)
def test_anything_else_is_refused_whatever_it_calls_itself(content):
    with pytest.raises(ImageRefused, match="not a JPEG, PNG or WebP"):
        reencode(SimpleUploadedFile("photo.jpg", content, "image/jpeg"))


def test_what_hides_behind_the_pixels_does_not_come_through():
    picture = upload().read() + b"<script>alert(1)</script>"
    clean = reencode(SimpleUploadedFile("photo.jpg", picture, "image/jpeg"))
    assert b"<script>" not in clean.read()


def test_too_many_bytes_or_pixels_are_refused(monkeypatch):
    monkeypatch.setattr(photos, "MAX_PIXELS", 100)
    with pytest.raises(ImageRefused, match="too many pixels"):
        reencode(upload())
    monkeypatch.setattr(photos, "MAX_BYTES", 100)
    with pytest.raises(ImageRefused, match="larger than"):
        reencode(upload())


def test_the_jpeg_of_a_phone_with_a_second_picture_in_it_is_a_jpeg():
    buffer = BytesIO()
    second = Image.new("RGB", (30, 20))
    Image.new("RGB", (60, 40)).save(buffer, "MPO", save_all=True, append_images=[second])
    clean = reencode(SimpleUploadedFile("photo.jpg", buffer.getvalue(), "image/jpeg"))
    picture = opened(clean)
    assert (picture.format, picture.size) == ("JPEG", (60, 40))
