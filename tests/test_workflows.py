"""What runs on GitHub and before a commit: the files parse, and every command that they name exists."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.__main__ import _parser
from pipelines.paths import REPOSITORY
from pipelines.report.markdown import MARKER

ROOT = REPOSITORY.root
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
HOOKS = ROOT / ".pre-commit-config.yaml"
VALUES = {"$AGAINST": "--against build/base"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def workflow(name: str = "check.yml") -> dict[Any, Any]:
    content: dict[Any, Any] = read(ROOT / ".github" / "workflows" / name)
    return content


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = job["steps"]
    return found


def lines() -> list[str]:
    """Every line of shell in the workflows, in what they run, and in the hooks."""
    scripts = [step["run"] for path in WORKFLOWS for job in read(path)["jobs"].values() for step in steps(job) if "run" in step]
    scripts += [(ROOT / path).read_text("utf-8") for script in scripts for path in re.findall(r"^bash (\S+)$", script, re.MULTILINE)]
    scripts += [hook["entry"] for repository in read(HOOKS)["repos"] for hook in repository["hooks"]]
    return [line.strip() for script in scripts for line in script.splitlines()]


MAKE = [line for line in lines() if line.startswith("make ")]
FACTPACK = [line for line in lines() if line.startswith(".venv/bin/factpack ")]


def test_there_are_commands_to_test() -> None:
    assert WORKFLOWS
    assert len(MAKE) >= 6
    assert len(FACTPACK) >= 3
    assert "make unchanged" in MAKE and ".venv/bin/factpack check --quiet" in FACTPACK


@pytest.mark.parametrize("line", MAKE)
def test_make_knows_the_target(line: str) -> None:
    targets = shlex.split(line)[1:]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), f"Makefile: no target {target}"
    done = subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", FACTPACK)
def test_the_command_line_knows_the_command(line: str) -> None:
    words = [word for part in shlex.split(line)[1:] for word in VALUES.get(part, part).split()]
    assert not [word for word in words if "$" in word]
    assert _parser().parse_args(words).run is not None


def test_hooks_are_local_and_ask_for_nothing() -> None:
    hooks = [hook for repository in read(HOOKS)["repos"] for hook in repository["hooks"]]
    assert {repository["repo"] for repository in read(HOOKS)["repos"]} == {"local"}
    assert all(hook["language"] == "system" and hook["pass_filenames"] is False for hook in hooks)
    assert [hook["id"] for hook in hooks if hook.get("stages") == ["pre-push"]] == ["unchanged"]


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("data/tables/actors.csv", True),
        ("schemas/actors.json", True),
        ("datapackage.json", True),
        ("croissant.json", True),
        ("CITATION.cff", True),
        (".zenodo.json", True),
        ("tests/data/x", False),
        ("datapackage.json.md", False),
    ],
)
def test_the_data_is_checked_when_it_changes(file: str, wanted: bool) -> None:
    hook = next(hook for hook in read(HOOKS)["repos"][0]["hooks"] if hook["id"] == "data")
    assert bool(re.search(hook["files"], file)) is wanted


def test_only_the_comment_may_write_and_it_runs_no_code_of_the_pull_request() -> None:
    content = workflow()
    assert content["permissions"] == {"contents": "read"}
    writing = [name for name, job in content["jobs"].items() if "permissions" in job]
    assert writing == ["comment"]
    comment = content["jobs"]["comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    assert "head.repo.full_name == github.repository" in comment["if"]
    assert not [step for step in steps(comment) if "checkout" in step.get("uses", "")]
    assert f'startswith("{MARKER}")' in steps(comment)[-1]["run"]


def test_of_a_release_only_the_attaching_may_write_and_it_runs_no_code_of_the_project() -> None:
    content = workflow("release.yml")
    assert content[True] == {"push": {"tags": ["v*"]}}, "YAML reads the key 'on' as true"
    assert content["permissions"] == {"contents": "read"}
    jobs = content["jobs"]
    assert [name for name, job in jobs.items() if "permissions" in job] == ["publish"]
    assert jobs["publish"]["permissions"] == {"attestations": "write", "contents": "write", "id-token": "write"}
    assert jobs["publish"]["needs"] == "assemble"
    attaching = steps(jobs["publish"])
    assert [step["uses"].partition("@")[0] for step in attaching if "uses" in step] == [
        "actions/download-artifact",
        "actions/attest-build-provenance",
    ]
    runs = [step["run"] for step in attaching if "run" in step]
    assert [run.split()[:3] for run in runs] == [["gh", "release", "create"]]
    assert steps(jobs["assemble"])[0]["with"] == {"persist-credentials": False}


def test_a_release_is_attached_only_after_everything_was_checked() -> None:
    runs = [step["run"] for step in steps(workflow("release.yml")["jobs"]["assemble"]) if "run" in step]
    assert runs == ["bash .ci/run", "make released"]


def test_what_is_attached_is_what_was_assembled() -> None:
    jobs = workflow("release.yml")["jobs"]
    up, down = steps(jobs["assemble"])[-1]["with"], steps(jobs["publish"])[0]["with"]
    assert (up["name"], up["path"], down["name"], down["path"]) == ("release", "build/release", "release", "release")
    assert up["if-no-files-found"] == "error"
    attested, attached = (steps(jobs["publish"])[n] for n in (1, 2))
    assert attested["with"]["subject-path"] == "release/assets/*"
    assert attached["run"].endswith("--notes-file release/notes.md release/assets/*")


def test_actions_are_pinned_to_a_major_version() -> None:
    used = [step["uses"] for path in WORKFLOWS for job in read(path)["jobs"].values() for step in steps(job) if "uses" in step]
    assert len(used) >= 8
    assert all(re.fullmatch(r"actions/[a-z-]+@v[0-9]+", action) for action in used)


FAKE = """#!/usr/bin/env bash
test "$*" = "release --quiet" || exit 2
mkdir -p dist/p-0.10.0
for file in p-0.10.0.zip p-0.10.0.duckdb p-0.10.0.sha256 p-0.10.0/checksums.txt p-0.10.0/datapackage.json; do echo "$file" > "dist/$file"; done
test ! -e new || echo new > data/releases/added
"""
CHANGES = "# Changelog\n\nWords.\n\n## 0.10.0 (2031-02-01)\n\nThe newest.\n\n## 0.9.0 (2031-01-01)\n\nThe oldest.\n"


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A repository with two releases and a factpack that only assembles the last one again."""
    files = dict.fromkeys(("requirements.txt", "requirements-uv.txt", "pyproject.toml", "datapackage.json"), "")
    files |= {"data/releases/0.9.0/release.json": "{}", "data/releases/0.10.0/release.json": "{}", "CHANGELOG.md": CHANGES}
    files |= {"Makefile": (ROOT / "Makefile").read_text("utf-8"), ".gitignore": ".venv/\ndist/\nbuild/\nnew\n"}
    files |= {".venv/bin/factpack": FAKE, ".venv/.ready": ""}
    for file, text in files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
    (tmp_path / ".venv/bin/factpack").chmod(0o755)
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    for arguments in (["init"], ["add", "--all"], ["commit", "--message", "all"]):
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def make_released(root: Path, tag: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "TAG": tag}
    return subprocess.run(["make", "released"], cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_the_last_release_is_assembled_for_its_tag(released: Path) -> None:
    done = make_released(released, "v0.10.0")
    assert done.returncode == 0, done.stdout + done.stderr
    place = released / "build" / "release"
    names = ["checksums.txt", "datapackage.json", "p-0.10.0.duckdb", "p-0.10.0.sha256", "p-0.10.0.zip"]
    assert sorted(path.name for path in (place / "assets").iterdir()) == names
    assert (place / "notes.md").read_text("utf-8") == "## 0.10.0 (2031-02-01)\n\nThe newest.\n\n"


@pytest.mark.parametrize("tag", ["v0.9.0", "0.10.0", "v0.10", "", "v0.10.0$(touch${IFS}ran)", "v`touch${IFS}ran`", "v';touch${IFS}ran;'"])
def test_another_tag_is_refused_and_runs_nothing(released: Path, tag: str) -> None:
    done = make_released(released, tag)
    assert done.returncode != 0
    assert "expected 'v0.10.0'" in done.stdout
    assert not (released / "ran").exists() and not (released / "dist").exists()


def test_what_would_be_a_new_release_is_not_attached_to_an_old_tag(released: Path) -> None:
    (released / "new").touch()
    done = make_released(released, "v0.10.0")
    assert done.returncode != 0
    assert "data/releases/added" in done.stdout and "not what was released" in done.stdout
    assert not (released / "build").exists()


def test_nothing_of_an_event_is_pasted_into_a_shell() -> None:
    for path in WORKFLOWS:
        for job in read(path)["jobs"].values():
            assert not [step["run"] for step in steps(job) if "${{" in step.get("run", "")]


def test_reports_are_kept_when_the_check_fails() -> None:
    data = steps(workflow()["jobs"]["data"])
    after = data[[step.get("name") for step in data].index("Check the data") + 1 :]
    assert len(after) == 2
    assert all("!cancelled()" in step["if"] for step in after)


def test_the_matrix_runs_everything() -> None:
    job = workflow()["jobs"]["check"]
    assert [step["run"] for step in steps(job) if "run" in step] == ["bash .ci/run"]
    assert len(job["strategy"]["matrix"]["python"]) >= 2


@pytest.mark.parametrize(
    "script", [step["run"] for path in WORKFLOWS for job in read(path)["jobs"].values() for step in steps(job) if "run" in step]
)
def test_the_shell_reads_every_script(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def base_of(repository: Path, base: str, default: str) -> str:
    """What the step that finds the base writes down, run in a repository."""
    script = next(step["run"] for step in steps(workflow()["jobs"]["data"]) if step.get("id") == "base")
    output = repository / "output"
    output.write_text("", "utf-8")
    environment = {"PATH": "/usr/bin:/bin", "BASE": base, "DEFAULT": default, "GITHUB_OUTPUT": str(output), "HOME": str(repository)}
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=repository / "clone", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return output.read_text("utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone with a package in its first commit and a changed table in its second."""
    clone = tmp_path / "clone"
    (clone / "data").mkdir(parents=True)

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *who, *arguments], cwd=clone, check=True, capture_output=True)

    git("init")
    for n, files in enumerate((("datapackage.json", "data/a.csv"), ("data/a.csv",), ("code.py",))):
        for file in files:
            (clone / file).write_text(f"{n}\n", "utf-8")
        git("add", "--all")
        git("commit", "--message", str(n))
        git("branch", f"step-{n}")
    return tmp_path


def test_the_base_is_the_target_branch_as_a_package_of_its_own(repository: Path) -> None:
    assert base_of(repository, "step-0", "step-2") == "touched=true\nagainst=--against build/base\n"
    assert (repository / "clone" / "build" / "base" / "data" / "a.csv").read_text("utf-8") == "0\n"


def test_a_change_of_code_alone_needs_no_check_of_the_data(repository: Path) -> None:
    assert base_of(repository, "step-1", "step-0") == ""


def test_a_branch_that_is_new_is_compared_with_the_default(repository: Path) -> None:
    assert base_of(repository, "0" * 40, "step-0") == "touched=true\nagainst=--against build/base\n"


def test_a_base_that_cannot_be_found_is_no_reason_to_skip_the_check(repository: Path) -> None:
    assert base_of(repository, "0" * 40, "origin/gone") == "touched=true\n"
