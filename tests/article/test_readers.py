"""Readers: both forms of a text and JSON Lines; what cannot be read is named by file and line."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.article import Article
from pipelines.article.readers import Rejected, read_folder, read_text, scan
from pipelines.errors import InputError

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the corpus and gives its path."""

    def to(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return to


def fails(path: Path, *expected: str, max_bytes: int = 5_000_000) -> str:
    """The message of the error that a text gives; it names the file and holds the words."""
    with pytest.raises(InputError) as caught:
        read_text(path, max_bytes)
    message = str(caught.value)
    for words in (path.name, *expected):
        assert words in message
    return message


def good(path: Path) -> list[Article]:
    return [found for found in scan(path) if isinstance(found, Article)]


def bad(path: Path) -> list[Rejected]:
    return [found for found in scan(path) if isinstance(found, Rejected)]


# Both forms of a text


def test_a_date_prefix_dates_the_article(write: Write) -> None:
    article = read_text(write("a1.txt", " date 2025-08-22 North of the river it rained."))
    assert article.article_id == "a1"
    assert article.published_on == date(2025, 8, 22)
    assert article.text[article.body_start :] == "North of the river it rained."


def test_the_stored_text_is_the_whole_file(write: Write) -> None:
    written = "\ufeff date 2025-08-22 Zwölf “Männer” left.\r\n\r\n  Then rain. \n"
    article = read_text(write("a1.txt", written))
    assert article.text == written


def test_front_matter_gives_all_metadata(write: Write) -> None:
    head = "---\ntitle: 'On time: late'\npublisher: The Gazette\nurl: https://example.org/1\npublished_on: 2024-02-29\nlanguage: en\n"
    article = read_text(write("b.md", head + "licence: CC-BY-4.0\nquote_limit: 120\n---\nIt rained.\n"))
    assert (article.title, article.publisher, article.url) == ("On time: late", "The Gazette", "https://example.org/1")
    assert (article.published_on, article.language, article.licence, article.quote_limit) == (date(2024, 2, 29), "en", "CC-BY-4.0", 120)
    assert article.text[article.body_start :] == "It rained.\n"


def test_unknown_metadata_stays_null(write: Write) -> None:
    article = read_text(write("plain.txt", "It rained."))
    assert (article.title, article.publisher, article.url, article.published_on, article.language, article.licence) == (None,) * 6
    assert article.quote_limit == 300


def test_an_empty_value_is_null(write: Write) -> None:
    assert read_text(write("plain.txt", "---\ntitle:\npublished_on: ''\n---\nIt rained.")).title is None


def test_a_front_matter_value_stays_text(write: Write) -> None:
    assert read_text(write("n.txt", "---\ntitle: 1984\npublisher: no\n---\nIt rained.")).title == "1984"


def test_bidirectional_characters_in_the_text_are_kept(write: Write) -> None:
    assert "\u202e" in read_text(write("bidi.txt", "He wrote \u202eabc\u202c there.")).text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(str.strip))
