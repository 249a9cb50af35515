"""Lines of 20 November, written last, and the ordinary talk of that day. See docs/benchmarks."""

SSN = (
    "for the form my social is «six oh four, thirteen, ninety two eighteen»",
    "It was «604-13-9218», the social.",
    "social's last four, «nine two one eight»",
    "And can I take your SSN? >> of course «604 thirteen 9218»",
)
NINO = (
    "the NI number's «BT 60 28 47 A» on my P45",
    "NI number please? >> «b t sixty twenty eight forty seven a»",
    "national insurance «bravo tango six zero two eight four seven alpha»",
)
NHS = (
    "nhs number «509 um 116 2275»",
    "My NHS number? It's «five zero nine, double one six, double two seven five».",
    "the letter has NHS No «5091162275» at the top",
)
ID = (
    "passport, «nine two five, double six oh, four one eight»",
    "California driver's license «F7729014»",
)
CARD = (
    "use my mastercard, «5105 1051 0510 5100», the expiry is «January 2029»",
    "five one... sorry the card is «5105-1051-0510-5100»",
    "And the security number on the back? >> «nine oh two»",
    "the expiry date says «12/28» and the three digits «902»",
    "Okay and when does the card expire? >> «twelve twenty eight»",
    "it's the card that ends in «five one double oh»",
    "cvc «nine zero two»",
)
ACCOUNT = (
    "sort code is «sixty, eighty three, seventy one» account «four oh nine six two two one eight»",
    "My account number is «40962218», sort code «60-83-71».",
    "And the sort code? >> «six zero, eight three, seven one»",
    "routing is «one two one, zero four two, eight eight two»",
    "IBAN «NL91 ABNA 0417 1643 00»",
)
EMAIL = (
    "best to email «hana.kovac@zoho.eu»",
    "that's «hana dot kovac at zoho dot eu»",
    "And what email should I send it to? >> «h kovac at outlook dot com»",
    "«kovac dash family at gmail dot com», k o v a c",
    "yes, «hana 77 at yahoo dot com», the numbers are digits",
)
PHONE = (
    "you might get her on «07568 330 412»",
    "my carer's mobile, «oh seven five six eight, double three oh, four one two»",
    "other number? >> «646 555 0177»",
    "my daughter's cell's «six four six, five five five, oh one seventy seven»",
    "office line is «020 7946 0883»",
    "ring my neighbour, that's «oh one two two three, four nine six, oh eight eight»",
)
ADDRESS = (
    "I live at «17 Quarry Rise, Stroud GL5 3QP»",
    "«g l five three q p», oh sorry, the postcode is «g l five, three q p»",
    "Your address please? >> «Two hundred and six Ashton Road»",
    "it's «4410 Magnolia Street, Austin, Texas 78704»",
    "zip «seven eight seven oh four»",
    "we moved to «9 Saltmarsh Way, Truro»",
    "send the form to «flat 22, Beacon House, 3 Quay Street, Truro TR1 2BX»",
)
DOB = (
    "dob is «17/08/1966»",
    "my birthday is «the seventeenth of August, sixty six»",
    "And when were you born? >> «August seventeenth, sixty six»",
    "Her date of birth's «the twelfth of the tenth, two thousand and four».",
    "D.O.B.? >> «seventeen eight sixty six»",
    "I was born «Aug 17 1966» in Leeds",
    "can you confirm, «seventeenth August nineteen sixty six»?",
)
INSURANCE = (
    "membership number «AV 229 0041 7»",
    "my policy's «double nine, four one oh, seven three»",
    "And your member ID? >> «k l four four oh nine one two»",
    "Humana, the ID is «H 4409 1277»",
    "insurance policy «px-4409-12»",
)
RECORD = (
    "patient number «774 021»",
    "mrn «seven seven four, oh two one»",
    "hospital number's «T 774021»",
    "And the record number? >> «double seven four, oh two»",
)

ORDINARY = (
    "It's sixty five for a trim, well, for the brows, and ninety for both.",
    "somewhere between 1500 and 2500 all told",
    "with the member discount it's 180, without it 220",
    "your balance is two hundred and ten, payable on the day",
    "Mondays 8 to 6, Tuesdays 8 to 8, Fridays 8 to 4",
    "could we say twenty past eleven on the fifth?",
    "the 26th at 9, or the 27th at 9 30",
    "there's a slot at 1745 and another at 1815",
    "two slots, one at ten, one at noon",
    "seven to ten days, then another two weeks",
    "dial extension four four one",
    "your booking number is 33819",
    "confirmation number two two eight one",
    "20 mg in the morning, 10 mg at night",
    "we'd inject about 24 units across three areas",
    "my number's 07700900101 as you can see",
    "the clinic's number is 020 7946 0100",
    "I'm twenty nine, turning thirty in June",
    "my husband is 71",
    "I first came in 2017, then in 2022",
    "go to the fourth floor, room 409",
    "it's the second door after lift 3",
    "no sorry, I meant Thursday the 3rd",
    "wait, not 3, make that 4 o'clock",
    "we had 14 cancellations in 2 days",
    "my card was declined twice",
    "is it covered by my insurance, up to 500 pounds?",
    "the number of sessions is usually 6 to 8",
    "the patient before you needs 15 more minutes",
    "I'll text you the address at 2",
    "call me after 5 30, I finish at 5",
    "my hospital appointment is at 2 15 on the 9th",
)
