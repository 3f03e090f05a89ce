"""Corpora of every form: each article is read, whatever is bad is named where it stands, and memory stays bounded."""

import gzip
import json
import os
import tracemalloc
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.article import Article
from pipelines.article.page import Page, Skipped, is_english
from pipelines.article.readers import Rejected, Source, expect, read_source, scan, sources
from pipelines.errors import InputError

PROSE = "The river rose in the night, and the town was cut off from the road that it has had for a century. " * 6
GERMAN = "Der Fluss stieg in der Nacht, und die Stadt war von der Straße abgeschnitten, die sie seit hundert Jahren hat. " * 6
HTML = f"""<html lang="en"><head><title>The river rose</title><meta property="og:site_name" content="River Post">
<meta property="article:published_time" content="2025-03-04T10:00:00Z"></head><body><article><h1>The river rose</h1><p>{PROSE}</p></article></body></html>"""


def good(*corpora: Path) -> list[Article]:
    return [found for corpus in corpora for found in scan(corpus) if isinstance(found, Article)]


def bad(corpus: Path, max_bytes: int = 5_000_000) -> list[tuple[str, str]]:
    found = [found for found in scan(corpus, max_bytes) if isinstance(found, Rejected)]
    return [(f.where.removeprefix(f"{corpus}"), f.reason) for f in found]


def packed(content: bytes, ending: str) -> bytes:
    return gzip.compress(content) if ending == ".gz" else pa.compress(content, "zstd", asbytes=True)


