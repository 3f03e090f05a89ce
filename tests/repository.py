"""A small repository to build and release from: two articles in our own words, the project's schemas and lexicon."""

import shutil
from pathlib import Path

from pipelines.paths import REPOSITORY, Paths

RIVER = """---
title: A funeral in Kyiv
publisher: The River Post
published_on: 2025-03-04
language: en
licence: CC-BY-4.0
---
The Ukrainian army said on Monday that 40 Russian soldiers were killed near Kursk in Russia's war against Ukraine. \
Russia's Defence Ministry said that about 12 soldiers had been killed.

Ukraine sent 3,000 troops to Kursk in two waves, the army said.

A state funeral was held in Kyiv on March 2, hosted by President Volodymyr Zelenskyy. Bereaved families attended the ceremony.

“We will not forget them,” President Volodymyr Zelenskyy said. Russia's Defence Ministry declined to comment.
"""
# Without a licence its text stays at home.
WIRE = """---
publisher: The Wire
published_on: 2025-03-06
language: en
---
The Ukrainian army said on Wednesday that at least 55 Russian soldiers were killed near Kursk in Russia's war against Ukraine. \
Dozens of soldiers were wounded, it said.
"""


def small_repository(root: Path) -> Paths:
    """The repository, nothing built yet; schemas and lexicon are copies, so that a test may change them."""
    paths = Paths(root)
    paths.articles.mkdir(parents=True)
    (paths.articles / "river.txt").write_text(RIVER, "utf-8")
    (paths.articles / "wire.txt").write_text(WIRE, "utf-8")
    shutil.copytree(REPOSITORY.lexicon, paths.lexicon)
    shutil.copytree(REPOSITORY.schemas, paths.schemas)
    shutil.copy(REPOSITORY.about, paths.about)
    _little_gold(paths.gold)
    for name in ("LICENSE", "LICENSE-DATA"):
        (root / name).write_text(f"The {name}.\n", "utf-8")
    return paths


def _little_gold(gold: Path) -> None:
    """A few gold articles: enough for a table of accuracy, and quick."""
    for folder, ending in (("articles", "txt"), ("gold", "json")):
        (gold / folder).mkdir(parents=True)
        for path in sorted((REPOSITORY.gold / folder).glob(f"*.{ending}"))[:3]:
            shutil.copy(path, gold / folder)
