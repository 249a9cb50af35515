"""How callers speak: words that say nothing about what is asked for, and words that mean the same on a telephone."""

import re

# Words that callers use whatever they ask about.
_IDLE = (
    "a able about above actually after again against ago ah all allow allowed along already also always am an and "
    "another any anybody anyhow anyone anything anyway anywhere are around as ask at away back bad be because been "
    "before being below between bit bits both but by bye call called calling came can cannot cant come comes coming "
    "could couldn couldnt day days did didn didnt do does doesn doesnt doing don done dont down during each else er "
    "ever every everyone everything exactly few for from further gave get gets getting give go goes going gone "
    "gonna good got gotta guess guys had happen happened happens has have haven having he hello help her hey hi him "
    "his hiya hold honestly how i id if im in info information into is isn isnt it its ive just keep keeps kept "
    "kind kindly know last later least let lets like little ll long look looking looks lot lovely made make making "
    "many matter may maybe me mean might mine minute minutes moment month months more morning most much my myself "
    "need needed needs next no nobody nor normal not nothing now of off often oh ok okay old on once one only or "
    "other others our out over own person place please point possible probably problem put question quick quickly "
    "quite re ready really right roughly run running runs said same saw say says see seen sees set shall she should "
    "show since so some somebody someone something sometimes somewhere soon sorry sort sound sounds start started "
    "starts stay still stuck stuff such sure take taken takes taking tell than thank thanks that thats the their "
    "them then there theres these they thing things think this those thought through till time to today together "
    "told tomorrow tonight too took towards try trying turn turned turning two uh um under until up us use used "
    "using usually ve very wanna want wanted wants was wasn wasnt way we week weeks well went were weren what whats "
    "when where wheres whether which while who whole whom whos whose why will with without won wonder wondering "
    "wont worried worry worse would wouldn wouldnt yall ye yeah year years yep yes yesterday yet you your yours "
    "yous"
)
IDLE = frozenset(_IDLE.split())

_PRICE = "price prices pricing cost costs fee fees charge charges charged rate rates expensive pay payable paying"
_ADDRESS = "address located location situated directions find postcode postal zip eircode"
_HOURS = "open opening hours closed close closing shut"

# Words that stand for each other when callers ask: whichever of a line is said, all of them are looked for.
_MEANINGS = (
    _PRICE,
    _ADDRESS,
    _HOURS,
    "parking park car carpark garage",
    "bus buses train trains tram tube subway station metro luas dart transit",
    "weekend weekends saturday saturdays sunday sundays",
    "christmas xmas december bank-holidays",
    "evening evenings",
    "late lateness delayed delay",
    "cancel cancellation cancelled cancelling cancels canceling canceled",
    "deposit upfront prepayment money",
    "refund refunds refundable reimburse money-back",
    "discount discounts offer offers concession concessions",
    "instalment instalments installment installments instalments finance financing spread plan plans monthly payment",
    "insurance insured insurer insurers cover covered policy",
    "invoice receipt bill statement",
    "doctor doctors gp physician md",
    "dentist dentists",
    "physio physios physiotherapy physiotherapist physiotherapists",
    "nurse nurses nursing",
    "kids kid child children son daughter toddler lad boy girl paediatric",
    "baby babies infant infants newborn birth birthday",
    "mother mum mam mom father dad parent parents",
    "pregnant pregnancy expecting",
    "breastfeeding breastfeed nursing",
    "hurt hurts pain painful sore ache aching",
    "toothache tooth-pain emergency",
    "nervous scared afraid anxious anxiety fear frightened terrified phobia",
    "sick ill unwell poorly",
    "overnight night nights out-hours on-call emergency",
    "wheelchair wheelchairs disabled accessible accessibility lift elevator ramp step-free stairs steps mobility",
    "deaf hearing",
    "interpreter interpreters translate translator translation language languages",
    "email e-mail mail",
    "phone telephone number ring",
    "covid coronavirus",
    "prescription prescriptions repeat medication medicine medicines tablets",
    "jab jabs shot shots vaccine vaccines vaccination vaccinations injection injections",
    "bloods blood",
    "fasting fast eat eating food",
    "result results",
    "smoke smoking cigarette cigarettes vape vaping",
    "whitening whiten bleach bleached bleaching",
    "extraction extracted pulled removed removal",
    "mend mended repair repaired fix fixed broken snapped",
    "photo photos picture pictures photograph photographs pics",
    "sweat sweating sweats sweaty perspiration",
    "eyebrow eyebrows brow brows",
    "makeup make-up cosmetics",
    "workout workouts gym exercise exercising sport",
    "xray xrays x-ray x-rays radiograph radiographs",
    "emergency urgent urgently",
    "new register registering registered registration join",
    "records record notes file files chart charts",
    "licence license",
    "gray grey",
    "complain complaint complaints unhappy",
    "voucher vouchers gift-card gift-cards",
    "examined exam exams examination examinations",
    "checkup check-up check-ups checkups check",
    "bring bringing brought welcome allowed permitted",
)
MEANINGS: dict[str, frozenset[str]] = {}
for _line in _MEANINGS:
    for _word in _line.split():
        MEANINGS[_word] = MEANINGS.get(_word, frozenset()) | (frozenset(_line.split()) - {_word})