def record(url: str, body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", type_: str = "response") -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {type_}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-03-05T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{abs(hash(url)) % 10**12:012}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    ).encode()
    return head + http + b"\r\n\r\n"


def lines(*texts: str) -> bytes:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


# Folders and globs


def test_a_folder_is_read_with_its_folders(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for name in ("z.txt", "b/a.md", "b/c/d.txt", ".hidden/x.txt", "b/.y.txt"):
        (tmp_path / name).write_text("It rained.", "utf-8")
    assert [a.article_id for a in good(tmp_path)] == ["z", "a", "d"]


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It rained.", "utf-8")
    (tmp_path / "again").symlink_to(tmp_path)
    assert len(good(tmp_path)) == 1
    assert bad(tmp_path) == []


def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert [reason.split(" (")[0] for _, reason in bad(tmp_path)] == ["no regular file"] * 2


def test_a_glob_and_several_corpora(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.md"):
        (tmp_path / name).write_text("It rained.", "utf-8")
    found = list(sources([tmp_path / "*.txt", tmp_path / "c.md"]))
    assert [s.content.article_id for s in found if isinstance(s, Source)] == ["a", "b", "c"]
    twice = list(sources([tmp_path / "a.txt", tmp_path]))
    assert [type(f).__name__ for f in twice] == ["Source", "Rejected", "Source", "Source"]


def test_a_glob_that_finds_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not found"):
        expect(tmp_path / "*.txt")
    expect(tmp_path)


def test_a_file_whose_name_looks_like_a_glob(tmp_path: Path) -> None:
    (tmp_path / "a[1].jsonl").write_bytes(lines("It rained."))
    assert [f[0] for f in bad(tmp_path / "a[1].jsonl")] == [":1"]  # the name makes no identifier, and it is found


# Packed JSON Lines


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_packed_lines_are_read(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"news.jsonl{ending}"
    path.write_bytes(packed(lines("One.", "Two."), ending) + packed(lines("Three."), ending))
    assert [(a.article_id, a.text) for a in good(path)] == [("news-1", "One."), ("news-2", "Two."), ("news-3", "Three.")]


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_damaged_file_gives_what_stands_before(ending: str, tmp_path: Path) -> None:
    import random

    texts = [" ".join(random.Random(n).choices("rain river town night road bridge".split(), k=3000)) for n in range(300)]
    whole = packed(lines(*texts), ending)
    path = tmp_path / f"news.jsonl{ending}"
    path.write_bytes(whole[: len(whole) // 2])
    assert 1 < len(good(path)) < 300
    assert len(bad(path)) >= 1
    path.write_bytes(b"no archive at all")
    assert [where for where, _ in bad(path)] == [":1"]
    path.write_bytes(whole[:1000] + b"\x00" * 1000 + whole[2000:])
    assert bad(path)


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_bomb_is_refused_in_bounded_memory(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"bomb.jsonl{ending}"
    path.write_bytes(packed(lines("It rained."), ending) + packed(b"a" * 50_000_000, ending) * 8)
    tracemalloc.start()
    found = list(scan(path, 1_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(f).__name__ for f in found] == ["Article", "Rejected"]
    assert "times as large unpacked as packed" in found[1].reason
    assert peak < 20_000_000


def test_a_line_of_a_hundred_megabytes_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    with path.open("wb") as handle:
        handle.write(lines("One.") + b'{"text": "')
        for _ in range(100):
            handle.write(b"a" * 1_000_000)
        handle.write(b'"}\n' + lines("Three."))
    tracemalloc.start()
    found = list(scan(path, 1_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [f.article_id if isinstance(f, Article) else f.reason.split(" are")[0] for f in found] == [
        "news-1",
        "100,000,013 bytes",
        "news-3",
    ]
    assert peak < 20_000_000


# Parquet


def parquet(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_gives_texts_with_their_metadata(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "news.parquet",
        id=["x", None, "z"],
        text=["One.", "Two.", ""],
        date=[date(2025, 3, 4), None, None],
        title=["T", None, None],
        other=[1, 2, 3],
    )
    one, two = good(path)
    assert (one.article_id, one.text, one.published_on, one.title) == ("x", "One.", date(2025, 3, 4), "T")
    assert (two.article_id, two.published_on) == ("news-2", None)
    assert [where for where, _ in bad(path)] == [":3"]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_texts_of_every_string_type(kind: pa.DataType, tmp_path: Path) -> None:
    path = parquet(tmp_path / "news.parquet", text=pa.array(["One.", "One."]).cast(kind))
    assert [a.text for a in good(path)] == ["One.", "One."]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"txt": ["One."]}, "no column 'text'"),
        ({"text": [1]}, "of type int64"),
        ({"text": [["One."]]}, "of type list"),
        ({"text": ["One."], "id": ["a"], "article_id": ["b"]}, "two columns"),
        ({"text": pa.array([None], pa.string())}, "no text"),
        ({"text": ["One."], "title": [5]}, "title is 5"),
        ({"text": ["One."], "date": ["2025-02-30"]}, "is no date"),
        ({"text": ["One."], "id": ["../x"]}, "is no identifier"),
        ({"text": ["x" * 2000]}, "too many"),
        (
            {"text": pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])},
            "not UTF-8",
        ),
    ],
)
def test_bad_parquet_is_named(columns: dict[str, object], reason: str, tmp_path: Path) -> None:
    path = parquet(tmp_path / "news.parquet", **columns)
    ((where, told),) = bad(path, 1000)
    assert reason in told
    assert where in ("", ":1")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\xff" * 100 + b"PAR1", b"It rained."])
def test_what_is_no_parquet(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "news.parquet"
    path.write_bytes(content)
    ((_, reason),) = bad(path)
    assert "no Parquet" in reason


def test_a_parquet_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"text": ["a" * 200_000_000]}), path, compression="zstd", use_dictionary=False, write_statistics=False)
    ((_, reason),) = bad(path)
    assert "times as large" in reason


# Pages and WARC


def test_an_html_file_gives_its_main_text(tmp_path: Path) -> None:
    (tmp_path / "river.html").write_text(HTML, "utf-8")
    (article,) = good(tmp_path)
    assert (article.article_id, article.title, article.publisher) == ("river", "The river rose", "River Post")
    assert (article.published_on, article.language) == (date(2025, 3, 4), "en")
    assert "cut off from the road" in article.text
    assert "<" not in article.text


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_a_warc_gives_the_html_pages_among_its_responses(ending: str, tmp_path: Path) -> None:
    records = [
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 4\r\n\r\nx: y\r\n\r\n",
        record("https://example.org/river", HTML.encode()),
        record("https://example.org/river", HTML.encode(), type_="request"),
        record("https://example.org/logo.png", b"\x89PNG", "image/png"),
        record("https://example.org/gone", HTML.encode(), status="404 Not Found"),
        record("https://example.org/fluss", f"<html lang=de><body><article><p>{GERMAN}</p></article></body></html>".encode()),
        record("https://example.org/latin", HTML.replace("river", "rivière").encode("latin-1"), "text/html; charset=ISO-8859-1"),
        record("https://example.org/empty", b"<html></html>"),
        record("https://example.org/river", HTML.encode()),
    ]
    path = tmp_path / f"news.warc{ending}"
    path.write_bytes(b"".join(packed(r, ending) if ending else r for r in records))
    river, latin = good(path)
    assert river.article_id.startswith("w") and len(river.article_id) == 17
    assert (river.url, river.title, river.published_on) == ("https://example.org/river", "The river rose", date(2025, 3, 4))
    assert latin.title == "The rivière rose"
    assert [(where, reason.split(" (")[0].split(" '")[0]) for where, reason in bad(path)] == [
        (":6", "no main text"),
        (":7", "the identifier"),
    ]


def test_a_page_is_not_published_after_it_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "news.warc"
    path.write_bytes(record("https://example.org/late", HTML.replace("2025-03-04", "2025-03-09").encode()))
    assert good(path)[0].published_on is None


def test_a_page_that_is_too_large_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "news.warc"
    path.write_bytes(record("https://example.org/huge", b"x" * 30_000) + record("https://example.org/river", HTML.encode()))
    found = list(scan(path, 20_000))
    assert [type(f).__name__ for f in found] == ["Rejected", "Article"]


@pytest.mark.parametrize(
    "content", [b"It rained.\n" * 50, b"WARC/1.0\r\nContent-Length: x\r\n\r\n", b"\x00" * 5000, record("u", b"x" * 900)[:400]]
)
def test_what_is_no_warc_does_not_crash(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "news.warc"
    path.write_bytes(content)
    assert good(path) == []


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from([".warc", ".warc.gz", ".warc.zst", ".jsonl.gz", ".jsonl.zst", ".jsonl", ".parquet", ".html", ".txt"]),
)
def test_no_bytes_crash_a_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str) -> None:
    path = tmp_path_factory.mktemp("any") / f"any{ending}"
    path.write_bytes(content)
    for found in scan(path):
        assert isinstance(found, Article | Rejected)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=4))
