"""Destinations: where a force is, goes or leaves, by the words beside it or before."""

import pytest
from reading import facts


def places(text: str) -> list[object]:
    """The destination of each deployment, in order."""
    return [fact.values.get("destination_text") for fact in facts(text, "deployments")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Kenya sent 400 soldiers to Haiti.", "Haiti"),
        ("Kenya withdrew 400 soldiers from Haiti.", "Haiti"),
        ("The last 400 French soldiers left Niger.", "Niger"),
        ("Kenya has 400 soldiers in Haiti.", "Haiti"),
        ("Some 400 soldiers landed in Nairobi after six months in Haiti.", "Haiti"),
        ("The army left Kabul. Kenya will send 400 soldiers to Russia's Kursk region.", "Russia's Kursk"),
    ],
)
def test_the_place_beside_a_movement(text: str, place: str) -> None:
    assert places(f"{text} The war goes on.") == [place]


def test_there_is_the_place_that_the_sentence_names() -> None:
    text = "Germany hosts a brigade. Poland was told that the 10,000 American soldiers stationed there would stay."
    assert places(text)[-1] == "Poland"


def test_the_region_is_the_one_named_before_also_by_its_city() -> None:
    text = (
        "North Korean soldiers were sent to help Russia retake Kursk. Some 6,000 of the 11,000 troops deployed to the region were killed."
    )
    assert places(text)[-1] == "Kursk"


def test_where_points_back_at_the_place_before_it() -> None:
    text = "South Sudan, where the UN has more than 17,000 peacekeepers, bears the brunt. A base in South Kivu was closed."
    assert places(text) == ["South Sudan"]


def test_a_number_between_commas_belongs_to_the_mission_before_it() -> None:
    text = "The peacekeeping mission in Mali, around 10,000 strong, has already shut its bases in Niger."
    assert places(text) == ["Mali"]


def test_a_promise_is_the_senders() -> None:
    (fact,) = facts("Kenya pledged to send 1,000 police officers to Haiti.", "deployments")
    assert (fact.values["origin_text"], fact.values["status"]) == ("Kenya", "planned")
