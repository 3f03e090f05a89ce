"""A repository as small as a build allows, for benchmarks that run it many times: two articles in our own words, a lexicon of a few names."""

import json
import shutil
from pathlib import Path

from pipelines.paths import REPOSITORY, Paths

TITLE = "small"
_ABOUT = """name: small
title: A small package
description: Made for a benchmark.
licences: [{name: CC-BY-4.0, title: Creative Commons Attribution 4.0, path: "https://creativecommons.org/licenses/by/4.0/"}]
contributors: [{title: The testers, roles: [creator]}]
"""
_ARTICLE = """---
title: {title}
publisher: The Northland Post
published_on: 2031-03-04
language: en
licence: CC-BY-4.0
---
{text}
"""
_HARBOUR = (
    "The Ministry of Defence of Northland said on March 3 that 12 sailors were killed in the storming of Port Lind. "
    "Lind Council put the toll at about 600 killed.\n\nNorthland sent 5,000 soldiers to Lind in two waves, the ministry said. "
    "A state funeral for the sailors was held in Aldertown on March 2; families of the fallen attended.\n\n"
    "“We will not forget them,” Premier Ada Vint said. Lind Council declined to comment."
)
_MARKET = "At least 7 fishermen were wounded by shelling in Aldertown on March 4, Lind Council said. Northland sent 40 soldiers to Lind."
_GOLD = " date 2031-03-05 Shelling killed 9 fishermen in Lind on March 4, Lind Council said."
_GOLD_FACT = {
    "outcome": "killed",
    "count_low": 9,
    "count_best": 9,
    "count_high": 9,
    "qualifier": "exact",
    "victims": "fishermen",
    "claimant": "Lind Council",
    "relayed_by": None,
    "reported_on": None,
    "part_of": None,
    "stance": "asserted",
    "evidence": "Shelling killed 9 fishermen",
}
_NAMES = {
    "actors": "actor_id,name,kind,country_code,part_of_actor_id\nlind-council,Lind Council,organisation,,\nnorthland,Northland,state,,\n"
    "northland-defence,Ministry of Defence,government,,northland\nvint,Ada Vint,person,,northland\n",
    "actor_aliases": "actor_id,alias,scope\nlind-council,Lind Council,anywhere\nnorthland,Northland,anywhere\n"
    "northland-defence,Ministry of Defence of Northland,anywhere\nvint,Ada Vint,anywhere\n",
    "places": "place_id,name,kind,country_code,part_of_place_id\naldertown,Aldertown,city,,northland\nlind,Lind,region,,\n"
    "northland,Northland,country,,\n",
    "place_aliases": "place_id,alias\naldertown,Aldertown\nlind,Lind\nlind,Port Lind\nnorthland,Northland\n",
    "conflicts": "conflict_id,name,started_on,ended_on\nlind-war,War of Lind,2030-01-01,\n",
    "conflict_aliases": "conflict_id,alias\nlind-war,Port Lind\n",
}


def make_root(root: Path) -> Paths:
    """The paths of a new repository below ``root``, ready for its first build."""
    paths = Paths(root)
    shutil.copytree(REPOSITORY.lexicon, paths.lexicon)
    for table, rows in _NAMES.items():
        (paths.lexicon / f"{table}.csv").write_text(rows, "utf-8")
    shutil.copytree(REPOSITORY.schemas, paths.schemas)
    for file in ("LICENSE", "LICENSE-DATA"):
        shutil.copy(REPOSITORY.root / file, root)
    paths.about.write_text(_ABOUT, "utf-8")
    _write(paths.articles / "harbour.txt", _ARTICLE.format(title="Funeral in Aldertown", text=_HARBOUR))
    _write(paths.gold / "articles" / "g1.txt", _GOLD)
    gold = {"id": "g1", "date": "2031-03-05", "theme": "shelling", "casualty_estimates": [_GOLD_FACT], "deployments": [], "ceremonies": []}
    _write(paths.gold / "gold" / "g1.json", json.dumps(gold))
    return paths


def grow(paths: Paths) -> None:
    """Nothing; the repository has an article more, so that its next release is another one."""
    _write(paths.articles / "market.txt", _ARTICLE.format(title="Market shelled", text=_MARKET))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