def test_no_damage_to_a_warc_crashes_its_reader(tmp_path_factory: pytest.TempPathFactory, at: int, content: bytes) -> None:
    whole = record("https://example.org/a", b"<p>One</p>") * 3
    at %= len(whole)
    path = tmp_path_factory.mktemp("any") / "any.warc"
    path.write_bytes(whole[:at] + content + whole[at + len(content) :])
    for found in sources([path]):
        assert isinstance(found, Source | Rejected)


def test_a_page_is_not_parsed_by_the_reader(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"\x00")
    (found,) = sources([tmp_path])
    assert isinstance(found, Source) and isinstance(found.content, Page)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (PROSE, True),
        (GERMAN, False),
        ("La rivière est montée dans la nuit et la ville a été coupée de la route pendant deux jours.", False),
        ("El río subió por la noche y la ciudad quedó aislada de la carretera durante dos días.", False),
        ("De rivier steeg in de nacht en de stad was van de weg afgesneden, zei de burgemeester.", False),
        ("Річка піднялася вночі, і місто було відрізане від дороги.", False),
        ("北京昨天下雨。", False),
        ("At least 40 people were killed in the attack on Monday, the Red Cross said.", True),
        ("", False),
    ],
)
def test_english_is_told_from_its_neighbours(text: str, english: bool) -> None:
    assert is_english(text) == english


def test_a_title_with_half_a_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "One.", "title": "\\ud800"}\n', "utf-8")
    assert "surrogate" in bad(tmp_path / "a.jsonl")[0][1]


def test_an_identifier_is_no_bomb(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "One.", "id": "a" * 1_000_000}), "utf-8")
    ((_, reason),) = bad(tmp_path / "a.jsonl")
    assert "1,000,000 characters" in reason and len(reason) < 200


# Other languages


def made(html: str, charset: str | None = "utf-8") -> object:
    return read_source(Source("here", Page("p", html.encode(charset or "utf-8"), charset=charset)))


MENU = "<nav>" + "<a>Home</a> <a>News of the day</a> <a>About us</a> <a>Terms of use</a> " * 3 + "</nav>"


def test_a_page_in_another_language_is_passed_over_before_its_text_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.article.page._extraction", lambda: pytest.fail("the text was looked for"))
    script = f"<script>var said = '{PROSE}';</script><!-- {PROSE} -->"
    assert made(f"<html lang=de>{script}<body><article><p>{GERMAN}</p></article></body></html>") == Skipped("here", "de")


@pytest.mark.parametrize("tag", ["de", "fr-FR"])
def test_an_english_article_is_read_whatever_its_page_says(tag: str) -> None:
    found = made(f"<html lang={tag}><body><nav>{GERMAN}</nav><article><h1>The river rose</h1><p>{PROSE}</p></article></body></html>")
    assert isinstance(found, Article) and "cut off from the road" in found.text


def test_a_foreign_article_between_english_menus_is_passed_over() -> None:
    page = f"<html lang=de><body>{MENU}<article><h1>Der Fluss stieg</h1><p>{GERMAN}</p><p>{GERMAN}</p></article></body></html>"
    assert made(page) == Skipped("here", "de")


def test_an_unknown_encoding_passes_nothing_over() -> None:
    page = Page("p", f"<html lang=de><body><article><p>{PROSE}</p></article></body></html>".encode(), charset="klingon")
    assert isinstance(read_source(Source("here", page)), Article)
