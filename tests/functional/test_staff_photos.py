"""Photos of products: uploaded by a content editor, kept clean, shown in the shop, taken away."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from saleor.product.models import ProductImage

from product_content.models import PhotoFiles, ProductDetail, SafetyCard, SetSize, Size
from tests import personas
from tests.factories import variant_in_stock
from tests.functional.test_staff_catalogue import CARD, form, page

pytestmark = pytest.mark.django_db

CLEAN_NAME = re.compile(r"products/[0-9a-f]{32}\.(jpg|png|webp)")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def editor():
    return personas.in_role("Content editor")


def shown_set():
    """Return a set that customers see."""
    shown = variant_in_stock(5).product
    size = Size.objects.create(number=1, diameter_mm=13, usable_length_mm=80, weight_g=20)
    SetSize.objects.create(product=shown, size=size)
    SafetyCard.objects.create(product=shown, **CARD)
    ProductDetail.objects.create(
        product=shown, summary="Calm.", description_markdown="Slow.", in_the_box="One"
    )
    return shown


@pytest.fixture
def product():
    return shown_set()


def picture(kind="JPEG", size=(900, 600), name="dilators at home.jpg", colour="teal"):
    exif = Image.Exif()
    exif[0x010F] = "A camera of mine"
    exif.get_ifd(0x8825)[1] = "N"
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, exif=exif)
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def uploads(*pictures, alt="A row of five"):
    """Fields of new photos, to be added to those of a product's page."""
    fields = {"images-TOTAL_FORMS": str(len(pictures))}
    for number, each in enumerate(pictures):
        fields |= {f"images-{number}-image": each, f"images-{number}-alt": alt}
    return fields


def stored(product, **changes):
    """Fields of the photos that a product has."""
    photos = list(product.images.order_by("sort_order"))
    fields = {"images-TOTAL_FORMS": str(len(photos)), "images-INITIAL_FORMS": str(len(photos))}
    for number, photo in enumerate(photos):
        fields |= {
            f"images-{number}-id": photo.pk, f"images-{number}-product": product.pk,
            f"images-{number}-alt": photo.alt, f"images-{number}-place": number + 1,
        }  # fmt: skip
    return fields | changes


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def errors(answer):
    [photos] = [
        inline.formset
        for inline in answer.context["inline_admin_formsets"]
        if inline.formset.prefix == "images"
    ]
    return photos.errors


def test_an_upload_is_stored_clean_under_a_random_name_with_copies(editor, product, folder):
    assert editor.post(page(product), form(product, **uploads(picture()))).status_code == 302

    photo = ProductImage.objects.get()
    assert CLEAN_NAME.fullmatch(photo.image.name)
    assert photo.alt == "A row of five"
    measures = PhotoFiles.objects.get()
    assert (measures.width, measures.height, measures.widths) == (900, 600, [400, 800, 900])
    stem = photo.image.name.removesuffix(".jpg")
    copies = [f"{stem}-400.webp", f"{stem}-800.webp", f"{stem}-900.webp"]
    assert files(folder) == sorted([photo.image.name, *copies])
    for name in files(folder):
        assert b"camera" not in (folder / name).read_bytes()
        with Image.open(folder / name) as kept:
            assert dict(kept.getexif()) == {}
    with Image.open(folder / copies[0]) as small:
        assert (small.format, small.size) == ("WEBP", (400, 267))


def test_customers_see_it_with_its_words_and_measures(editor, product, client):
    editor.post(page(product), form(product, **uploads(picture(), picture(colour="navy"))))
    html = client.get(f"/sets/{product.slug}/").content.decode()

    first, second = re.findall(r"<picture>.*?</picture>", html)
    name = product.images.order_by("sort_order").first().image.name
    stem = f"/media/{name.removesuffix('.jpg')}"
    assert f'srcset="{stem}-400.webp 400w, {stem}-800.webp 800w, {stem}-900.webp 900w"' in first
    assert f'<img src="/media/{name}" alt="A row of five" width="900" height="600"' in first
    assert 'loading="lazy"' not in first
    assert 'loading="lazy"' in second


