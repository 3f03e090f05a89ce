"""Kills a build, a release and a publication at random moments, and looks each time whether anything is broken.

    python -m benchmarks.kills [--kills 1000] [--seed 1] [--only build|release|again|swap|publish]

In a small repository with one release, an article more is built, released and published, or the release that is there already is
assembled again; and the whole process group is killed: half of the times at any moment of the run, half of the times aimed at a stage
that writes. Most of a run writes nothing that a reader sees, so the swap of a release that is staged is killed alone, too. After each kill

- the last good release must hold: its folder, its zip, its database and their sums; of a publication, everything that is listed;
- a reader of the files as they are may see tables of two packages only where ``data/verify.py`` refuses them: counted as mixed;
- what the next command recovers must be the old package or the new one, byte for byte; what nobody disturbed passes ``factpack check``;
- the same command again must succeed with nothing cleaned up, and give what an undisturbed run gives: bytes, databases by logical hash.
  After the swap alone, what the next command recovers is all that is run.
"""

import argparse
import importlib.util
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from benchmarks.killing import END, START, Moment, Run, in_child, load, run
from benchmarks.last_good import database_fault, files, mixed, publication_fault, release_fault
from benchmarks.small_root import grow, make_root
from pipelines import release as releasing
from pipelines.__main__ import main as factpack
from pipelines.paths import Paths
from pipelines.swap import recover
from pipelines.verifier import verify

COMMANDS = ("build", "release", "again", "swap", "publish")
FIRST, SECOND = "small-0.1.0", "small-0.2.0"
_DAYS = {FIRST: "2031-04-01", SECOND: "2031-05-01"}
# So often a moment may come too late before the benchmark gives up: the machine is busy then.
_LATE = 50


# What a build keeps in its scratch folder for the next one.
_STAYS = ("lock", "last", "built.json", "extracted")


