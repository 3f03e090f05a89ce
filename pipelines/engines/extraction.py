"""Extraction from one article: the pure function that everything else calls."""

import functools
import importlib
from collections.abc import Iterable, Sequence
from types import ModuleType

from pipelines.article import Article
from pipelines.facts import Fact
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.mentions import find_mentions


def extract(article: Article, lexicon: Lexicon, tables: Sequence[str]) -> list[Fact]:
    """The facts of one article for the named fact tables, in order of table and text."""
    mentions = find_mentions(article, lexicon)
    facts: list[Fact] = []
    for table in tables:
        found: Iterable[Fact] = _module(table).find_facts(article, mentions)
        facts.extend(sorted(found, key=lambda fact: fact.trigger))
    return facts


@functools.cache
def _module(table: str) -> ModuleType:
    """The module of a fact table: they bear one name, and that is the whole registration."""
    return importlib.import_module(f"pipelines.facts.{table}")
