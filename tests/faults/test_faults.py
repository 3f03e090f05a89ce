"""The harness itself: it brings a fault for whatever is declared, it can tell a survivor, and what it prints is what CI reads."""

import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from small_package import real_schemas

from faults.fault import Bench, Expected, Fault, all_faults, caught, set_values
from faults.stock import disagreement
from pipelines.paths import REPOSITORY

FAULTS = list(all_faults())
PLACES = {(f.expected.table, f.expected.column, f.expected.rule) for f in FAULTS}


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(FAULTS) >= 150
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("table", list(real_schemas()))
def test_whatever_a_schema_declares_has_its_fault(table: str) -> None:
    schema = real_schemas()[table]
    for f in schema.fields:
        assert (table, f.name, "embedded schema") in PLACES
        assert (table, f.name, "csv") in PLACES, f"{table}.{f.name}: add a row to tests/small_package.py"
        declared = {"required": schema.required(f), "enum": f.enum, "pattern": f.pattern, "minimum": f.minimum, "maximum": f.maximum}
        for rule in (rule for rule, value in declared.items() if value not in (None, False, ())):
            assert (table, f.name, rule) in PLACES, f"{table}.{f.name}: no fault breaks {rule}"
    rules = {rule for where, _, rule in PLACES if where == table}
    assert {f"rowCheck {n}" for n in range(1, len(schema.row_checks) + 1)} <= rules
    assert {f"crossCheck {n}" for n in range(1, len(schema.cross_checks) + 1)} <= rules
    assert {(table, key.fields[0], "foreignKey") for key in schema.foreign_keys} <= PLACES
    assert (table, schema.primary_key[0], "primaryKey") in PLACES


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


KIND = Fault("actors: no such kind", Expected("table schema", "actors", 1, "kind", "enum"), set_values("actors", 1, kind="ship"))


def test_a_fault_is_caught_by_exactly_what_is_expected(bench: Bench) -> None:
    problems = bench.problems(KIND)
    assert caught(KIND, problems)
    for other in ({"row": 2}, {"column": "name"}, {"rule": "pattern"}, {"table": "places"}):
        expected = dataclasses.replace(KIND.expected, **other)
        assert not caught(dataclasses.replace(KIND, expected=expected), problems), other


def test_without_its_check_a_fault_survives(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.checks.run.check_table_schema", lambda *_: iter(()))
    assert bench.problems(KIND) == []


def test_another_verdict_than_stock_frictionless_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with bench.injected(KIND) as paths:
        assert disagreement(KIND, paths) is None
        monkeypatch.setattr("faults.stock.validate_package", lambda *_, **__: iter(()))
        assert disagreement(KIND, paths) == "rows [] against stock's ['2']"


def test_the_command_prints_the_matrix_and_the_sum() -> None:
    done = run("actors.kind", "actors: a row doubled")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["layer", "rule", "tables", "injected", "caught"]
    assert re.fullmatch(r"stock frictionless: [1-9]\d* compared, 0 differ", lines[-2])
    assert lines[-1].startswith("faults: ")
    assert lines[-1].endswith(" injected, 0 survived")
    assert run("no fault bears this name").returncode == 1


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-m", "faults", *words]
    return subprocess.run(command, cwd=REPOSITORY.root, env=environment, capture_output=True, text=True, check=False)
