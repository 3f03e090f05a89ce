"""Acts: what is done at a ceremony of one kind and tells of it without its name."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mentions.finders import Stems, caseless
from pipelines.mentions.tokens import Tagged


@dataclass(frozen=True)
class Act:
    """What is done at one kind of ceremony; ``example`` shows what it catches.

    ``stems``: what a sentence holds at least one of, in lower case, where the words can match. ``words`` are those of a text in
    small letters, but for acts that are ``cased``.
    """

    kind: str
    stems: tuple[str, ...]
    words: re.Pattern[str]
    example: str
    cased: bool = False

    def search(self, text: str, lower: str, start: int, end: int) -> re.Match[str] | None:
        """Where it is told of first in ``text[start:end]``; ``lower`` is the text in small letters."""
        return self.words.search(text if self.cased else lower, start, end)


_MEDAL = (
    r"(?:[Mm]edals?|Orders?(?= of| for)|(?<!Red )Cross(?:es)?|Stars?|Heart|[Tt]itles?(?= of)|[Dd]ecorations?|awards|Heroes? of|[Hh]onou?rs of|Awards?|insignia|ribbons?|citations?|[Ll]egion (?:of|d['’])"
    r" ?[Hh]onou?r|L[ée]gion d['’][Hh]onneur|Knights? of)"
)
_GIVE = (
    r"(?:pinn(?:ed|ing)|award(?:ed|s|ing)|confer(?:red|s|ring)?|present(?:ed|s|ing)|hand(?:ed|s|ing)(?: over| out)?|bestow(?:ed|s|ing)?|hung|receiv(?:ed|es)|g[ai]ve[ns]?|made|decorat(?:ed|es) with"
    r"|invested with|granted|collected|honou?red (?:posthumously )?with|(?:to|will|would|shall|and) (?:present|receive|award|give|hand|pin|decorate|collect))"
)
_PAST = r"(?:was|were|be|been|being|is|are)"
_BEARERS = r"(?:men|women|soldiers|officers|personnel|troops|veterans|guards|sailors|airmen|pilots|members|servicemen|fighters|widows?|families|policemen|peacekeepers|sappers|engineers|marines|commandos|medics|nurses|crew|defenders|cadets|reservists|gunners|pilots|rescuers|survivors|parents|mothers|paratroopers|by)"
# Who comes home or leaves, "the two hundred and forty-nine" too.
_TROOPS = r"(?:soldiers|troops|men|women|units?|battalion|regiment|contingent|peacekeepers|sailors|marines|reservists|airmen|personnel|sappers|engineers|guardsmen|crew|brigade|company|squadron|prisoners|veterans|police(?:men)?)"
_NUMBER = r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty(?:-\w+)?|hundred)"
_STONE = r"(?:plaque|memorial|monument|(?:head|grave|tomb)?stone|statue|cenotaph|obelisk|bust|slab|tablet|mural|column|wall|bench|[Cc]ross|garden of (?:remembrance|honou?r))"
_DAYS = r"(?:anniversary|centenary|bicentenary|jubilee|day|victory|liberation|independence|armistice|birthday)"
_HOME = r"(?:home|back (?:home|from|to)|(?:on|at|in) the (?:\w+ )?(?:apron|tarmac|quay(?:side)?|pier|dockside|runway|airport|air ?base|air ?field|harbour|harbor|station|barracks|armou?ry|hangar))\b"
ACTS = (
    Act(
        "decoration",
        tuple(
            "medal|order of|orders of|order for|orders for| cross | crosses| cross,| cross.|star |stars|star,|star.|heart|title of|titles of|decoration|award|hero of|heroes of|honour|honor|insignia|ribbon|citation|legion|légion|knight".split(
                "|"
            )
        ),
        re.compile(
            rf"\b{_GIVE}\b[^;]{{0,70}}?\b{_MEDAL}\b|\b{_MEDAL}\b[^;]{{0,40}}?\b(?:pinned|bestowed|conferred|presented|awarded|handed|received)\b"
        ),
        "The governor conferred the Purple Heart on 17 soldiers.",
        cased=True,
    ),
    Act(
        "decoration",
        ("decorat", "posthumous"),
        re.compile(
            rf"\b(?:decorat(?:ed|es)|posthumously (?:promoted|honou?red))\b(?=[^;]{{0,50}}\b{_BEARERS}\b)|\b{_TROOPS}\b[^;]{{0,40}} (?:was|were|are to be|will be) (?:\w+ly )?decorated\b"
        ),
        "The army commander decorated twelve wounded men.",
        cased=True,
    ),
    Act(
        "funeral",
        tuple(
            "buried|to rest|of rest|resting|interred|cremated|prayers|given a|given full|given the|bury|mourn|farewell|goodbye|graves|grave.|grave |lay in state|lying in state|lain in state".split(
                "|"
            )
        ),
        caseless(
            rf"\b(?:gathered|came|assembled|turned out)\b[^;]{{0,50}}? to (?:bury|mourn)\b|\b{_PAST} (?:\w+ly )?(?:buried|laid to rest|interred|cremated|given (?:an? |full )+(?:(?:military|state|hero['’]s|heroes['’]|soldier['’]s|public) ?)+(?:funeral|burial|honou?rs|farewell)|carried to (?:his|her|their|the) (?:graves?|last resting[- ]places?|rest))\b"
            r"|\b(?:sa(?:y|id)|ba(?:de|id)|bid) (?:their |its |a |the )?(?:last |final )?(?:farewell|goodbye) to (?:the (?:dead|fallen)|(?=[^;]{0,80}\b(?:killed|fallen|dead|died|coffins?|slain)\b))"
            r"|\b(?:lay|lying|lies|lain) in state\b|\bbur(?:ied|ies|y)\b[^;]{0,80}\bwith (?:full )?(?:military|state) honou?rs\b"
            r"|\b(?:led|said|held|attended) (?:the )?(?:funeral prayers (?:for|over)|prayers over)\b"
        ),
        "The rifleman will be buried with full military honours.",
    ),
    Act(
        "memorial",
        tuple(
            "wreath|flower|carnation|roses|garland|bouquet|tribute|popp|silen|knelt|respects|mass |homage|remembered|honoured|honored|commemorated|prayer|petals".split(
                "|"
            )
        ),
        caseless(
            r"\b(?:laid|lays|lay|laying|placed?|placing|deposited|thr[eo]wn?|threw|cast|dropped|scattered|offered) (?:[\w'’-]+ ){0,4}?(?:wreaths?|flowers|carnations|roses|garlands?|bouquets?|(?:rose |flower )?petals|floral tributes?|cross(?:es)? of poppies|poppy cross(?:es)?|poppies|lamps|candles)\b"
            r"|\b(?:[Ww]reaths?|[Ff]lowers|[Ff]loral tributes|[Pp]oppies) (?:was|were|will be|are to be|had been) (?:laid|placed|cast|thrown|dropped)\b"
            r"|\b(?:observed?|held|hold|led|stood (?:in|for)|fell silent for|falls? silent for|kept|keep)\b(?: [\w'’]+){0,3}? (?:in )?(?:an?|one|two|the) (?:[Mm]inutes?['’]?s?|moment) ?(?:of|['’]s?)? ?silence\b"
            r"|\b(?:fell|falls?|stood) silent (?:for (?:a|one|two) minutes?|at \d|in memory|in honou?r)\b"
            r"|\b(?:led|said|offered) (?:the |a )?prayers? (?:for the|in memory)\b|\b(?:remembered|honou?red|commemorated) (?:at|in|with|during) (?:a|the) (?:\w+ )?(?:service|ceremony|mass|vigil|silence)\b|\bknelt (?:before|at|in front of)\b|\b(?:celebrat(?:e|ed)|said|say|led|lead|held|hold|offered) (?:a |the )?(?:\w+ )?[Mm]ass (?:for|in memory)\b"
            r"|\b[Mm]ass (?:for [^;]{3,40}? |in memory of [^;]{3,40}? )?(?:was|will be|is to be) (?:said|celebrated|held|offered)\b"
            r"|\bpaid (?:\w+ ){0,3}(?:respects|tribute|homage)\b[^;]{0,60}? (?:at|before|in front of) (?:the|an?) (?:[\w'’-]+ ){0,4}?(?:[Tt]omb|[Mm]onument|[Mm]emorial|[Gg]raves?|[Cc]emetery|coffins?|[Cc]enotaph|[Mm]ausoleum|[Ss]tatue|[Ww]all)\b"
            r"|\bpaid (?:\w+ )?homage (?:\w+ )?to\b(?=[^;]{0,60}\b(?:dead|fallen|killed|martyrs|bravehearts|sacrifice|died|lost|soldiers|heroes)\b)"
        ),
        "The minister laid a wreath at the monument to the fallen soldiers.",
    ),
    Act(
        "memorial",
        ("last post", "taps", "names of", "names out", "names aloud", "candle", "lamp", "flame", "bell ", "bells", "vigil"),
        caseless(
            r"\b(?:sound(?:ed|s|ing)?|play(?:ed|s|ing)?|blew) (?:the )?(?:Last Post|Taps|last post)\b|\b(?:Last Post|Taps|last post) (?:was|were|is|will be) (?:sounded|played|blown)\b"
            r"|\bnames of [^;]{3,60}? (?:was|were|are to be|will be|be) read\b|\bread (?:out |aloud )?(?:the|their|all) (?:\w+ ){0,3}?names (?:of|out|aloud)\b"
            r"|\b(?:lit|lights?|lighting) (?:an? |the |\d+ |\w+ )?(?:memorial |eternal )?(?:candles?|lamps?|lanterns|flame)\b(?=[^;]{0,60}\b(?:memory|fallen|dead|victims|killed|martyrs|lost|soldiers|died|graves?|tomb|monument|memorial|heroes|insurgents)\b)"
            r"|\b[Bb]ells? (?:\w+ )?(?:was |were )?(?:tolled|rang|rung)\b(?=[^;]{0,80}\b(?:memory|fallen|dead|victims|killed|crew|lost|soldiers|died|each)\b)"
            r"|\b(?:ke(?:ep|pt)|held|hold|holding) (?:the|an?|their|his|her) (?:\w+ )?vigil (?=[^;]{0,80}\b(?:fallen|dead|killed|soldiers|sailors|crew|victims|veterans|governor|mayor|president|colonel|bishop|waterfront|monument|memorial|cenotaph)\b)"
        ),
        "Buglers sounded the Last Post at the Menin Gate for the fallen.",
    ),
    Act(
        "memorial",
        ("unveil", "dedicat", "consecrat", "opened", "inaugurat"),
        caseless(
            rf"\b{_STONE}\b[^;]{{0,90}}?\b(?:was|were|be|been) (?:unveiled|dedicated|consecrated|rededicated)\b"
            rf"|\b(?:unveil(?:ed|s|ing)?|(?:re)?dedicat(?:ed|es|ing)) (?:[\w ]{{0,30}}?)(?:an?|the) (?:[\w-]+ ){{0,4}}?{_STONE}\b"
            r"|\b(?:opened|inaugurated) (?:an?|the) (?:[\w-]+ ){0,3}?(?:memorial|monument|statue|garden of remembrance|alley of heroes)\b(?! day)"
            rf"|\b{_STONE} (?:that|which) [^;,—–]{{0,50}}?\b(?:unveiled|dedicated|consecrated)\b"
        ),
        "A plaque with the names of the fallen was unveiled by the governor.",
    ),
    Act(
        "inauguration",
        ("unveiled", "inaugurated", "commissioned", "christened", "launched", "into service", "entered service", "opened", "ribbon"),
        caseless(
            r"\b(?:was|were|be) (?:\w+ly )?(?:unveiled|inaugurated|commissioned into)\b|\bput into service\b|\bentered service\b|\b(?:inaugurated|opened) (?:an?|the) (?:[\w-]+ ){0,3}?(?:base|barracks|academy|camp|museum|headquarters|brigade|(?:training|memorial|command) cent(?:re|er)|hospital|ward|shipyard|garrison|airfield|bridge)\b"
            r"|\bcut the ribbon\b|\b(?:frigate|destroyer|corvette|submarine|vessel|warship|patrol (?:boat|ship)|aircraft carrier|minehunter|brigade|squadron)\b[^;,]{0,30} (?:was|were|is to be|will be) (?:\w+ly )?(?:commissioned|christened|launched)\b"
            r"|\b(?:commissioned|christened|launched) the (?:[\w-]+ ){0,3}?(?:frigate|destroyer|corvette|submarine|vessel|warship|patrol boat|carrier)\b"
        ),
        "The president inaugurated the new naval base.",
    ),
    Act(
        "oath",
        ("oath", "allegiance", "sworn", "i swear", "swore", "attested"),
        caseless(
            r"\b(?:sw(?:ore|ears?|earing)|t(?:ook|aking|akes?|aken)|pledged) (?:(?:their|the|an|his|her) )?(?:\w+ )?(?:oaths?(?! of office)|allegiance)\b|\b(?:cadets|recruits|soldiers|officers|conscripts|guards|policemen)\b[^;]{0,40} (?:were|are to be|will be) (?:sworn in|attested)\b|\boaths?\b[^;]{0,40}? (?:was|were|be|been) (?:sworn|taken|administered)\b|[\"“]I swear\b|\bshouted [^.]{0,12}I swear\b"
        ),
        "Twenty-six cadets swore their oath on Sunday.",
    ),
    Act(
        "commemoration",
        ("commemorat", "marked", " mark ", "celebrat", "remembered", "observed"),
        caseless(
            rf"\b(?:{_DAYS}|battle|landings?|uprising|end of the war)\b[^;]{{0,50}}?\b(?:was|were|will be|is to be|are to be) (?:\w+ly )?(?:commemorated|marked|celebrated|remembered|observed) (?:at|in|with|on|by|across|throughout)\b"
            rf"|\b(?:commemorated|celebrated|celebrates|commemorates|(?<!nobody )(?<!no one )(?<!few )marked|observed|(?:will|is to|are to) (?:commemorate|celebrate|mark|observe)|(?:gathered|assembled|met|turned out|came together|lined up)\b[^;]{{0,60}}? to (?:commemorate|celebrate|mark|honou?r)) (?:the|its|their|his|\d+|[A-Z][\w’']+) (?:[^;]{{0,40}}?\b)?{_DAYS}\b"
            r"|\b(?:will|is to|are to) commemorate (?:the|its|their|those)\b"
        ),
        "The anniversary was commemorated at the barracks on Thursday.",
    ),
    Act(
        "parade",
        ("salute", "rolled", "paraded", "marched", "marches", "marching", "freedom of", "reviewed", "reviews", "to review"),
        caseless(
            r"\bmarch(?:ed|ing|es)? past\b(?! (?:the )?(?:\w+ )?(?:checkpoint|village|border))|\bt(?:ook|akes?|aking) the salute\b"
            r"|\b(?:tanks|troops|soldiers|columns?|veterans|marines|regiment|battalion|cadets) (?:rolled|paraded|marched) (?:through|across|down|along|past)\b(?=[^.]{0,60}\b(?:square|parade|avenue|stand|boulevard|(?:independence|victory|army|armed forces|national|liberation) day|anniversary)\b)"
            r"|\bmarch(?:ed|es|ing)? (?:through|down|along|across)\b(?=[^;]{0,80}\b(?:bayonets|colou?rs|drums?|bands?|crowds (?:cheer|line|applaud)\w*|freedom|medals)\b)"
            r"|\bexercis(?:ed?|es|ing) (?:its|their|the) freedom of\b|\b(?:granted|given|received) the freedom of the (?:city|town|borough)\b"
            r"|\b(?:reviewed|reviews|to review) (?:the |an? )?(?:troops|fleet|parade|guard of honou?r|massed)\b"
        ),
        "Some 450 veterans marched past the general.",
    ),
    Act(
        "repatriation",
        (
            "coffin",
            "casket",
            "bodies",
            "remains",
            "flag",
            "honour",
            "honor",
            "brought",
            "bring",
            "body of",
            "his body",
            "her body",
            "transfer case",
        ),
        caseless(
            r"\b(?:coffins?|caskets?|bodies|remains|transfer cases?|boxes with (?:their|the) remains)\b[^;]{0,70}?\b(?:carried|came down|came off|flown|arrived|arrives?|lowered|ramp|tarmac|received|handed over|returned|repatriated|landed|brought home|c[ao]me home|met (?:at|by|on)|greeted|transferred|draped|flag|unloaded|lifted (?:off|from)|wheeled|borne|taken off)\b"
            r"|\b(?:[Bb]ody of|[Hh]is body|[Hh]er body)\b[^;]{0,50}?\b(?:flown (?:home|back)|brought (?:home|back)|repatriated|returned (?:home|to his|to her)|came home|arrived (?:home|back))\b"
            r"|\bflags? (?:across|over|on) (?:each|the coffins?|every|them)\b|\b(?:received?|meet|met) (?:the )?(?:bodies|remains|coffins?|caskets?)\b"
            r"|\b\w+ were (?:received|welcomed|brought home|returned|transferred) with (?:full )?(?:military )?honou?rs\b|\b(?:bring|brought|bringing) (?:home|back) (?:the |his |their )?(?:dead|fallen|bodies|remains|coffins)\b"
        ),
        "Two coffins draped in flags came down the ramp of an air force plane.",
    ),
    Act(
        "reception",
        tuple("of kin|families|relatives|widows|veterans|parents|returning|dinner|lunch|banquet|reception|welcom|greet| met ".split("|")),
        caseless(
            r"\b(?:received|receiving|hosted|welcomed|met with|invited) (?:the |a |\d+ )?(?:\w+ )?(?:next of kin|(?:bereaved )?(?:families|relatives)|widows|veterans|returning (?:soldiers|troops))\b"
            r"|\b(?:families|relatives|next of kin|widows|parents)\b[^;]{0,40} (?:was|were) received by\b"
            rf"|\b(?:welcom|greet)(?:ed|es|ing) (?:home|back) (?:the |some |about |\d[\d,]* |\w+ ){{0,4}}?{_TROOPS}\b"
            rf"|\b(?:welcom|greet)(?:ed?|es|ing) (?:[\w,’'-]+ ){{0,6}}?(?:{_TROOPS}|{_NUMBER})\b (?:[\w’'-]+ ){{0,4}}?{_HOME}"
            rf"|\bmet (?:the |some )?(?:[\w,-]+ ){{0,3}}?{_TROOPS} (?:[\w-]+ ){{0,2}}?{_HOME}"
            rf"|\b{_TROOPS}\b[^;]{{0,40}} (?:was|were|are to be|will be) (?:\w+ly )?(?:welcomed|greeted|met|received) (?:home|back|(?:[\w’'-]+ ){{0,6}}?{_HOME})|\b(?:families|relatives|crowds|children|well-wishers|wives)\b[^;]{{0,40}}\b(?:cheered|waved|waving|lined|thronged|waited)\b[^;]{{0,60}}\b(?:jetty|quay(?:side)?|tarmac|runway|dockside|pier|harbour wall)\b|\bgiven (?:a|an official|the) (?:hero|heroes)['’]?s?['’]? welcome\b"
            r"|\b(?:was|were) given (?:an? )(?:\w+ )?(?:dinner|lunch|luncheon|banquet|reception)\b|\b(?:gave|gives|hosted|hosts?|held|hold) (?:a |an )(?:\w+ )?(?:dinner|lunch|luncheon|banquet|reception|tea|iftar) (?:for|in)\b"
        ),
        "The president received the families of the fallen soldiers.",
    ),
    Act(
        "other",
        tuple(
            "colour|color|flag|tricolo|standard|ensign|over command|over the command|broke ground|break ground|sod|keys|stone| off |farewell|goodbye|first blast|cadets|recruits".split(
                "|"
            )
        ),
        caseless(
            r"\b(?:laid up|lower(?:ed|s)|fold(?:ed|s)|furl(?:ed|s)|cased|uncased|unfurl(?:ed|s)|haul(?:ed|s) down|hoist(?:ed|s)|rais(?:ed|es)|unroll(?:ed|s)) (?:[\w'’]+ ){0,3}?(?:colou?rs|flags?|tricolou?r|standard|ensign)\b"
            r"|\b(?:colou?rs|flags?|tricolou?r|ensign|standard)\b[^;]{0,40}? (?:was|were) (?:[\w]+ )?(?:laid up|lowered|folded|furled|cased|hauled down|raised|hoisted|unrolled)\b"
            r"|\b(?:flags?|colou?rs|tricolou?r|ensign)\b[^;]{0,20} (?:came|went) down\b|\b(?:received?|receives|presented with|was given|were given) (?:its|their|new|his|her) (?:new )?(?:regimental )?(?:colou?rs|standard)\b|\b(?:handed|hands) over (?:the )?command\b|\bbr(?:oke|eak) ground\b|\b(?:turn|cut)(?:ed|s)? the first (?:sod|steel|turf)\b|\bgave the keys\b"
            r"|\bpresent(?:ed|s|ing)? (?:[\w'’]+ ){0,3}?(?:colou?rs|standard|guidon) to\b|\bla(?:id|ys?|ying) (?:the|an?) (?:foundation|first|corner|memorial)[- ]?stone\b|\blaid the cornerstone\b|\b(?:triggered|set off|detonated) the first (?:\w+ )?(?:blast|charge)\b"
            rf"|\b(?:saw|sees?|seen|waved?|waving|seeing) off (?:[\w,-]+ ){{0,4}}?{_TROOPS}\b|\b(?:saw|waved) (?:her|him|them|the (?:ship|destroyer|frigate)) off\b|\b(?:saw|waved) (?:the |some )?(?:[\w,-]+ ){{0,2}}?{_TROOPS} off\b|\b{_TROOPS}\b[^;]{{0,40}} (?:was|were) (?:seen|waved) off\b(?! by (?:\w+ )?(?:fire|gunfire))|\b(?:ba(?:de|id)|bid|sa(?:id|y)) (?:a )?(?:farewell|goodbye) (?:on \w+ )?to (?:[\w,-]+ ){{0,3}}?{_TROOPS}\b|\bflagged off (?:the |an? )?(?:\w+ )?(?:contingent|convoy|battalion|ship|expedition|run|{_TROOPS})\b"
            r"|\bcadets\b[^;]{0,50} (?:were|was|are to be|will be) commissioned\b|\b(?:cadets|recruits)\b[^;]{0,40} passed out (?:of|from|at|on)\b"
        ),
        "The tricolour was folded for the last time at the camp.",
    ),
)

_STEMS = Stems(stem for act in ACTS for stem in act.stems)
_ACTS_OF = {stem: [n for n, act in enumerate(ACTS) if stem in act.stems] for act in ACTS for stem in act.stems}


def possible_acts(lower: str, sentences: Sequence[Tagged]) -> dict[int, list[Act]]:
    """The acts whose stems each sentence holds, in the order of ``ACTS``; sentences without any are left out. ``lower``: the text in small letters."""
    begins = [tagged.sentence.start for tagged in sentences]
    numbers: dict[int, set[int]] = {}
    for start, end, stem in _STEMS.find(lower):
        position = bisect_right(begins, start) - 1
        if position >= 0 and end <= sentences[position].sentence.end:
            numbers.setdefault(position, set()).update(_ACTS_OF[stem])
    return {position: [ACTS[n] for n in sorted(found)] for position, found in numbers.items()}
