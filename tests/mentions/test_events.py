"""Events: ceremonies by name and by what is done there, and what is none."""

import pytest
from reading import article, facts, mentions, words

from pipelines.mentions.event_acts import ACTS, Act
from pipelines.mentions.events import Event, find_events
from pipelines.mentions.finders import small


def events(text: str) -> list[Event]:
    """The ceremonies of a text, in order."""
    return find_events(text, mentions(text).sentences)


@pytest.mark.parametrize("act", ACTS, ids=lambda a: f"{a.kind}-{a.example[:20]}")
def test_each_act_catches_its_example(act: Act) -> None:
    assert any(stem in act.example.lower() for stem in act.stems)
    assert act.search(act.example, small(act.example), 0, len(act.example))
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
        ("The widow of Sergeant Cole was presented with the Elizabeth Cross at the town hall on Saturday.", "decoration"),
        ("The ambassador pinned the Legion of Honour on three veterans at the embassy on 6 June.", "decoration"),
        ("Sergeant Lind will receive the Silver Star at Fort Bragg on Friday for his part in the battle.", "decoration"),
        ("Private Jansen was given a hero's burial in Utrecht on Tuesday.", "funeral"),
        ("Mourners lined the streets of Lviv on Friday as two soldiers were carried to their graves.", "funeral"),
        ("Wreaths were laid at the memorial by the mayor and the colonel on 11 November.", "memorial"),
        ("The names of the 58 dead were read out at the barracks in Calvi on Wednesday.", "memorial"),
        ("The mayor lit a candle for the 22 dead in the town church on Sunday.", "memorial"),
        ("King Charles led the nation in two minutes' silence at the Cenotaph on Sunday.", "memorial"),
        ("Martyrs' Day was observed at the garrison on Friday.", "commemoration"),
        ("Veterans gathered on Utah beach on Thursday to mark the 80th anniversary of the landings.", "commemoration"),
        ("Estonia marked its anniversary with a parade of 1,000 soldiers in Tallinn on Saturday.", "parade"),
        ("The 2nd Battalion marched through Colchester on Friday with bayonets fixed.", "parade"),
        ("The body of Lieutenant Moss was brought home to Brize Norton on Thursday.", "repatriation"),
        ("President Ruto welcomed 200 soldiers home from Somalia at Embakasi barracks on Monday.", "reception"),
        ("Families waved from the quayside in Den Helder on Friday as the frigate came in.", "reception"),
        ("The minister saw off 160 sappers at Eindhoven air base on Wednesday.", "other"),
        ("The king presented new colours to the Irish Guards at Aldershot on Monday.", "other"),
        ("The frigate was commissioned at Karachi on Friday by the president.", "inauguration"),
        ("Soldiers in Zamosc were sworn in last Sunday.", "oath"),
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
        "The prisoners were handed over to the Red Cross on Friday.",
        "The rebels marched through the town on Friday and burned the barracks.",
        "The soldiers were greeted by cheering residents when they entered the town.",
        "The troops were seen off by artillery fire on Monday.",
        "In Moscow nobody marked Victory Day.",
        "Saturday marks the 75th anniversary of China's entry into the Korean War.",
        "The bodies of 12 soldiers arrived at the hospital on Friday, doctors said.",
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
        ("The minister laid a wreath at the memorial to the 112 sailors killed in the Baltic.", "honoured_count", 112),
        ("The governor laid flowers at the cenotaph, where 649 names are cut in marble.", "honoured_count", 649),
        ("The minister welcomed the 249 soldiers on the quay.", "honoured_count", 249),
        ("His casket was lifted off a plane as six guardsmen saluted.", "honoured_count", None),
        ("The general received the Silver Star for pulling three men from a truck.", "honoured_count", None),
        ("Twelve soldiers received the Military Medal from the king at Laeken palace on Monday.", "host_text", "king"),
        ("The battalion's padre and a party of 30 laid wreaths at the memorial to the fallen.", "host_text", "battalion's padre"),
        ("The widow of Sergeant Cole was presented with the Elizabeth Cross on Saturday.", "host_text", None),
        ("A vigil for the fallen was kept on the waterfront with Governor Gustavo Melella.", "host_text", "Governor Gustavo Melella"),
        ("Three soldiers were decorated in Warsaw on Friday for their part in the battle in Helmand.", "place_text", "Warsaw"),
        ("In Tallinn the minister laid a wreath at the memorial to the sailors killed in the Baltic.", "place_text", "Tallinn"),
        ("The president pinned a Purple Heart on Leonard Ochoa, who was hit at Anzio in 1944.", "held_earliest", None),
        ("The Legion of Honour was pinned on five of them by the general at Colleville on Friday.", "honoured_count", 5),
        ("A contingent of 125 peacekeepers was seen off at the airport on Monday by the chief of staff.", "honoured_count", 125),
        (
            "A remembrance event was held in Colombo on Monday under the patronage of President Anura Dissanayake.",
            "host_text",
            "President Anura Dissanayake",
        ),
        ("The officers killed last week are being buried at the military cemetery.", "held_earliest", None),
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


def test_a_title_is_hosted_by_the_name_that_it_had_before() -> None:
    text = "The Prime Minister, Narendra Modi, laid a wreath on Friday. The Prime Minister then conferred the Sena Medal on seven soldiers."
    assert [words(text, next((e.start, e.end) for e in f.evidence if e.column == "host_text")) for f in facts(text, "ceremonies")] == [
        "Narendra Modi",
        "Narendra Modi",
    ]


def test_the_dead_of_their_names_are_counted_before() -> None:
    text = "Fourteen soldiers were killed in January. A stone with their names will be unveiled at Tempe on Monday."
    assert _only(text)["honoured_count"] == 14


def test_a_day_told_just_before_is_the_day() -> None:
    text = "On Monday the king laid a wreath at the cenotaph. The celebrations had begun on Sunday. The general hosted the widows at a reception in Lamochen."
    assert [str(f.values["held_on"]) for f in facts(text, "ceremonies")] == ["2025-08-18", "2025-08-17"]
