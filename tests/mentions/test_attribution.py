"""Attribution: who says it, through whom, to whom and when."""

from datetime import date

import pytest
from reading import claims, facts, mentions, speaker, words

from pipelines.facts.columns import claim_at


def only(text: str) -> tuple[str | None, str | None]:
    """(speaker, stance) of the only act of claiming."""
    (claim,) = claims(text)
    return speaker(text, claim), claim.stance


@pytest.mark.parametrize(
    ("text", "name", "stance"),
    [
        ("The Ministry of Health said that 40 men died.", "Ministry of Health", "asserted"),
        ("The Ministry of Health says 40 men died.", "Ministry of Health", "asserted"),
        ("Forty men died, the Ministry of Health said.", "Ministry of Health", "asserted"),
        ("Forty men died, said the Ministry of Health.", "Ministry of Health", "asserted"),
        ("According to the Ministry of Health, 40 men died.", "Ministry of Health", "asserted"),
        ("Forty men died, according to the Ministry of Health.", "Ministry of Health", "asserted"),
        ("The Red Cross put the dead at 40.", "Red Cross", "asserted"),
        ("The Ministry of Health denied that 40 men died.", "Ministry of Health", "denied"),
        ("The Ministry of Health disputed that 40 men died.", "Ministry of Health", "disputed"),
        ("Colonel Idris Baro, a spokesman for the army, said that 40 men died.", "Colonel Idris Baro", "asserted"),
        ("The Ministry of Health also said that 40 men died.", "Ministry of Health", "asserted"),
        ("Witnesses said that 40 men died.", "Witnesses", "asserted"),
    ],
)
def test_forms_of_saying(text: str, name: str, stance: str) -> None:
    assert only(text) == (name, stance)


@pytest.mark.parametrize(
    "text",
    [
        "Forty men died.",
        "The report of 40 pages lay on the table.",
        "Forty men are said to have died.",
        "It was reported that 40 men died.",
    ],
)
def test_the_article_own_voice_has_no_claimant(text: str) -> None:
    assert not [c for c in claims(text) if speaker(text, c)]


@pytest.mark.parametrize("pronoun", ["It", "The agency", "The NIS"])
def test_a_body_carries_over(pronoun: str) -> None:
    text = f"The National Intelligence Service of South Korea said that 40 men died. {pronoun} also said that 12 men fled."
    speakers = [speaker(text, c) for c in claims(text)]
    assert len(speakers) == 2
    assert "National Intelligence Service" in str(speakers[1])


def test_a_person_carries_over_to_he() -> None:
    text = "Colonel Idris Baro said that 40 men died. He said that 12 men fled."
    assert [speaker(text, c) for c in claims(text)] == ["Colonel Idris Baro", "Colonel Idris Baro"]


def test_it_is_no_person() -> None:
    text = "The Red Cross said that 40 men died. Colonel Idris Baro said that they fled. It said that 12 died."
    assert speaker(text, claims(text)[2]) == "Red Cross"


def test_a_surname_means_the_full_name() -> None:
    text = "Colonel Idris Baro said that 40 men died. Baro said that 12 men fled."
    assert [speaker(text, c) for c in claims(text)] == ["Colonel Idris Baro", "Colonel Idris Baro"]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("The Red Cross said on Wednesday that 40 men died.", date(2025, 8, 20)),
        ("On April 30, the Red Cross said that 40 men died.", date(2025, 4, 30)),
        ("On Wednesday the Red Cross said that 40 men died.", date(2025, 8, 20)),
        ("Forty men died, the Red Cross said on Wednesday.", date(2025, 8, 20)),
        ("The Red Cross said that 40 men died on Wednesday.", None),
        ("The Red Cross said that 40 men died.", None),
        ("The Red Cross said in January that 40 men died.", None),
    ],
)
def test_the_day_of_the_claim_is_not_the_day_of_the_event(text: str, when: date | None) -> None:
    (claim,) = claims(text)
    assert (claim.day.on if claim.day else None) == when


def test_the_day_before_a_trailing_speaker_is_that_of_the_event() -> None:
    (claim,) = claims("Forty men were killed in Goma on Tuesday, the Red Cross said.")
    assert claim.day is None


@pytest.mark.parametrize("body", ["ICRC", "NIS", "Red Cross"])
def test_the_day_carries_over_to_the_next_sentence(body: str) -> None:
    text = f"On April 30, the {body} said that 40 men died. The {body} also said that 12 men fled."
    assert [c.day.on if c.day else None for c in claims(text)] == [date(2025, 4, 30)] * 2


def test_the_day_of_another_speaker_does_not_carry_over() -> None:
    text = "On April 30, the Red Cross said that 40 men died. Colonel Idris Baro said that 12 men fled."
    assert [c.day.on if c.day else None for c in claims(text)] == [date(2025, 4, 30), None]


@pytest.mark.parametrize("told", ["the defence committee", "parliament's defence committee"])
def test_a_committee_is_who_it_was_reported_to(told: str) -> None:
    text = f"The Red Cross told {told} that 40 men died."
    (claim,) = claims(text)
    assert "committee" in str(words(text, claim.reported_to))
    assert claim.relayed_by is None