def test_any_text_is_kept_verbatim(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    path = tmp_path_factory.mktemp("verbatim") / "any.txt"
    written = " date 2025-08-22 " + body
    path.write_bytes(written.encode("utf-8"))
    article = read_text(path)
    assert article.text == written
    assert article.published_on == date(2025, 8, 22)


# JSON Lines


def test_json_lines_keep_their_metadata(write: Write) -> None:
    record = {"id": "x-1", "text": "It rained.", "date": "2025-08-22", "title": "Rain", "publisher": "Gazette", "license": "CC0-1.0"}
    (article,) = good(write("corpus.jsonl", json.dumps(record) + "\n"))
    assert (article.article_id, article.text, article.body_start) == ("x-1", "It rained.", 0)
    assert (article.published_on, article.title, article.publisher, article.licence) == (date(2025, 8, 22), "Rain", "Gazette", "CC0-1.0")


def test_json_lines_need_nothing_but_text(write: Write) -> None:
    articles = good(write("corpus.jsonl", '{"text": "It rained."}\n\n{"text": "It snowed.", "title": null}\n'))
    assert [a.article_id for a in articles] == ["corpus-1", "corpus-3"]
    assert [a.title for a in articles] == [None, None]


def test_a_bad_line_does_not_stop_the_others(write: Write) -> None:
    path = write("corpus.jsonl", '{"text": "It rained."}\n{"text": \n{"text": "It snowed."}\n')
    assert [a.text for a in good(path)] == ["It rained.", "It snowed."]
    (rejected,) = bad(path)
    assert rejected.where.endswith("corpus.jsonl:2")
    assert "no JSON" in rejected.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'["It rained."]', "expected an object"),
        (b'{"title": "Rain"}', "no text"),
        (b'{"text": 5}', "no text"),
        (b'{"text": ""}', "empty"),
        (b'{"text": "   "}', "empty"),
        (b'{"text": "It rained.", "date": "2025-02-30"}', "is no date"),
        (b'{"text": "It rained.", "date": "yesterday"}', "is no date"),
        (b'{"text": "It rained.", "id": "../x"}', "is no identifier"),
        (b'{"text": "It rained.", "title": ["Rain"]}', "title is"),
        (b'{"text": "It rained.", "quote_limit": -1}', "quote_limit is"),
        (b'{"text": "It\\u0000rained."}', "NUL"),
        (b'{"text": "It \\ud800 rained."}', "surrogate"),
        (b'{"text": "It \xff rained."}', "not UTF-8"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_a_bad_line_is_named(write: Write, line: bytes, reason: str) -> None:
    (rejected,) = bad(write("corpus.jsonl", b'{"text": "Good."}\n' + line + b"\n"))
    assert rejected.where.endswith("corpus.jsonl:2")
    assert reason in rejected.reason


# Bad input


def test_a_folder_without_articles(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no article"):
        read_folder(tmp_path)


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not found"):
        list(scan(tmp_path / "nowhere"))


@pytest.mark.parametrize("content", ["", "  \n\n", " date 2025-08-22 \n", "---\ntitle: Rain\n---\n\n"])
def test_an_empty_article(write: Write, content: str) -> None:
    fails(write("a.txt", content), "empty")


def test_a_binary_file(write: Write) -> None:
    assert "a.txt:2:" in fails(write("a.txt", b"One line.\nIt \x00 rained."), "NUL")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252"])
def test_a_wrong_encoding(write: Write, encoding: str) -> None:
    fails(write("a.txt", "First.\nÇa dépend.".encode(encoding)), "UTF-8")


def test_a_wrong_encoding_names_the_line(write: Write) -> None:
    assert "a.txt:3:" in fails(write("a.txt", b"One.\nTwo.\nThr\xe9e."), "byte 13")


def test_a_date_that_does_not_exist(write: Write) -> None:
    fails(write("a.txt", " date 2025-02-30 It rained."), "2025-02-30", "is no date")
    fails(write("b.txt", "---\npublished_on: 2025-13-01\n---\nIt rained."), "2025-13-01", "is no date")


def test_front_matter_that_is_no_yaml_names_the_line(write: Write) -> None:
    fails(write("a.txt", "---\ntitle: Rain\npublisher: a: b\n---\nIt rained."), "a.txt:3:", "no YAML")
    fails(write("b.txt", "---\ntitle: 'Rain\n---\nIt rained."), "b.txt:", "no YAML")


def test_front_matter_without_end(write: Write) -> None:
    fails(write("a.txt", "---\ntitle: Rain\nIt rained."), "a.txt:1:", "not closed")


def test_front_matter_without_keys(write: Write) -> None:
    fails(write("a.txt", "---\n- Rain\n---\nIt rained."), "a.txt:2:", "holds no keys")


def test_an_unknown_key_names_its_line_and_the_nearest(write: Write) -> None:
    fails(write("a.txt", "---\ntitle: Rain\npublsher: The Gazette\n---\nIt rained."), "a.txt:3:", "did you mean 'publisher'")


@pytest.mark.parametrize("value", ["-1", "many", "1.5"])
def test_a_bad_quote_limit(write: Write, value: str) -> None:
    fails(write("a.txt", f"---\nquote_limit: {value}\n---\nIt rained."), "quote_limit")


def test_a_text_over_the_limit(write: Write) -> None:
    path = write("a.txt", "It rained. " * 100)
    fails(path, "1,100", "at most 1,099", max_bytes=1099)
    assert read_text(path, 1100).text_sha256


def test_a_line_over_the_limit(write: Write) -> None:
    path = write("corpus.jsonl", json.dumps({"text": "It rained. " * 100}) + "\n")
    (rejected,) = [f for f in scan(path, 1000) if isinstance(f, Rejected)]
    assert "too many" in rejected.reason


@pytest.mark.parametrize("stem", ["a b", "-a", ".hidden-no", "a..b", "a\u202eb", "a\u200bb", "ä", "a\tb", "a\x1bb", "a;b"])
def test_a_stem_that_is_no_identifier(write: Write, stem: str) -> None:
    path = write(f"{stem}.txt", "It rained.")
    with pytest.raises(InputError, match="is no identifier") as caught:
        read_text(path)
    # What is shown holds no character that could fool a terminal.
    assert all(c.isprintable() for c in str(caught.value))


@pytest.mark.parametrize("identifier", ["../x", "a/b", "a\\b", "a\u202eb", "a\nb", "a\x1b[31m", "", " ", "..", "a\u0000"])
def test_an_identifier_that_could_leave_its_folder(write: Write, identifier: str) -> None:
    (rejected,) = bad(write("corpus.jsonl", json.dumps({"id": identifier, "text": "It rained."}) + "\n"))
    assert rejected.where.endswith("corpus.jsonl:1")
    assert "is no identifier" in rejected.reason
    assert all(c.isprintable() for c in rejected.reason)


def test_a_duplicate_identifier_names_both_files(write: Write, tmp_path: Path) -> None:
    write("same.md", "It rained.")
    write("same.txt", "It snowed.")
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    assert "same.txt" in str(caught.value)
    assert "taken by" in str(caught.value)
    assert "same.md" in str(caught.value)


def test_duplicate_lines(write: Write) -> None:
    path = write("corpus.jsonl", '{"id": "x", "text": "It rained."}\n{"id": "x", "text": "It snowed."}\n')
    assert [a.text for a in good(path)] == ["It rained."]
    assert bad(path)[0].where.endswith("corpus.jsonl:2")


def test_an_unknown_kind_of_file(write: Write, tmp_path: Path) -> None:
    write("notes.pdf", b"%PDF")
    write("a.txt", "It rained.")
    (rejected,) = bad(tmp_path)
    assert "notes.pdf" in rejected.where
    assert "expected .txt" in rejected.reason
    with pytest.raises(InputError, match=r"notes\.pdf"):
        read_folder(tmp_path)


def test_hidden_files_and_folders_are_left_alone(write: Write, tmp_path: Path) -> None:
    write(".DS_Store", b"\x00")
    write("a.txt", "It rained.")
    (tmp_path / "drafts").mkdir()
    assert [a.article_id for a in read_folder(tmp_path)] == ["a"]


def test_articles_come_in_order_of_their_identifiers(write: Write, tmp_path: Path) -> None:
    for name in ("b.txt", "a-1.txt", "a.md", "B.txt"):
        write(name, "It rained.")
    assert [a.article_id for a in read_folder(tmp_path)] == ["B", "a", "a-1", "b"]
