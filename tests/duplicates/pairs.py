"""Articles in our own words: an agency's copy, how papers print it, and what is no copy of it though it tells of the same event."""

WIRE = """KHARVYN (Northern Wire) - At least 12 soldiers were killed and 31 others were wounded when rockets hit a barracks on the edge of Kharvyn early on Tuesday, the army said, in the worst attack on the town since the front moved east last autumn.

The rockets struck shortly before five in the morning, when most of the men of the 42nd Brigade were asleep, the army's spokesman, Colonel Petro Halas, told reporters at the gate of what is left of the building. Two of the four floors fell in, he said, and rescuers were still looking for nine men in the afternoon.

"We will find every one of them," Halas said. "Nobody will be left under these stones."

Doctors at the town's only hospital said that they had taken in 27 wounded, six of whom were in a grave condition. Others were flown to the capital. A nurse who did not want to give her name said that there was not enough blood and that people had been standing in line since the morning to give some.

The other side said on its channel that it had hit a depot for ammunition. It gave no proof for that. Reporters who were led through the ruins saw beds, boots and kitchen things, but no weapons.

Kharvyn, which had 60,000 people before the war, lies 20 kilometres from the front. It was shelled 14 times in October, according to the regional administration, which has asked families with children to leave before the winter."""

_PARAGRAPHS = WIRE.split("\n\n")

COPIES = {
    "a headline and a credit": "Rockets kill a dozen soldiers in their sleep\n\nBy our foreign desk and Northern Wire\n\n"
    + WIRE.removeprefix("KHARVYN (Northern Wire) - "),
    "a dateline in another style": WIRE.replace("KHARVYN (Northern Wire) - ", "Kharvyn, Nov. 3 — "),
    "the last paragraphs cut": "\n\n".join(_PARAGRAPHS[:3]),
    "the first paragraphs only, as a brief": "\n\n".join(_PARAGRAPHS[:2]),
    "another spelling": WIRE.replace("kilometres", "km")
    .replace("autumn", "fall")
    .replace("grave", "serious")
    .replace("rescuers", "rescue workers"),
    "straight quotes, other dashes, capitals": WIRE.replace("'", "’").replace('"', "“").replace(" - ", " – ").upper(),
    "sentences added": WIRE
    + "\n\nThe foreign minister of a neighbouring country called the attack a crime. A meeting of the council was asked for and is"
    " expected on Thursday, diplomats said.\n\nOur readers can give to the hospital by the account that is printed on page two.",
    "paragraphs in another order": "\n\n".join(_PARAGRAPHS[n] for n in (0, 3, 4, 1, 2, 5)),
    "edited by a desk": WIRE.replace(
        "At least 12 soldiers were killed and 31 others were wounded when rockets hit",
        "Twelve soldiers died and 31 were hurt as rockets struck",
    )
    .replace("told reporters at the gate of what is left of the building", "said at the site")
    .replace("It gave no proof for that. ", "")
    .replace("A nurse who did not want to give her name said that there was not enough blood and", "Blood was short, a nurse said, and"),
}

# The same story a few hours later: another number, and most of the words. It is the same text, and another claim.
UPDATE = WIRE.replace("At least 12 soldiers were killed and 31 others", "At least 19 soldiers were killed and 34 others").replace(
    "rescuers were still looking for nine men in the afternoon", "rescuers had stopped looking for survivors in the evening"
)

OTHERS = {
    "another agency": """Kharvyn (Central Press Agency) - A rocket attack on a barracks in Kharvyn has killed at least 12 soldiers, the military said on Tuesday. Another 31 were wounded.

Three rockets hit the four-storey house, in which parts of the 42nd Brigade are quartered, at 4:50 a.m., according to Colonel Petro Halas, who speaks for the army. Rescue teams dug for nine missing men with their hands and with two cranes.

"We will find every one of them," he promised.

The town's hospital treated 27 people, its director, Olha Demyan, said by telephone. Six of them were fighting for their lives. Helicopters brought those with burns to the capital.

The attackers spoke of a strike on an ammunition store. That could not be verified.

It was the deadliest strike on the town, 20 kilometres behind the front, in more than a year. The regional administration counted 14 attacks there in October alone.""",
    "a paper's own report": """They had come back from the line on Sunday to sleep. On Tuesday, before the sun was up, the roof of the school that had become their barracks came down on them.

Twelve soldiers of the 42nd Brigade are dead, the army says; a mother who waits behind the tape says she has counted more. Thirty-one were wounded, and nine are somewhere under the concrete, where a dog finds a boot, and then another.

Serhiy, 23, got out through a window. He tells it three times, each time in the same words, as if he had to learn them. His friend had the bed by the door.

At the hospital there is a line for giving blood that goes around the corner. Nobody in it talks. A woman hands out tea. The other side says it hit a depot for ammunition, and the men in the line laugh about that, but not for long.""",
    "the attack of the week before": """KHARVYN (Northern Wire) - Four civilians were killed and seven wounded when shells hit a market in Kharvyn on Thursday, the regional administration said, the third attack on the town within a week.

The shells came down at noon, when the stalls were full, Governor Iryna Sokil said on television. Firefighters needed two hours to put out the flames.

The other side did not comment. Kharvyn, which had 60,000 people before the war, lies 20 kilometres from the front.

Sokil asked families with children to leave the town before the winter. Buses would go every morning, she said, and nobody would have to pay.""",
    "a story of the same beginning only": _PARAGRAPHS[0]
    + """

In the capital, thousands came to the square in front of the parliament with candles. The president, who broke off a visit abroad, spoke of a black day and ordered flags to be lowered for three days. He met the heads of the services in the evening and asked why a whole company had been put into one house so close to the front.

That question is asked by many. A member of the committee on defence said that an order of last year forbids more than twenty men under one roof. Who gave leave for an exception was not known. The general who is in charge of the sector was called to report.

The opposition demanded that the minister resign. He said that he would answer every question when the dead were buried, and not before. Two former commanders defended him and said that there were simply no other houses with a stove.

Abroad, several governments condemned the attack. The council of the alliance will meet on Friday. A decision on more air defence, which had been put off twice, could be taken then, diplomats said.""",
}
