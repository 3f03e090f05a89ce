"""Texts that lie on disk: the same articles, by identifier and in order of it, none of them held."""

import gc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import spill
from pipelines.article import Article, texts
from pipelines.article.texts import Texts
from pipelines.spill import spilling

letters = st.text(alphabet="ab-.ä𝄞\n", min_size=1, max_size=4)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given=st.dictionaries(letters, st.text(max_size=9)), most=st.integers(1, 4))
def test_every_article_comes_back(tmp_path: Path, given: dict[str, str], most: int) -> None:
    articles = {i: Article(i, text, title=text or None, published_on=date(2031, 1, 1), quote_limit=len(text)) for i, text in given.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "_SMALL", 0)
        patch.setattr(texts, "_MOST", most)
        with spilling(tmp_path / "spill"):
            found = Texts((f"at {i}", a) for i, a in articles.items())
    assert dict(found) == articles
    assert list(found) == sorted(articles)
    assert list(found.placed()) == [(f"at {i}", articles[i]) for i in sorted(articles)]
    assert len(found) == len(articles)


def test_what_is_not_there_is_not_found() -> None:
    found = Texts([("here", Article("b", "text"))])
    assert "a" not in found and "c" not in found and "" not in found
    assert found.get(None) is None  # type: ignore[call-overload]
    assert not Texts([])


def test_no_article_is_held() -> None:
    found = Texts((str(n), Article(f"held-{n}", "text")) for n in range(50))
    assert sum(len(article.text) for article in found.values()) == 200
    gc.collect()
    assert not [o for o in gc.get_objects() if isinstance(o, Article) and o.article_id.startswith("held-")]
