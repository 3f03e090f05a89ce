"""Extraction in this process: the pure function that every engine calls."""

import importlib
from collections.abc import Iterable, Sequence

from pipelines.article import Article
from pipelines.facts import Fact
from pipelines.mentions import find_mentions
from pipelines.mentions.lexicon import Lexicon


def extract(article: Article, lexicon: Lexicon, tables: Sequence[str]) -> list[Fact]:
    """The facts of one article for the named fact tables, in order of table and text."""
    mentions = find_mentions(article, lexicon)
    facts: list[Fact] = []
    for table in tables:
        # A fact table and its module bear one name: that is the whole registration.
        module = importlib.import_module(f"pipelines.facts.{table}")
        found: Iterable[Fact] = module.find_facts(article, mentions)
        facts.extend(sorted(found, key=lambda fact: fact.trigger))
    return facts
