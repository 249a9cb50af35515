"""How English says numbers."""

UNITS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "niner": "9", "nought": "0", "naught": "0",
}  # fmt: skip
# Zero beside other numbers, a word or a sigh elsewhere.
ZEROS = frozenset({"oh", "o", "nil"})
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
HUNDRED, THOUSAND = "hundred", "thousand"
REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "quad": 4}
ORDINALS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th",
    "thirteenth": "13th", "fourteenth": "14th", "fifteenth": "15th", "sixteenth": "16th", "seventeenth": "17th",
    "eighteenth": "18th", "nineteenth": "19th", "twentieth": "20th", "thirtieth": "30th",
}  # fmt: skip
ORDINALS_OR_WORDS = frozenset({"second"})
MONTHS = frozenset(
    {
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    }
)  # fmt: skip

# Letters as they are named on the radio; those of the second set are names and things too, and need a letter beside.
RADIO = {
    "alpha": "A", "alfa": "A", "bravo": "B", "foxtrot": "F", "sierra": "S", "tango": "T", "whiskey": "W",
    "whisky": "W", "xray": "X", "yankee": "Y", "zulu": "Z", "delta": "D", "zed": "Z", "zee": "Z",
}  # fmt: skip
RADIO_OR_WORDS = {
    "charlie": "C", "echo": "E", "golf": "G", "hotel": "H", "india": "I", "juliet": "J", "juliett": "J", "kilo": "K",
    "lima": "L", "mike": "M", "november": "N", "oscar": "O", "papa": "P", "quebec": "Q", "romeo": "R",
    "uniform": "U", "victor": "V",
}  # fmt: skip
