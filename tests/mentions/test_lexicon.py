"""A lexicon that contradicts itself is refused by file and line, also where no fact would use it."""

import shutil
from pathlib import Path

import pytest

from pipelines.errors import InputError
from pipelines.mentions.lexicon import load_lexicon
from pipelines.paths import REPOSITORY


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("actors", "kim-jong-un,Somebody Else,person,USA,", "stands in line"),
        ("actors", "zzz,Name,person,USA,nobody", "'zzz' is part of 'nobody'"),
        ("places", "zzz,Name,city,UKR,zzz", "'zzz' is a part of itself"),
        ("actor_aliases", "hamas,Kim Jong-un,anywhere", "names 'kim-jong-un' anywhere already"),
        ("actor_aliases", "hamas,,anywhere", "an empty cell"),
        ("actor_aliases", "hamaz,Hamaz,anywhere", "did you mean 'hamas'?"),
        ("vague_numbers", "dozens,12", "stands in line"),
        ("vague_numbers", "oodles,many", "'many' is no number of people"),
        ("conflicts", "zzz,War,2020-01-02,2019-01-02", "ends before it starts"),
        ("conflicts", "zzz,War,2020-02-30,", "is no date"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, name: str, line: str, message: str) -> None:
    folder = shutil.copytree(REPOSITORY.lexicon, tmp_path / "lexicon")
    with (folder / f"{name}.csv").open("a", encoding="utf-8") as handle:
        handle.write(line + "\n")
    with pytest.raises(InputError, match=f"{name}.csv") as error:
        load_lexicon(folder)
    assert message in str(error.value)


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(REPOSITORY.lexicon, tmp_path / "lexicon")
    path = folder / "outcomes.csv"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    with pytest.raises(InputError, match=r"outcomes.csv:1: the header is"):
        load_lexicon(folder)
