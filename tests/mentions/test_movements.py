"""Movements: people sent, stationed, planned to go, or gone home."""

import pytest
from reading import movements, words

from pipelines.mentions.numbered import NUMBERED
from pipelines.mentions.patterns import Pattern
from pipelines.mentions.strengths import AGAIN
from pipelines.mentions.unnumbered import RELIEF, UNNUMBERED


@pytest.mark.parametrize("pattern", (*NUMBERED, *AGAIN, *UNNUMBERED, RELIEF), ids=lambda p: p.name)
def test_each_pattern_catches_its_example(pattern: Pattern) -> None:
    assert pattern.name in [m.pattern for m in movements(pattern.example)]


def test_numbered_patterns_have_a_number_and_the_others_none() -> None:
    (numbered,) = movements("Kenya sent 400 soldiers to Haiti.")
    (unnumbered,) = movements("Kenya sent soldiers to Haiti.")
    assert numbered.number is not None
    assert unnumbered.number is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Kenya sent 400 soldiers to Haiti.", "completed"),
        ("Kenya had already sent 400 soldiers to Haiti.", "completed"),
        ("Kenya will send 400 soldiers to Haiti.", "planned"),
        ("Kenya plans to send 400 soldiers to Haiti.", "planned"),
        ("Kenya is sending 400 soldiers to Haiti.", "planned"),
        ("Kenya has 400 soldiers in Haiti.", "under_way"),
        ("Some 400 soldiers are stationed in Haiti.", "under_way"),
        ("Kenya withdrew 400 soldiers from Haiti.", "withdrawn"),
        ("Some 400 soldiers were withdrawn from Haiti.", "withdrawn"),
        ("Some 400 soldiers arrived in Haiti.", "completed"),
        ("Some 400 soldiers returned home from Haiti.", "withdrawn"),
        ("Some 400 soldiers depart for Haiti next week.", "planned"),
        ("Some 400 soldiers are bound for Haiti.", "planned"),
        ("The last of the 400 soldiers whom Kenya kept in Haiti flew out of Port-au-Prince.", "withdrawn"),
        ("Some 400 soldiers stepped off the aircraft after six months in Haiti.", "withdrawn"),
        ("Some 400 soldiers left Nairobi for Haiti.", "completed"),
        ("Some 400 soldiers deployed along the border with Haiti dug trenches.", "under_way"),
        ("Kenya proposed sending 400 soldiers to Haiti.", "planned"),
        ("Kenya will not send 400 soldiers to Haiti.", "denied"),
        ("Kenya refused to send 400 soldiers to Haiti.", "denied"),
        ("Kenya never sent 400 soldiers to Haiti.", "denied"),
        ("Kenya cancelled plans to send 400 soldiers to Haiti.", "denied"),
        ("A court blocked the deployment of 400 soldiers to Haiti.", "denied"),
        ("If Kenya sent 400 soldiers to Haiti, others would follow.", "planned"),
        ("Chad had its 400 soldiers back from Haiti by March.", "withdrawn"),
    ],
)
def test_verbs_have_their_status(text: str, status: str) -> None:
    assert [m.status for m in movements(text)] == [status]


@pytest.mark.parametrize(
    ("people", "personnel"),
    [
        ("soldiers", "troops"),
        ("police officers", "police"),
        ("combat engineers", "engineers"),
        ("peacekeepers", "peacekeepers"),
        ("military advisers", "advisers"),
        ("North Korean labourers", "workers"),
    ],
)
def test_people_have_their_kind(people: str, personnel: str) -> None:
    text = f"Kenya sent 400 {people} to Haiti."
    (movement,) = movements(text)
    assert movement.personnel == personnel
    assert words(text, movement.force) == people


@pytest.mark.parametrize(
    "text",
    [
        "Germany sent 14 tanks to the front.",
        "Germany sent 300 lorries and 12 helicopters to the front.",
        "The minister sent two letters to parliament.",
        "Some 800 soldiers marched through Lublin.",
        "The blast killed 400 soldiers in Haiti.",
        "Forty doctors went to a conference.",
    ],
)
def test_what_moves_no_force_is_no_movement(text: str) -> None:
    assert movements(text) == []


def test_recruits_in_training_are_no_deployment() -> None:
    assert movements("Some 12,000 recruits began their training in garrisons across Poland.") == []


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("Kenya sent 400 soldiers of the 15th Rifles Battalion to Haiti.", "soldiers of the 15th Rifles Battalion"),
        ("The 1st Rifles Battalion, 400 soldiers in all, arrived in Haiti.", "1st Rifles Battalion"),
        ("The frigate Shujaa, with some 400 sailors on board, was sent to Haiti.", "frigate Shujaa"),
        ("The Rifles Battalion was warned that 400 of its soldiers would be sent to Haiti.", "Rifles Battalion"),
    ],
)
def test_a_force_is_named_with_its_unit(text: str, force: str) -> None:
    (movement,) = movements(text)
    assert words(text, movement.force) == force


@pytest.mark.parametrize(
    "text",
    [
        "Flowers were laid in the presence of the three generals of the force in Haiti.",
        "A motorcycle team of 31 riders arrived in Haiti.",
        "There are approximately 100,000 miners in Peru, where soldiers were sent.",
    ],
)
def test_who_is_no_force_makes_no_movement(text: str) -> None:
    assert [m for m in movements(text) if m.number is not None] == []
