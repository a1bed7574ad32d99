"""What somebody typed, word by word: corrections, and what words of customers stand for."""

from product_content.search.query import (
    MAX_LENGTH,
    Candidate,
    Phrase,
    Term,
    WordFacts,
    answers,
    choose_language,
    corrections,
    is_question,
    make_terms,
    parse_query,
)
from product_content.search.results import START, STOP, marked


def near(word, edits, *, sensitive=False, stem=None):
    return Candidate(word, stem or word, edits, sensitive)


def test_long_or_odd_text_is_cut_and_never_an_error():
    wish = parse_query("word " * 1000 + "\x00 ' & | ! :* ()", ())
    assert wish.words == ("word",)
    assert parse_query("x" * (MAX_LENGTH + 50), ()).words == ("x" * MAX_LENGTH,)
    assert len(parse_query(" ".join(f"w{letter}" for letter in "abcdefghijklmnop"), ()).words) == 12


def corrected(word, *candidates, known=False, longer=()):
    facts = {word: WordFacts((word,), known, longer, candidates)}
    return [(typed, right.word) for typed, right in corrections([word], facts)]


def test_only_a_near_miss_of_a_long_word_is_corrected():
    assert corrected("lubricnt", near("lubricant", 1)) == [("lubricnt", "lubricant")]
    assert corrected("dilaotr", near("dilator", 2)) == [("dilaotr", "dilator")]
    assert corrected("menapose", near("menopause", 2)) == [("menapose", "menopause")]
    assert corrected("pouhc", near("pouch", 2)) == []
    assert corrected("relaxd", near("related", 2)) == []
    assert corrected("house", near("hours", 1)) == []
    assert corrected("kubricent", near("lubricant", 2)) == []
    assert corrected("size12", near("sizes", 2)) == []


def test_a_known_word_and_the_beginning_of_one_stay():
    assert corrected("vaginitis", near("vaginosis", 1), known=True) == []
    assert corrected("lubric", near("public", 2), longer=("lubricant",)) == []


def test_a_word_with_two_readings_stays_if_one_is_sensitive():
    two = near("vulvitis", 1, sensitive=True), near("vulvatis", 1)
    assert corrected("vulvetis", *two) == []
    assert corrected("vulvetis", two[0]) == [("vulvetis", "vulvitis")]
    same = near("implant", 1, stem="implant", sensitive=True), near("implants", 1, stem="implant")
    assert corrected("implamt", *same) == [("implamt", "implant")]


def test_the_language_that_knows_most_words_is_searched():
    known, unknown = WordFacts(("a",), known=True), WordFacts(("a",))
    facts = {"en": {"uno": known, "dos": unknown}, "es": {"uno": known, "dos": known}}
    assert choose_language(facts, preferred="en") == "es"
    assert choose_language({"en": {}, "es": {}}, preferred="es") == "es"


SYNONYMS = (("dilat",), ("vagin", "trainer"))


def test_a_question_begins_as_one():
    assert is_question("How do I clean them")
    assert is_question("¿Cómo se limpian?")
    assert not is_question("cleaning how")
    assert not is_question("para")


def test_words_for_one_thing_are_one_term_and_the_longest_phrase_counts():
    facts = {word: WordFacts((word,), known=True) for word in ("vagin", "trainer", "silicon")}
    found = [
        Phrase(frozenset({"trainer"}), 1, alternatives=(("trainer",),)),
        Phrase(frozenset({"vagin", "trainer"}), 2, alternatives=SYNONYMS),
    ]
    assert make_terms(tuple(facts), facts, found) == (Term(SYNONYMS), Term((("silicon",),)))


def test_words_lead_to_answers_the_longest_phrase_first_then_the_shops_order():
    found = [
        Phrase(frozenset({"return"}), 9, "returns"),
        Phrase(frozenset({"birth"}), 2, "guide:after-birth"),
        Phrase(frozenset({"sex", "birth"}), 5, "guide:finding-help"),
        Phrase(frozenset({"implant"}), 1, "guide:about-magnets"),
    ]
    assert answers(found) == ("guide:finding-help", "guide:about-magnets", "returns")


def test_found_words_are_marked_in_text_that_is_escaped():
    shown = marked(f"<b>{START}dilator{STOP}</b> & more")
    assert shown == "&lt;b&gt;<mark>dilator</mark>&lt;/b&gt; &amp; more"