def test_a_news_agency_passed_it_on() -> None:
    text = "Colonel Idris Baro told Reuters that 40 men died."
    (claim,) = claims(text)
    assert words(text, claim.relayed_by) == "Reuters"
    assert claim.reported_to is None


def test_a_claim_in_a_claim_was_passed_on_by_the_outer_speaker() -> None:
    text = "Lawmakers said that the Red Cross had reported 40 deaths."
    found = mentions(text)
    at = text.index("40")
    claim = claim_at(found, 0, at, at + 2)
    assert claim is not None
    assert speaker(text, claim) == "Red Cross"
    assert words(text, claim.relayed_by) == "Lawmakers"


def test_a_claim_does_not_cover_what_stands_before_it() -> None:
    text = "Forty men died, and the Red Cross said that 12 fled."
    found = mentions(text)
    assert claim_at(found, 0, 0, 5) is None


def claimant_of(text: str, number: str) -> tuple[str | None, str | None]:
    """(claimant, relayed by) of the count that a number states."""
    found = mentions(text)
    count = next(o for o in found.outcomes if found.sentences[o.sentence].tokens[o.number].lower == number)
    token = found.sentences[count.sentence].tokens[count.number]
    claim = claim_at(found, count.sentence, token.start, token.end)
    return speaker(text, claim), words(text, claim.relayed_by) if claim else None


@pytest.mark.parametrize(
    ("text", "claimant", "relayed_by"),
    [
        ("By the ministry's running count, 40 men died.", "ministry", None),
        ("By the assessment of Africa Command, 40 men died.", "Africa Command", None),
        ("The Ministry of Health (MOH) said that 40 men died.", "Ministry of Health", None),
        ("Western officials quoted by the BBC said that 40 men died.", "Western officials", None),
        ("Two lawmakers quoted the NIS as saying that 40 men died.", "NIS", "lawmakers"),
        ("Lawmaker Kim Hyun said that 40 men died, citing the NIS.", "NIS", "Lawmaker Kim Hyun"),
        ("Reuters, citing two officials, reported that 40 men died.", "officials", "Reuters"),
        ("Reuters said that 40 men died, citing a ministry source.", "ministry source", "Reuters"),
        ("Forty men died, the NIS has told parliament, two lawmakers said.", "NIS", "lawmakers"),
        ("Governor Petro Havrysh, in a post on Saturday, said that 40 men died.", "Governor Petro Havrysh", None),
        ("The director, Colonel Idris Baro, who disclosed this in Abuja, said that 40 men died.", "Colonel Idris Baro", None),
        ("A soldier who was on guard at the gate said that 40 men died.", "soldier", None),
        ("The figures come from Jaish, an armed group, which said that 40 men died.", "Jaish", None),
        ("The spokesman's latest update said that 40 men died.", "spokesman", None),
        ("The army owned up to the loss of a tank and said that 40 men died.", "army", None),
        ("Mr. Halloran: In the year 2008, 40 men died.", "Mr. Halloran", None),
        ("The army did report that 40 men died.", "army", None),
    ],
)
def test_who_claims_it_and_through_whom(text: str, claimant: str, relayed_by: str | None) -> None:
    number = "forty" if text.startswith("Forty") else "40"
    assert claimant_of(text, number) == (claimant, relayed_by)


@pytest.mark.parametrize(
    "text",
    [
        "The Ministry of Health said that 9 men died. Its count of the wounded rose to 40 wounded.",
        "The Ministry of Health said that 9 men died. A further 40 were wounded.",
        "The Ministry of Health said that 9 men died, a number that Israel disputes. Among them 40 were wounded.",
    ],
)
def test_a_claim_goes_on_in_the_next_sentence(text: str) -> None:
    number = "a further 40" if "further" in text else "40"
    assert claimant_of(text, number)[0] == "Ministry of Health"


def test_a_spokesman_without_a_name_speaks_for_the_body_before_him() -> None:
    text = "The Ministry of Health said that 9 men died. It may rise, a spokesman said; 40 were wounded."
    assert [speaker(text, c) for c in claims(text)] == ["Ministry of Health", "Ministry of Health"]


def test_the_date_of_a_statement_is_that_of_the_claim() -> None:
    (claim,) = claims("In an e-mail sent on Thursday the rebels said that 40 men died.")
    assert claim.day is not None and claim.day.on == date(2025, 8, 21)


def test_a_claim_made_before_has_another_date() -> None:
    text = "The NIS said on Monday that 40 men died. The NIS had spoken of 12 dead."
    assert [c.day.on if c.day else None for c in claims(text)] == [date(2025, 8, 18), None]


def test_background_of_long_ago_has_no_claimant() -> None:
    text = "A doctor said that 40 men died. Another convoy was attacked on 5 September 2022, killing 12 people."
    assert claimant_of(text, "12") == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "NATO said on Tuesday that 31 soldiers were killed. NATO's initial count was 26 dead.",
        "The army said on Tuesday that 31 soldiers were killed, up from 26 killed.",
    ],
)
def test_an_earlier_count_was_not_claimed_on_the_day_of_the_new_one(text: str) -> None:
    first, second = facts(text, "casualty_estimates")
    assert (first.values["count_best"], second.values["count_best"]) == (31, 26)
    assert first.values["reported_on"]
    assert "reported_on" not in second.values