def test_a_photo_is_served_as_a_picture_and_as_nothing_else(editor, product, client):
    editor.post(page(product), form(product, **uploads(picture())))
    address = f"/media/{product.images.get().image.name}"
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not answer.cookies
    copy = client.get(address.replace(".jpg", "-400.webp"))
    assert copy.headers["Content-Type"] == "image/webp"
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(
    "path", ["products/", "products/page.html", "../secrets", "products/..%2f..%2fsecrets", "x.svg"]
)
def test_nothing_else_is_served_from_the_folder(folder, client, path):
    (folder / "products").mkdir()
    (folder / "products" / "page.html").write_text("<script>alert(1)</script>")
    (folder / "x.svg").write_text("<svg/>")
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<script>alert(1)</script>", "This is not a JPEG, PNG or WebP picture, or it is broken."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is not a JPEG, PNG or WebP picture, "),
        (picture().read()[:3000], "This is not a JPEG, PNG or WebP picture, or it is broken."),
        (b"\xff" * (8 * 1024 * 1024 + 1), "The picture is larger than 8 MB."),
        (b"", "The submitted file is empty."),
    ],
    ids=["html", "svg", "cut off", "too large", "empty"],
)
def test_a_file_that_is_no_picture_is_refused_and_nothing_typed_is_lost(
    editor, product, folder, content, problem
):
    upload = SimpleUploadedFile("photo.jpg", content, "image/jpeg")
    answer = editor.post(page(product), form(product, name="Typed name", **uploads(upload)))

    assert answer.status_code == 200
    [[said]] = [list(each.get("image", [])) for each in errors(answer)]
    assert said.startswith(problem)
    html = answer.content.decode()
    assert 'value="Typed name"' in html
    assert 'value="A row of five"' in html
    assert "Nothing was saved yet. Please choose the pictures again." in html
    product.refresh_from_db()
    assert product.name != "Typed name"
    assert files(folder) == []


def test_a_bomb_is_refused_before_it_is_unpacked(editor, product, monkeypatch):
    monkeypatch.setattr("product_content.photos.MAX_PIXELS", 900 * 600 - 1)
    answer = editor.post(page(product), form(product, **uploads(picture())))
    assert errors(answer) == [
        {"image": ["The picture has too many pixels. Make it smaller first."]}
    ]


def test_a_good_picture_is_asked_for_again_when_something_else_is_wrong(editor, product, folder):
    answer = editor.post(page(product), form(product, price_amount="-1", **uploads(picture())))
    assert "Please choose the pictures again." in answer.content.decode()
    assert files(folder) == []


def test_a_photo_needs_words_for_those_who_cannot_see_it(editor, product):
    answer = editor.post(page(product), form(product, **uploads(picture(), alt="  ")))
    assert errors(answer) == [{"alt": ["This field is required."]}]
    assert not ProductImage.objects.exists()


def test_an_editor_puts_photos_in_order_and_changes_their_words(editor, product):
    pictures = [picture(), picture(), picture()]
    editor.post(page(product), form(product, **uploads(*pictures)))
    first, second, third = product.images.order_by("sort_order")
    html = editor.get(page(product)).content.decode()
    assert [f"Photo {place}</strong>" in html for place in (1, 2, 3, 4)] == [True] * 3 + [False]
    changes = {"images-2-place": "1", "images-0-alt": "Beside a ruler"}
    answer = editor.post(page(product), form(product, **stored(product, **changes)))
    assert answer.status_code == 302
    assert list(product.images.order_by("sort_order")) == [third, first, second]
    first.refresh_from_db()
    assert first.alt == "Beside a ruler"
    assert first.image.name.startswith("products/")


def test_a_photo_taken_away_leaves_no_file(
    editor, product, folder, django_capture_on_commit_callbacks
):
    editor.post(page(product), form(product, **uploads(picture(), picture())))
    gone, kept = product.images.order_by("sort_order")
    fields = form(product, **stored(product, **{"images-0-DELETE": "on"}))
    with django_capture_on_commit_callbacks() as later:
        assert editor.post(page(product), fields).status_code == 302
    assert len(files(folder)) == 8
    for callback in later:
        callback()

    stem = kept.image.name.removesuffix(".jpg")
    assert len(files(folder)) == 4
    assert all(name.startswith(stem) for name in files(folder))
    assert list(product.images.all()) == [kept]
    assert gone.image.name not in files(folder)


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Support"])
def test_others_upload_nothing(product, folder, role):
    other = personas.in_role(role)
    assert other.post(page(product), form(product, **uploads(picture()))).status_code == 403
    assert files(folder) == []
