"""Acts: what is done at a ceremony of one kind and tells of it without its name."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Act:
    """What is done at one kind of ceremony; ``example`` shows what it catches.

    ``stems``: what a sentence holds at least one of, in lower case, where the words can match.
    """

    kind: str
    stems: tuple[str, ...]
    words: re.Pattern[str]
    example: str


_MEDAL = r"(?:[Mm]edals?|Orders?(?= of| for)|Cross(?:es)?|Stars?|Heart|[Tt]itles?|[Dd]ecorations?|awards|Heroes? of|[Hh]onou?rs of|insignia|ribbons?|citations?)"
_GIVE = r"(?:pinn(?:ed|ing)|award(?:ed|s|ing)|confer(?:red|s|ring)?|present(?:ed|s|ing)|hand(?:ed|s|ing)(?: over| out)?|bestow(?:ed|s|ing)?|hung|receiv(?:ed|es)|g[ai]ve[ns]?|made|decorat(?:ed|es) with|invested with|granted|collected)"
_PAST = r"(?:was|were|be|been|being|is|are)"
_BEARERS = r"(?:men|women|soldiers|officers|personnel|troops|veterans|guards|sailors|airmen|pilots|members|servicemen|fighters|widows?|families|policemen|peacekeepers|by)"
ACTS = (
    Act(
        "decoration",
        (
            "medal",
            "order",
            "cross",
            "star",
            "heart",
            "title",
            "decoration",
            "award",
            "hero",
            "honour",
            "honor",
            "insignia",
            "ribbon",
            "citation",
        ),
        re.compile(rf"\b{_GIVE}\b[^.;]{{0,70}}?\b{_MEDAL}\b|\b{_MEDAL}\b[^.;]{{0,40}}?\b(?:pinned|bestowed|conferred|presented|awarded)\b"),
        "The governor conferred the Purple Heart on 17 soldiers.",
    ),
    Act(
        "decoration",
        ("decorat", "posthumous"),
        re.compile(rf"\b(?:decorat(?:ed|es)|posthumously (?:promoted|honou?red))\b(?=[^.;]{{0,50}}\b{_BEARERS}\b)"),
        "The army commander decorated twelve wounded men.",
    ),
    Act(
        "funeral",
        ("buried", "rest", "interred", "cremated", "prayers", "given", "bury", "mourn"),
        re.compile(
            rf"\b(?:gathered|came|assembled|turned out)\b[^.;]{{0,50}}? to (?:bury|mourn)\b|\b{_PAST} (?:\w+ly )?(?:buried|laid to rest|interred|cremated|given (?:a|full) (?:military|state) (?:funeral|honou?rs))\b"
            r"|\b(?:led|said|held|attended) (?:the )?(?:funeral )?prayers (?:for|over)\b"
        ),
        "The rifleman will be buried with full military honours.",
    ),
    Act(
        "memorial",
        ("wreath", "flower", "carnation", "roses", "garland", "bouquet", "tribute", "popp", "silence", "knelt", "respects", "mass "),
        re.compile(
            r"\b(?:laid|lays|lay|laying|placed?|placing|deposited) (?:[\w'’-]+ ){0,4}?(?:wreaths?|flowers|carnations|roses|garlands?|bouquets?)\b"
            r"|\b(?:wreaths?|flowers|floral tributes|poppies) (?:was|were|will be|are to be) (?:laid|placed|cast)\b"
            r"|\b(?:observed|held|stood (?:in|for)|fell silent for|kept) (?:a|one|two) (?:minutes?['’]?s?|moment) ?(?:of|['’]s)? ?silence\b"
            r"|\bknelt (?:before|at|in front of)\b|\b(?:celebrated|said|led|held) (?:a |the )?(?:\w+ )?[Mm]ass (?:for|in memory)\b|\bpaid (?:their |his |her )?(?:last )?(?:respects|tribute) (?:at|before) the (?:tomb|monument|memorial|graves?|cemetery|coffins?)\b"
        ),
        "The minister laid a wreath at the monument to the fallen soldiers.",
    ),
    Act(
        "memorial",
        ("plaque", "memorial", "monument", "stone", "statue", "cenotaph", "obelisk"),
        re.compile(
            r"\b(?:plaque|memorial|monument|stone|statue|cenotaph|obelisk)\b[^.;]{0,90}?\b(?:was|were|be|been) (?:unveiled|dedicated|consecrated)\b"
            r"|\b(?:unveil(?:ed|s|ing)?|dedicat(?:ed|es|ing)) (?:an?|the) (?:[\w-]+ ){0,4}?(?:plaque|memorial|monument|stone|statue|cenotaph|obelisk)\b"
        ),
        "A plaque with the names of the fallen was unveiled by the governor.",
    ),
    Act(
        "inauguration",
        ("unveiled", "inaugurated", "commissioned", "service", "opened", "ribbon"),
        re.compile(
            r"\b(?:was|were|be) (?:\w+ly )?(?:unveiled|inaugurated|commissioned into)\b|\bput into service\b|\bentered service\b|\b(?:inaugurated|opened) (?:an?|the) (?:[\w-]+ ){0,3}?(?:base|barracks|academy|camp|museum|headquarters|brigade)\b"
            r"|\bcut the ribbon\b"
        ),
        "The president inaugurated the new naval base.",
    ),
    Act(
        "oath",
        ("oath", "allegiance", "sworn", "i swear"),
        re.compile(
            r"\b(?:sw(?:ore|ears?|earing)|t(?:ook|aking|akes?|aken)|pledged) (?:(?:their|the|an|his|her) )?(?:\w+ )?(?:oaths?(?! of office)|allegiance)\b|\b(?:cadets|recruits|soldiers|officers|conscripts|guards|policemen)\b[^.;]{0,40} were sworn in\b|\boaths?\b[^.;]{0,40}? (?:was|were|be|been) (?:sworn|taken|administered)\b|[\"“]I swear\b|\bshouted [^.]{0,12}I swear\b"
        ),
        "Twenty-six cadets swore their oath on Sunday.",
    ),
    Act(
        "commemoration",
        ("commemorated", "marked", "celebrated", "remembered"),
        re.compile(
            r"\b(?:anniversary|day|battle|victory|liberation|armistice|landings?|uprising)\b[^.;]{0,50}?\b(?:was|were|will be|is to be) (?:\w+ly )?(?:commemorated|marked|celebrated|remembered) (?:at|in|with|on|by)\b"
            r"|\b(?:commemorated|celebrated) (?:the|its|their) [^.;]{0,40}?\b(?:anniversary|day|victory|liberation|birthday)\b",
            re.IGNORECASE,
        ),
        "The anniversary was commemorated at the barracks on Thursday.",
    ),
    Act(
        "parade",
        ("past", "salute", "rolled", "paraded", "marched"),
        re.compile(
            r"\bmarch(?:ed|ing)? past\b|\btook the salute\b|\b(?:tanks|troops|columns?) (?:rolled|paraded|marched) (?:through|across|down)\b(?=[^.]{0,60}\b(?:square|parade|avenue|stand)\b)",
            re.IGNORECASE,
        ),
        "Some 450 veterans marched past the general.",
    ),
    Act(
        "repatriation",
        ("coffin", "casket", "bodies", "remains", "flag", "honour", "honor", "dead", "fallen"),
        re.compile(
            r"\b(?:coffins?|caskets?|bodies|remains|boxes with (?:their|the) remains)\b[^.;]{0,70}?\b(?:carried|came down|flown|arrived|lowered|ramp|tarmac|received|handed over|returned|repatriated|landed|brought home|transferred|draped|flag)\b"
            r"|\bflags? (?:across|over|on) (?:each|the coffins?|every|them)\b|\breceived (?:the )?(?:bodies|remains|coffins)\b"
            r"|\b\w+ were (?:received|welcomed|brought home|returned|transferred) with (?:full )?(?:military )?honou?rs\b|\b(?:bring|brought|bringing) (?:home|back) (?:the |his |their )?(?:dead|fallen|bodies|remains|coffins)\b"
        ),
        "Two coffins draped in flags came down the ramp of an air force plane.",
    ),
    Act(
        "reception",
        (
            "kin",
            "families",
            "relatives",
            "widows",
            "veterans",
            "parents",
            "returning",
            "dinner",
            "lunch",
            "banquet",
            "reception",
            "welcom",
            "greet",
        ),
        re.compile(
            r"\b(?:received|receiving|hosted|welcomed|met with|invited) (?:the |a |\d+ )?(?:\w+ )?(?:next of kin|(?:bereaved )?(?:families|relatives)|widows|veterans|returning (?:soldiers|troops))\b"
            r"|\b(?:families|relatives|next of kin|widows|parents)\b[^.;]{0,40} (?:was|were) received by\b"
            r"|\b(?:welcom|greet)(?:ed|es|ing) (?:home|back) (?:the |some |about |\d[\d,]* |\w+ ){0,4}?(?:soldiers|troops|men|unit|battalion|regiment|contingent|peacekeepers|sailors|prisoners)\b"
            r"|\b(?:gave|hosted|held) (?:a |an )(?:\w+ )?(?:dinner|lunch|luncheon|banquet|reception) (?:for|in)\b"
        ),
        "The president received the families of the fallen soldiers.",
    ),
    Act(
        "other",
        ("colour", "color", "flag", "tricolo", "standard", "ensign", "command", "ground", "sod", "keys"),
        re.compile(
            r"\b(?:laid up|lower(?:ed|s)|fold(?:ed|s)|furl(?:ed|s)|cased|uncased|unfurl(?:ed|s)|haul(?:ed|s) down|hoist(?:ed|s)|rais(?:ed|es)|unroll(?:ed|s)) (?:[\w'’]+ ){0,3}?(?:colou?rs|flags?|tricolou?r|standard|ensign)\b"
            r"|\b(?:colou?rs|flags?|tricolou?r|ensign|standard)\b[^.;]{0,40}? (?:was|were) (?:[\w]+ )?(?:laid up|lowered|folded|furled|cased|hauled down|raised|hoisted|unrolled)\b"
            r"|\b(?:received|presented with|was given|were given) (?:its|their|new|his|her) (?:new )?(?:regimental )?(?:colou?rs|standard)\b|\b(?:handed|hands) over (?:the )?command\b|\bbr(?:oke|eak) ground\b|\bturned the first sod\b|\bgave the keys\b"
        ),
        "The tricolour was folded for the last time at the camp.",
    ),
)
