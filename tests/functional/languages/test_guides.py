"""A guide or product that nobody has translated says so, and is called English."""

import re
from html import unescape

import pytest

from tests.factories import GuideFactory
from tests.unit.product_content.test_guides import SITUATIONS

pytestmark = pytest.mark.django_db

# What each situation must warn of, in English and in Spanish: first in its box, then in its text.
SCHEDULE = (
    "Do not shorten or leave out a schedule that your team has set: call them, the same day",
    "No acortes ni te saltes una pauta que ha fijado tu equipo: llámalo, el mismo día",
)
NERVES = (
    "numbness between the legs, weak legs, or bladder or bowel control that is suddenly lost",
    "adormecimiento entre las piernas, piernas débiles o una pérdida repentina del control de la vejiga",
)
MENOPAUSE = ("any bleeding after menopause", "cualquier sangrado después de la menopausia")
FEVER = ("fever", "fiebre")
FISTULA = ("urine or stool that comes from the vagina", "orina o heces que salen por la vagina")
IN_THE_BOX = {
    "what-it-is-and-feels-like": [
        NERVES, MENOPAUSE, FEVER,
        ("bleeding that nobody has explained", "un sangrado que nadie ha explicado"),
        ("cannot pass urine", "no puedes orinar"),
    ],
    "vulval-pain": [
        NERVES, MENOPAUSE, FEVER,
        ("before somebody has looked at it", "antes de que alguien lo haya mirado"),
        ("sores, blisters, a lump", "llagas, ampollas, un bulto"),
    ],
    "menopause-and-comfort": [
        NERVES, MENOPAUSE,
        ("a sore that does not heal", "una llaga que no cura"),
        ("trouble with breathing", "dificultad para respirar"),
    ],
    "after-birth": [
        NERVES, FEVER,
        ("Do not begin before your check-up", "No empieces antes de tu revisión"),
        ("strong bleeding, chest pain", "un sangrado fuerte, dolor en el pecho"),
        ("harming yourself or the baby", "hacerte daño o de hacérselo al bebé"),
    ],
    "after-radiotherapy": [
        NERVES, SCHEDULE, FEVER, FISTULA,
        ("Do not begin during radiotherapy", "No empieces durante la radioterapia"),
        ("lasts longer than a day or comes without dilation",
         "dura más de un día o que viene sin haber dilatado"),
        ("blood in urine or stool", "sangre en la orina o en las heces"),
    ],
    "after-pelvic-surgery": [
        NERVES, SCHEDULE, FEVER, FISTULA,
        ("before your surgeon has said", "antes de que tu cirujano haya dicho"),
        ("an edge of mesh that can be felt", "un borde de malla que se nota"),
        ("pain that is new or gets worse", "un dolor nuevo o que va a más"),
        ("a swollen painful leg", "una pierna hinchada y dolorida"),
        ("something that comes out of the vagina", "algo que sale por la vagina"),
    ],
    "agenesis": [
        NERVES, SCHEDULE,
        ("before a specialised team has shown you",
         "antes de que un equipo especializado te haya mostrado"),
        ("Under 18, a clinician", "menos de 18 años siempre participa un profesional"),
        ("trouble with passing urine", "dificultad para orinar"),
    ],
    "after-vaginoplasty": [
        NERVES, FEVER,
        ("Do not stop, shorten or leave out your schedule",
         "No dejes, acortes ni te saltes la pauta"),
        ("urine, stool or wind comes from the vagina", "sale orina, heces o gas por la vagina"),
        ("cannot pass urine", "no puedes orinar"),
    ],
    "lichen-and-skin": [
        NERVES,
        ("while the skin is sore, split, blistered or bleeding",
         "mientras la piel está dolorida, abierta, con ampollas o sangrando"),
        ("a sore that does not heal", "una llaga que no cura"),
    ],
    "when-a-device-was-prescribed": [
        NERVES, SCHEDULE, FEVER,
        ("they have no flange", "no tienen un tope"),
        ("cannot be taken out is an emergency", "no se puede sacar es una urgencia"),
        ("sudden strong pain in a testicle", "un dolor fuerte y repentino en un testículo"),
    ],
    "buying-for-somebody-else": [
        ("before you know of every implant of the person, and of those close to them",
         "antes de conocer todos los implantes de la persona y de quienes están cerca"),
        ("under 18 without a clinician", "menor de 18 años sin un profesional de salud"),
        ("Do not change a schedule that a team has set",
         "No cambies una pauta que ha fijado un equipo"),
    ],
}  # fmt: skip
EVERY_IMPLANT = ("every implant", "cualquier implante")
IN_THE_TEXT = {
    "vulval-pain": [
        ("danger near implants", "peligro cerca de implantes"),
    ],
    "after-radiotherapy": [("away from implanted devices", "lejos de dispositivos implantados")],
    "after-pelvic-surgery": [
        ("every implant, clip and coil", "cada implante, clip y espiral"),
        ("If mesh was used, call about an edge", "Si se usó malla, llama por un borde"),
    ],
    "agenesis": [EVERY_IMPLANT],
    "when-a-device-was-prescribed": [
        EVERY_IMPLANT,
        ("pacemaker, a pump or another implant", "marcapasos, una bomba u otro implante"),
    ],
    "buying-for-somebody-else": [
        ("a pacemaker, a pump, a hearing implant or another implant",
         "un marcapasos, una bomba, un implante auditivo u otro implante"),
    ],
}  # fmt: skip