@dataclass
class Tally:
    """What was seen: kills by stage, those that left mixed tables, and everything that is wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    mixed: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Target:
    """One command with the folder that it works on, as it is before and after an undisturbed run."""

    command: str
    before: Path
    after: Path
    undisturbed: Run

    def moments(self, dice: random.Random) -> Iterator[Moment]:
        """Moments at random: in turn anywhere in the run and in one of its stages that write."""
        run_ = self.undisturbed
        writing = [stage for stage in run_.begun if stage not in (START, END)]
        while True:
            yield Moment(START, dice.uniform(0, run_.begun[END]))
            stage = dice.choice(writing)
            yield Moment(stage, dice.uniform(0, run_.length(stage)))

    @cached_property
    def whole(self) -> tuple[dict[str, str], dict[str, str]]:
        """The files of both folders."""
        return files(self.before), files(self.after)


def work(command: str, root: Path) -> Callable[[], int]:
    """What runs; a publication is beside the release that it publishes."""
    if command == "swap":
        # Looked up when it runs, so that it is the one that says when it begins.
        return lambda: 0 if releasing.swap(Paths(root).scratch / "stage", Paths(root)) else 1
    lines = {
        "build": ["build", "--root", str(root), "--quiet"],
        "publish": ["publish", str(root / "published"), "--release", str(root / "dist" / SECOND), "--quiet"],
    }
    return partial(factpack, lines.get(command, _release(root, SECOND)))


def _release(root: Path, title: str) -> list[str]:
    return ["release", "--root", str(root), "--date", _DAYS[title], "--quiet"]


def prepare(scratch: Path, commands: Sequence[str]) -> list[Target]:
    """The commands to kill, each run once."""
    base, grown = scratch / "base", scratch / "grown"
    make_root(base)
    _do(partial(factpack, _release(base, FIRST)))
    grow(Paths(shutil.copytree(base, grown)))
    before = {"build": grown, "release": grown, "again": base}
    if "swap" in commands:
        before["swap"] = _staged(grown, scratch / "staged")
    if "publish" in commands:
        before["publish"] = _published(grown, scratch / "publication")
    return [_target(command, before[command], scratch) for command in commands]


def _staged(grown: Path, root: Path) -> Path:
    """The repository with its next release staged, and not a file of it in place: killed as the swap began."""
    shutil.copytree(grown, root)
    done = run(work("release", root), Moment("sync", 0))
    if not done.killed or (root / ".factpack" / "journal.json").exists():
        raise SystemExit("swap: the release could not be stopped before its swap: run it again")
    return root


def _published(grown: Path, root: Path) -> Path:
    """A folder with two releases in ``dist``, of which the first is published."""
    both = Path(shutil.copytree(grown, f"{root}-source"))
    _do(work("release", both))
    shutil.copytree(both / "dist", root / "dist")
    _do(partial(factpack, ["publish", str(root / "published"), "--release", str(root / "dist" / FIRST), "--quiet"]))
    return root


def _target(command: str, before: Path, scratch: Path) -> Target:
    after = scratch / f"after-{command}"
    shutil.copytree(before, after, symlinks=True)
    target = Target(command, before, after, _do(work(command, after)))
    if command in ("build", "release", "again") and in_child(lambda: factpack(["check", str(after), "--quiet"])):
        raise SystemExit(f"{command}: 'factpack check' refuses a package that nobody disturbed")
    return target


def _do(what: Callable[[], int]) -> Run:
    done = run(what)
    if done.code:
        raise SystemExit(f"a run that nobody disturbed failed with exit code {done.code}")
    return done


def kill(target: Target, moments: Iterator[Moment], scratch: Path, tally: Tally) -> None:
    """Nothing; one kill of the command is told in the tally."""
    root = scratch / "root"
    for _ in range(_LATE):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(target.before, root, symlinks=True)
        moment = next(moments)
        done = run(work(target.command, root), moment)
        if done.killed:
            break
    else:
        raise SystemExit(f"{target.command}: ended before each of {_LATE} kills")
    where = f"{target.command:<8} {done.stage}"
    tally.kills[where] += 1
    tally.broken += [f"{where}, {moment}: {fault}" for fault in _faults(target, root, scratch, where, tally)]
    if target.command == "swap":
        return
    again = run(work(target.command, root))
    tally.failed += [f"{where}, {moment}: {fault}" for fault in _differences(target, root, again)]


def _faults(target: Target, root: Path, scratch: Path, where: str, tally: Tally) -> Iterator[str]:
    """What a reader finds broken between the kill and the next command."""
    if target.command == "publish":
        yield from filter(None, [in_child(lambda: publication_fault(root / "published", scratch / "fetched"))])
        return
    yield from filter(None, [release_fault(root / "dist", FIRST)])
    if mixed(files(root), *target.whole):
        tally.mixed[where] += 1
        if in_child(lambda: verify.main([str(root / "datapackage.json")])) == 0:
            yield "tables of two packages pass data/verify.py"
    recovered = scratch / "recovered"
    shutil.rmtree(recovered, ignore_errors=True)
    shutil.copytree(root, recovered, symlinks=True)
    recover(Paths(recovered))
    if files(recovered) not in target.whole:
        yield "what is recovered is neither the old nor the new package"
    yield from filter(None, [in_child(lambda: database_fault(recovered))])


def _differences(target: Target, root: Path, again: Run) -> Iterator[str]:
    """What is other than after an undisturbed run."""
    if again.code:
        yield f"the next run ended with exit code {again.code}"
        return
    ours, theirs = files(root), target.whole[1]
    if differ := sorted(path for path in {*ours, *theirs} if ours.get(path) != theirs.get(path)):
        yield f"the next run gave another {differ[0]}"
    if target.command == "publish":
        yield from filter(None, [in_child(lambda: publication_fault(root / "published", root / "fetched"))])
        return
    if left := [path.name for path in (root / ".factpack").iterdir() if path.name not in _STAYS]:
        yield f"the next run left {left[0]}"
    yield from filter(None, [in_child(lambda: database_fault(root)), release_fault(root / "dist", FIRST)])
    if target.command == "release":
        yield from filter(None, [release_fault(root / "dist", SECOND)])


def table(tally: Tally) -> str:
    """Where the kills fell, and what came of them."""
    lines = [f"{'command  stage':<20} {'kills':>6} {'mixed':>6}"]
    lines += [f"{where:<20} {count:>6,} {tally.mixed[where]:>6,}" for where, count in sorted(tally.kills.items())]
    told = {"kills": tally.kills.total(), "mixed until the next command": tally.mixed.total()}
    told |= {"broken packages": len(tally.broken), "next runs that failed": len(tally.failed)}
    return "\n".join([*lines, *(f"{what:<29} {count:,}" for what, count in told.items()), *tally.broken, *tally.failed])


def main(arguments: Sequence[str] | None = None) -> None:
    """Nothing; prints the table, and ends with exit code 1 where anything is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000, help="kills in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: %(default)s)")
    parser.add_argument("--only", choices=COMMANDS, help="kill this command only")
    options = parser.parse_args(arguments)
    commands = [options.only] if options.only else list(COMMANDS)
    if importlib.util.find_spec("pipelines.publish") is None and "publish" in commands:
        print("publish: skipped, since there is no pipelines.publish")
        commands.remove("publish")
    load()
    tally, dice = Tally(), random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        targets = prepare(Path(folder), commands)
        lengths: Mapping[str, float] = {t.command: t.undisturbed.begun[END] for t in targets}
        print("undisturbed: " + ", ".join(f"{command} {seconds:.1f} s" for command, seconds in lengths.items()), flush=True)
        moments = [target.moments(dice) for target in targets]
        for n in range(options.kills if targets else 0):
            at = n % len(targets)
            kill(targets[at], moments[at], Path(folder), tally)
            if n % 50 == 49:
                print(f"{n + 1:,} kills: {len(tally.broken)} broken, {len(tally.failed)} failed", flush=True)
    print(table(tally))
    if tally.broken or tally.failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