# How prices, addresses and hours look in whatever way they are written down; for PostgreSQL's `~`.
_BRITISH_POSTCODE = r"\m[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\M"
_IRISH_POSTCODE = r"\m[AC-FHKNPRTV-Y][0-9][0-9W] ?[0-9AC-FHKNPRTV-Y]{4}\M"
_STREET = (
    r"\m[0-9]{1,5}[A-Za-z]? ([A-Z][^ ,\n]+ ){1,3}(Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Square|Place|Terrace|"
    r"Boulevard|Blvd|Way|Court|Quay|Row|Crescent|Parade|Gardens|Hill|Park)\M"
)
_HOUR = r"\m([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*\M[^\n]{0,40}[0-9]"
_PRICED = r"[£€$] ?[0-9]"
SIGNS: dict[str, str] = {
    **dict.fromkeys(_PRICE.split(), _PRICED),
    **dict.fromkeys(_ADDRESS.split(), f"{_BRITISH_POSTCODE}|{_IRISH_POSTCODE}|{_STREET}"),
    **dict.fromkeys(_HOURS.split(), _HOUR),
}

# Asking where the clinic is, which must be answered however it is put.
WHERE = re.compile(
    r"\b(where|whereabouts)(['’]?s|'re|\s+(are|is|abouts|r))?\s+(you|u|ye|the\s+(clinic|practice|surgery|place|office))\b"
    r"|\bwhat['’]?s your (address|location)\b",
    re.IGNORECASE,
)

# How callers ask for something without naming it, and the word that says it.
PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), f" {word} ")
    for pattern, word in (
        (r"\b(how much|how expensive|set (me|us|you) back)\b", "price"),
        (r"\bhow (do|can|would|could) (i|we|you) (get|find|reach|come) (to |at )?(you|ye|there|here)\b", "directions"),
        (r"\bwhat times?\b|\bwhen (are|do|does|is) (you|the \w+) (open|close|shut)\w*", "hours"),
        (r"\bare (you|ye|y'all) (open|closed)\b", "hours"),
        (r"\b(how|what['’]?s the) (late|latest|early|earliest)\b", "hours"),
        (r"\b(which|what) (street|road)\b|\b(taxi|cab|sat ?nav|gps)\b", "address"),
        (r"\b(in )?(bits|parts|stages)\b", "instalments"),
        (r"\bcall(ed)? out\b|\bcome out to\b", "home visit"),
        (r"\bmiddle of the night\b|\bafter hours\b", "overnight"),
    )
)
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMBERS = {word: str(number) for number, word in enumerate(_NUMBERS.split())}