@pytest.fixture
def staffs_guide():
    """A guide that staff wrote, which nobody has translated."""
    return GuideFactory(slug="of-our-own")


def words(html):
    html = re.sub(r"<sup\b.*?</sup>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def head(client, path):
    return client.get(path).content.decode().partition("</head>")[0]


def test_a_guide_without_a_translation_says_so_and_is_marked_as_english(client, staffs_guide):
    page = client.get("/es/guides/of-our-own/").content.decode()

    assert "Todavía no hemos traducido esta guía" in page
    assert '<div class="prose" lang="en">' in page
    assert '<ul lang="en">' in page
    assert f'<h1 lang="en">{staffs_guide.title}</h1>' in page


def test_neither_its_links_nor_the_sitemap_call_it_spanish(client, staffs_guide):
    links = head(client, "/es/guides/of-our-own/")
    sitemap = client.get("/sitemap.xml").content.decode()

    assert 'hreflang="es"' not in links
    assert re.search(r'rel="canonical" href="[^"]+//[^/"]+/guides/of-our-own/"', links)
    assert "/guides/of-our-own/" in sitemap
    assert "/es/guides/of-our-own/" not in sitemap


def test_a_product_without_a_translation_says_so_and_is_nowhere_called_spanish(shop, client):
    page = client.get("/es/sets/starter-set/").content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()

    assert "Todavía no hemos traducido el texto de este producto" in page
    assert '<h1 lang="en">Starter set</h1>' in page
    assert 'hreflang="es"' not in page.partition("</head>")[0]
    assert "http://testserver/sets/starter-set/" in sitemap
    assert "/es/sets/starter-set/" not in sitemap


@pytest.mark.usefixtures("catalogue")
def test_a_product_of_the_catalogue_is_spanish_and_so_are_its_links(client):
    page = client.get("/es/sets/starter-set-sizes-1-3/").content.decode()

    assert "Todavía no hemos traducido" not in page
    assert '<h1 lang="es">Juego inicial' in page
    assert 'hreflang="es"' in page.partition("</head>")[0]
    assert "/es/sets/starter-set-sizes-1-3/" in client.get("/sitemap.xml").content.decode()


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("slug", SITUATIONS)
def test_each_situation_has_its_page_and_its_red_box_in_each_language(client, prefix, slug):
    page = client.get(f"{prefix}/guides/{slug}/").content.decode()
    box = page.partition('<aside class="stop"')[2].partition("</ul>")[0]
    other = client.get(f"{'' if prefix else '/es'}/guides/{slug}/").content.decode()

    lines = re.findall(r"<li>(.*?)</li>", box)
    assert len(lines) >= 4
    assert [line for line in lines if line in other] == []
    assert re.search(r"\d mm\b", page), "says no length of ours"
    assert f'<h1 lang="{prefix.strip("/") or "en"}">' in page


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(("language", "prefix"), [(0, ""), (1, "/es")])
@pytest.mark.parametrize("slug", SITUATIONS)
def test_each_situation_warns_of_the_same_in_each_language(client, language, prefix, slug):
    page = client.get(f"{prefix}/guides/{slug}/").content.decode()
    box = words(page.partition('<aside class="stop"')[2].partition("</ul>")[0])
    text = words(page.partition('<div class="prose"')[2].partition("</article>")[0])

    assert [pair[language] for pair in IN_THE_BOX[slug] if pair[language] not in box] == []
    wanted = [pair[language] for pair in IN_THE_TEXT.get(slug, [])]
    assert [warning for warning in wanted if warning not in text] == []


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(("prefix", "word"), [("", "Warning"), ("/es", "Advertencia")])
def test_the_box_of_a_guide_is_called_a_warning_in_words(client, prefix, word):
    page = client.get(f"{prefix}/guides/after-radiotherapy/").content.decode()

    assert f'<span class="stop-word">{word}</span>' in page
