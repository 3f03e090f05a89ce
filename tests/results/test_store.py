"""The store of results: whatever lies there, no run gives wrong rows; what is nobody's or another's is refused or made again."""

import fcntl
import json
import os
from pathlib import Path

import pytest
from results.histories import TEXTS, files, make_lexicons, run, write_corpus

from pipelines.__main__ import main
from pipelines.article import stretches
from pipelines.article.kept import Kept, Key
from pipelines.corpus import Counts, Order
from pipelines.results import store as stores
from pipelines.results.register import Register
from pipelines.results.store import STORE

ARTICLES = {f"a{n}": f"{TEXTS[n % len(TEXTS)]} It was day {n}." for n in range(1, 9)}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(ARTICLES, tmp_path / "corpus")


def extract(corpus: Path, out: Path, *options: str) -> int:
    return main(["extract", str(corpus), "--out", str(out), "--engine", "process", *options])


def inside(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_run_without_a_store_leaves_none(corpus: Path, tmp_path: Path) -> None:
    assert extract(corpus, tmp_path / "out", "--no-store") == 0
    assert not (tmp_path / "out" / STORE).exists()
    assert not (tmp_path / "out" / ".extracting").exists()


def test_a_store_serves_several_folders(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for out in ("one", "two"):
        assert extract(corpus, tmp_path / out, "--store", str(tmp_path / "kept")) == 0
    assert "8 unchanged since an earlier run" in capsys.readouterr().out
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert not (tmp_path / "one" / STORE).exists()


def test_fresh_extracts_everything_again(corpus: Path, tmp_path: Path) -> None:
    order = Order(engine="process", fresh=True)
    run(corpus, tmp_path / "out")
    assert run(corpus, tmp_path / "out").counts.reused == 8
    assert run(corpus, tmp_path / "out", order=order).counts.reused == 0


def test_what_a_run_that_was_stopped_found_with_another_lexicon_is_not_used(corpus: Path, tmp_path: Path) -> None:
    def stop(counts: Counts) -> None:
        if counts.articles:
            raise KeyboardInterrupt

    before, after = (lexicons[n] for lexicons in [make_lexicons(tmp_path / "lexicons")] for n in (0, 10))
    with pytest.raises(KeyboardInterrupt):
        run(corpus, tmp_path / "out", before, tell=stop)
    assert any((tmp_path / "out" / STORE / "log").iterdir())
    assert run(corpus, tmp_path / "out", after).counts.reused == 0
    run(corpus, tmp_path / "full", after)
    assert files(tmp_path / "out") == files(tmp_path / "full")


def test_what_explain_says(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert extract(corpus, out, "--explain") == 0
    assert "8 of 8 articles would be extracted:\n  nothing is kept of an earlier run (8: " in capsys.readouterr().out
    assert not out.exists()
    extract(corpus, out, "--quiet")
    before = inside(out)
    assert extract(corpus, out, "--explain") == 0
    assert capsys.readouterr().out == "0 of 8 articles would be extracted\n"
    write_corpus({**ARTICLES, "a1": "It snowed.", "a12": "It rained."} | {"a13": "It rained."}, corpus)
    (corpus / "a3.txt").unlink()
    (corpus / "bad.txt").write_bytes(b"\xff")
    assert extract(corpus, out, "--explain") == 0
    assert capsys.readouterr().out == (
        "3 of 9 articles would be extracted:\n  changed (1: a1)\n  new (2: a13, a12)\n  gone (1: a3)\n1 cannot be read\n"
    )
    assert extract(corpus, out, "--explain", "--fresh") == 0
    assert "9 of 9" in capsys.readouterr().out
    assert inside(out) == before


@pytest.mark.parametrize("found", ["folder", "file"])
def test_what_is_no_store_is_left_alone(found: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "mine"
    if found == "folder":
        place.mkdir()
        (place / "letters.txt").write_text("mine", "utf-8")
    else:
        place.write_text("mine", "utf-8")
    for options in ([], ["--fresh"]):
        assert extract(corpus, tmp_path / "out", "--store", str(place), *options) == 2
        assert "mine" in (told := capsys.readouterr().err) and "--no-store goes without" in told
    assert (place / "letters.txt" if found == "folder" else place).read_text("utf-8") == "mine"
    assert not (tmp_path / "out").exists()


def test_two_runs_do_not_use_one_store(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extract(corpus, tmp_path / "one", "--store", str(tmp_path / "kept"))
    handle = os.open(tmp_path / "kept", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for options in ([], ["--explain"]):
            assert extract(corpus, tmp_path / "two", "--store", str(tmp_path / "kept"), *options) == 2
            assert "another extraction is writing there" in capsys.readouterr().err
    finally:
        os.close(handle)
    assert not (tmp_path / "two").exists()


def lines(rows: list[dict[str, str]], path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch) -> list[Key]:
    """The articles that are looked for one by one; a stretch has four on average."""
    monkeypatch.setattr(stretches, "_ARTICLES", 4)
    asked: list[Key] = []
    plain = Register.find

    def find(register: Register, key: Key) -> Kept | None:
        asked.append(key)
        return plain(register, key)

    monkeypatch.setattr(Register, "find", find)
    return asked


def test_articles_that_follow_each_other_are_known_together(tmp_path: Path, looked_for: list[Key]) -> None:
    rows = [{"id": f"a{n}", "text": f"{TEXTS[n % len(TEXTS)]} It was day {n}."} for n in range(120)]
    corpus, out = lines(rows, tmp_path / "news.jsonl"), tmp_path / "out"
    run(corpus, out)
    looked_for.clear()
    assert run(corpus, out).counts.reused == 120 and looked_for == []
    lines([*rows[:50], {"id": "b", "text": TEXTS[1]}, *rows[50:90], *rows[91:]], corpus)
    assert run(corpus, out).counts.reused == 119
    assert 0 < len(set(looked_for)) < 60, "only those around what changed"
    run(corpus, tmp_path / "full", order=Order(engine="process", keeps=False))
    assert files(out) == files(tmp_path / "full")


def test_lines_without_a_name_are_known_where_they_stand(tmp_path: Path, looked_for: list[Key]) -> None:
    rows = [{"text": f"{TEXTS[n % len(TEXTS)]} It was day {n}."} for n in range(40)]
    corpus, out = lines(rows, tmp_path / "news.jsonl"), tmp_path / "out"
    run(corpus, out)
    looked_for.clear()
    assert run(corpus, out).counts.reused == 40 and looked_for == []
    for changed in (rows[1:], [rows[0], *rows], [*rows[:20], {"text": TEXTS[0]}, *rows[20:]]):
        lines(changed, corpus)
        run(corpus, out)
        run(corpus, tmp_path / "full", order=Order(engine="process", keeps=False))
        assert files(out) == files(tmp_path / "full")


def test_an_identifier_that_was_there_before_is_rejected_in_a_stretch_too(tmp_path: Path, looked_for: list[Key]) -> None:
    rows = [{"id": f"a{n}", "text": f"{TEXTS[n % len(TEXTS)]} It was day {n}."} for n in range(40)]
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    corpus.mkdir()
    lines(rows, corpus / "b.jsonl")
    run(corpus, out)
    for first in ({"id": "a7", "text": TEXTS[3]}, rows[7]):
        lines([first], corpus / "a.jsonl")
        looked_for.clear()
        assert run(corpus, out).counts.rejected == 1
        assert len(looked_for) < 20
        (rejected,) = (json.loads(line) for line in (out / "rejected.jsonl").read_text("utf-8").splitlines())
        assert rejected["where"].endswith("b.jsonl:8") and "'a7' is taken by" in rejected["reason"]
        run(corpus, tmp_path / "full", order=Order(engine="process", keeps=False))
        assert files(out) == files(tmp_path / "full")


def test_an_identifier_that_a_stretch_took_is_rejected_where_it_comes_again(tmp_path: Path, looked_for: list[Key]) -> None:
    rows = [{"id": f"a{n}", "text": f"{TEXTS[n % len(TEXTS)]} It was day {n}."} for n in range(40)]
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    corpus.mkdir()
    lines(rows, corpus / "a.jsonl")
    run(corpus, out)
    looked_for.clear()
    lines([{"id": "a7", "text": TEXTS[3]}, rows[9]], corpus / "b.jsonl")
    lines(rows, corpus / "c.jsonl")
    assert run(corpus, out).counts.rejected == 42
    told = [json.loads(line) for line in (out / "rejected.jsonl").read_text("utf-8").splitlines()]
    assert [row["where"].rpartition("/")[2] for row in told] == ["b.jsonl:1", "b.jsonl:2", *(f"c.jsonl:{n}" for n in range(1, 41))]
    places = [row["reason"].partition(" is taken by ")[2].rpartition("/")[2].partition(" ")[0] for row in told]
    assert places == ["a.jsonl:8", "a.jsonl:10", *(f"a.jsonl:{n}" for n in range(1, 41))]
    run(corpus, tmp_path / "full", order=Order(engine="process", keeps=False))
    assert files(out) == files(tmp_path / "full")
    assert run(corpus, out).counts.rejected == 42 and files(out) == files(tmp_path / "full")


def test_a_line_that_stands_twice_in_a_stretch_is_one_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "_ARTICLES", 1_000_000)
    rows = [{"id": f"a{n}", "text": f"{TEXTS[n % len(TEXTS)]} It was day {n}."} for n in range(10)]
    corpus, out = lines([*rows, rows[3]], tmp_path / "news.jsonl"), tmp_path / "out"
    for _ in range(3):
        counts = run(corpus, out).counts
        assert (counts.articles, counts.rejected) == (10, 1)
        assert '"where": ' in (told := (out / "rejected.jsonl").read_text("utf-8")) and ":11" in told and ":4 (expected" in told


LAYOUTS = [
    {"format": 99},
    {"program": "0" * 64},
    {"program": None},
    {"lexicon": "0" * 64},
    {"lexicon": 7},
    {"entries": None},
    {"entries": ["../../../corpus/news.jsonl", [1, 2, 3, "x"]]},
    {"compared": ["../../../corpus/news.jsonl", [1, 2, 3, "x"]]},
    {"stretches": None},
    {"stretches": ["../../../corpus/news.jsonl", [1, 2, 3, "x"]]},
    {"writers": None},
    {"parts": {}},
    {"parts": {"x": -1}},
    {"parts": None},
    {"pieces": []},
    {"pieces": {"x": {"evidence": 3}}},
    {"outputs": {"evidence": {}}},
    {"outputs": {"evidence": {"path": "/dev/zero", "stamp": [0], "places": {}}}},
]


@pytest.mark.parametrize("change", LAYOUTS, ids=[f"{next(iter(c))}-{n}" for n, c in enumerate(LAYOUTS)])
def test_a_strange_layout_gives_the_same_rows(change: dict[str, object], corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    wanted, layout = files(tmp_path / "out"), tmp_path / "out" / STORE / "layout.json"
    layout.write_text(json.dumps({**json.loads(layout.read_text("utf-8")), **change}), "utf-8")
    run(corpus, tmp_path / "out")
    assert files(tmp_path / "out") == wanted
    assert run(corpus, tmp_path / "out").counts.reused == 8


@pytest.mark.parametrize("content", [b"", b"[]", b"\x00\xff", b"{" * 100_000])
def test_a_layout_that_is_none_gives_the_same_rows(content: bytes, corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    wanted = files(tmp_path / "out")
    (tmp_path / "out" / STORE / "layout.json").write_bytes(content)
    run(corpus, tmp_path / "out")
    assert files(tmp_path / "out") == wanted


def test_another_version_of_the_program_extracts_again(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(corpus, tmp_path / "out")
    wanted = files(tmp_path / "out")
    monkeypatch.setattr(stores, "program", lambda _: "another")
    assert run(corpus, tmp_path / "out").counts.reused == 0
    assert files(tmp_path / "out") == wanted


def test_another_writer_writes_again_and_does_not_extract(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(corpus, tmp_path / "out")
    wanted, pieces = files(tmp_path / "out"), set((tmp_path / "out" / STORE / "pieces").iterdir())
    version = stores.metadata.version
    monkeypatch.setattr(stores.metadata, "version", lambda name: "99" if name == "pyarrow" else version(name))
    assert run(corpus, tmp_path / "out").counts.reused == 8
    assert files(tmp_path / "out") == wanted
    assert pieces.isdisjoint((tmp_path / "out" / STORE / "pieces").iterdir())


def test_a_table_that_somebody_edited_is_written_anew(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    wanted, evidence = files(tmp_path / "out"), tmp_path / "out" / "evidence.csv"
    times = evidence.stat()
    evidence.write_bytes(evidence.read_bytes().replace(b"killed", b"KILLED"))
    os.utime(evidence, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert run(corpus, tmp_path / "out").counts.reused == 8
    assert files(tmp_path / "out") == wanted


def test_an_article_that_failed_is_tried_again(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.engines import extraction

    plain = extraction.extract

    def breaks(article, *others):
        if article.article_id == "a3":
            raise RuntimeError("broken")
        return plain(article, *others)

    monkeypatch.setattr(extraction, "extract", breaks)
    assert run(corpus, tmp_path / "out").counts.rejected == 1
    monkeypatch.setattr(extraction, "extract", plain)
    counts = run(corpus, tmp_path / "out").counts
    assert (counts.articles, counts.rejected, counts.reused) == (8, 0, 7)


def test_pages_in_other_languages_are_known_too(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    prose = {"en": " ".join(TEXTS) * 3, "de": "Der Fluss stieg in der Nacht, und die Stadt schlief noch. " * 8}
    for language, text in prose.items():
        (folder / f"{language}.html").write_text(f"<html lang={language}><body><article><p>{text}</p></article></body></html>", "utf-8")
    for reused in (0, 2):
        counts = run(folder, tmp_path / "out").counts
        assert (counts.articles, counts.skipped, counts.reused) == (1, 1, reused)


def test_the_log_for_machines_says_how_long_it_takes(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for reused in (0, 8):
        assert extract(corpus, tmp_path / "out", "--log", "json") == 0
        done = json.loads(capsys.readouterr().err.splitlines()[-1])
        size = sum(path.stat().st_size for path in corpus.iterdir())
        assert (done["reused"], done["bytes_in_all"]) == (reused, size)
        assert 0 < done["bytes_read"] <= size
