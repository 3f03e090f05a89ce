"""Events: ceremonies by name and by what is done there, and what is none."""

import pytest
from reading import article, facts, mentions, words

from pipelines.mentions.event_acts import ACTS, Act
from pipelines.mentions.events import Event, find_events


def events(text: str) -> list[Event]:
    """The ceremonies of a text, in order."""
    return find_events(text, mentions(text).sentences)


@pytest.mark.parametrize("act", ACTS, ids=lambda a: f"{a.kind}-{a.example[:20]}")
def test_each_act_catches_its_example(act: Act) -> None:
    assert any(stem in act.example.lower() for stem in act.stems)
    assert act.words.search(act.example)
    assert act.kind in [e.kind for e in events(act.example)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A medal parade for 300 peacekeepers was held at Camp Shield.", "decoration"),
        ("A ceremony to welcome back the 5th Regiment was held in Accra on Friday.", "reception"),
        ("A dawn service was held at Anzac Cove on April 25.", "memorial"),
        ("At a transfer-of-authority ceremony at Camp Casey one brigade relieved another.", "other"),
        ("The handover of the remains of 50 soldiers took place on Friday.", "repatriation"),
        ("The handover of the Kossei base on 30 January ended a presence of decades.", "other"),
        ("Russia held its Victory Day parade on Red Square on Friday.", "parade"),
        ("The coffin of Captain Sow, draped in the flag, was carried to the military cemetery on Monday.", "funeral"),
    ],
)
def test_a_ceremony_has_its_kind(text: str, kind: str) -> None:
    assert [e.kind for e in events(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "A suicide bomber struck a funeral in Maiduguri, killing 20 mourners.",
        "Gunmen burst into a night vigil at a church and killed 43 civilians.",
        "Guests waited in a banquet hall beside the army's parade ground.",
        "The colonel gave the order to fire and the soldiers received orders to leave.",
        "The bodies of the villagers were buried near the river.",
        "Relations have been cool since his inauguration in 2023, the general said.",
        "The intelligence service held talks with the army.",
        "The army's performance in the war was poor.",
    ],
)
def test_what_is_no_ceremony(text: str) -> None:
    assert events(text) == []


def test_what_is_done_at_a_ceremony_joins_it() -> None:
    text = "The tricolour was folded at Camp Geille on Thursday. In a ceremony lasting 40 minutes, the general gave the keys to the chief of staff."
    assert len(events(text)) == 1


def test_two_burials_of_two_men_are_two() -> None:
    text = "Major Taras Hnatiuk was buried with military honours at nine. At eleven Captain Andrii Koval was buried with military honours."
    assert [e.kind for e in events(text)] == ["funeral", "funeral"]


def _only(text: str) -> dict[str, object]:
    (fact,) = facts(text, "ceremonies")
    assert all(words(text, (e.start, e.end)) for e in fact.evidence)
    return dict(fact.values)


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("The president awarded the Order of Courage to 12 pilots on Thursday.", "honoured_count", 12),
        ("Fourteen coffins, each under a flag, were carried from a plane at Swartkop on Thursday.", "honoured_count", 14),
        ("Some 800 guests came to the state funeral in Suva on Thursday.", "honoured_count", None),
        ("A plaque for the fallen was unveiled in Pau by the armed forces minister.", "host_text", "armed forces minister"),
        ("A concert by the Bundeswehr's staff band was held on Town Hall Square on Friday.", "host_text", "Bundeswehr's staff band"),
        (
            "The oath of 200 recruits was sworn on the square outside the regional hall on Friday.",
            "venue_text",
            "square",
        ),
        ("The state funeral was held in Nairobi on Friday.", "host_text", None),
        ("The annual memorial service has been held in Ovillers on 1 July since 1921.", "held_on", None),
    ],
)
def test_a_ceremony_has_its_values(text: str, column: str, value: object) -> None:
    assert _only(text).get(column) == value


def test_the_day_of_one_ceremony_is_that_of_the_next_at_it() -> None:
    text = "On Friday the president received the bereaved families at the palace. The fallen were awarded the title of Hero."
    first, second = facts(text, "ceremonies")
    assert first.values["held_on"] == second.values["held_on"] == article(text).published_on
