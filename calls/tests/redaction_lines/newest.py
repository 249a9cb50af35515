"""Lines written last of all, after the third batch was mended. See docs/benchmarks."""

SSN = (
    "my social's «eight oh two, forty six, fifteen ninety nine»",
    "social security, um, «802 46 1599» I think",
    "And the last four of your social? >> that'd be «one five double nine»",
)
NINO = ("NI is «CE 71 19 05 D»", "my national insurance «c e seventy one nineteen oh five d»")
NHS = (
    "my NHS number «612 334 7918» is on the letter",
    "yes so NHS it's «seven three oh five one two four four eight six»",
)
CARD = (
    "pay with «4242 4242 4242 4242» please",
    "Expiry? >> «oh nine twenty eight»",
    "and the CVC? >> «three one seven»",
    "it expires «02/31»",
    "card is «four two four two, no wait, four two four two, four two four two, four two four two, four two four two»",
)
ACCOUNT = (
    "sort code «04 00 04» and account number «7733 8210»",
    "my account number's «seven seven three three eight two one oh»",
    "routing number «one one one, nine double oh, six five nine»",
)
EMAIL = (
    "my email is «pete dot lowe at virgin media dot com»",
    "«lowe family 4 at gmail dot com»",
    "it's «p.lowe@lowe-joinery.co.uk»",
)
PHONE = (
    "my boss is on «07350 114 882»",
    "mum's number is «oh one two seven three, four nine six, oh double three»",
    "you can fax it to «303-555-0166»",
)
ADDRESS = (
    "I'm at «6 Wren Court, Lewes BN7 1QT»",
    "the address is «fifty nine Kestrel Drive»",
    "postcode «b n seven one q t»",
    "«2417 East Colfax Avenue, Denver, Colorado 80206»",
)
DOB = (
    "DOB «eleventh of May ninety one»",
    "I'm born on «11 May 1991»",
    "Date of birth? >> «eleven five ninety one»",
    "her birthday is «May the eleventh, nineteen ninety one»",
)
INSURANCE = (
    "policy number's «VT 88 2041»",
    "member ID «nine nine zero, four four, seven»",
    "my Axa membership is «A X 5 5 0 2 1»",
)
RECORD = ("chart number «seven seven oh one two»", "patient ID «44 1902»", "MRN? >> «6 6 1 0 9 2»")
ORDINARY = (
    "We have 12, 14 and 16 ml syringes.",
    "It runs from 10 to 12, sorry, from 11 to 12.",
    "That's ninety, no, ninety five pounds.",
    "the July 28 slot is gone",
    "our summer offer is good until July 28",
    "the appointment on July 29 at 3 is still good",
    "does the package expire? >> yes, after 12 months",
    "When does the voucher expire? >> not until next year",
    "Which card? >> the blue one, ends with the holidays",
    "my file is 12 megabytes",
    "your state of health at 45 is fine",
    "green tea, 2 cups a day",
    "I paid tax of 20 percent",
    "the permit for bay 14 costs 30",
    "we refund 100 percent within 14 days",
    "a refund of 350 takes 5 days",
    "a refund of 1,250 pounds",
    "the refund is 1250",
    "group of 4 on the 21st",
    "the group session has 12 people at 10 30",
    "scheme opens at 9",
    "certificate for 3 days off",
    "delta is 4 percent",
    "Sierra at the desk will be in at 8",
    "echo at 2, then the scan at 3 15",
    "hotel is 10 minutes away",
    "golf on the 9th so not then",
    "we walk 3 miles",
    "my dog is 12",
    "two weeks, four weeks, eight weeks",
    "numbers 1, 2 and 3 on the list",
    "70, 80, 90 percent of people see results",
    "sixty, seventy, eighty pounds, depending",
    "ages 65, 70 and 75",
    "come at 0815 or 0830",
    "it's 2026 now, I had it in 2023",
    "the 7 14 train gets in at 7 58",
    "What's your address? >> you have it already",
    "Your email? >> I'd rather not, can you text at 2",
    "we look at 3 things",
    "meet me at the clinic at 4",
    "at about 7 or 7 30",
    "I live about 3 miles from the High Street",
    "100 metres down the road",
    "two lanes on the road are shut",
    "1 in 4 on the street",
    "my son is 6 and my daughter is 9",
    "my daughter's appointment is 6 June at 3",
    "baby is due on the 4th of March",
    "I was in hospital for 12 days in 2021",
    "the record is 400 in one day",
    "Is 450 all right? >> 450, yes",
    "And the time? >> eleven fifteen",
    "And which date? >> the ninth of December",
    "How much did they quote you? >> two thousand four hundred",
    "Order 3 of the cream",
    "I've got points on my card, 1200 of them",
    "Visa takes 3 to 5 days",
    "the line was busy for 20 minutes",
    "text me the 2 options",
)
