"""A sixth batch, in other manners of speaking: no punctuation, older callers, second languages, people at work.

Written after the rules had been mended by the fifth, and tried before anything was mended by it.
"""

SSN = (
    "yeah hi so the social is «three one eight seventy two forty four oh nine»",
    "I always forget it, my social security is «six oh one, twelve, ninety three forty seven», there we go.",
    "For the superbill the employer wants the social, «442-71-9083».",
    "Last thing, your social? >> «two six six nine one five five zero three».",
    "social security card says «519 04 7726» in front of me",
    "honey it's «one oh eight... fifty... two two one four», the Social Security one",
    "Is this a safe line? Okay. Social: «327, 68, 1190».",
    "My dependent's SSN would be «670-33-0158», he's on my plan.",
    "the SSN is «double four five, one six, triple two eight»",
    "You read it back as «736 55 4021» for my social, correct.",
)

NINO = (
    "the NI is «ja 62 47 19 c» love",
    "They've put National Insurance, that'd be «T for Tommy W for William, eighteen, forty, ninety-one, D».",
    "Payroll says it is «LK 55 02 81 A» for national insurance.",
    "What about national insurance? >> «Zulu Sierra, two seven, three three, oh six, Bravo».",
    "insurance number national one, «N, M, 4, 4, 1, 0, 2, 8, B»",
    "«RX208841D» is my NINO.",
    "my nino um it's «c e nine nine one two three seven a»",
    "National insurance number on the P60, «ST 71 30 65 C».",
    "so the NI number, «H, Y, double oh, six three, eighteen, A»",
    "And I have your national insurance as «B-L-4-1-7-7-0-9-C».",
)

NHS = (
    "nhs number is «three three nine seven six two six zero zero five» if that's any use",
    "On my prescription there's an NHS number, «343 122 2005».",
    "The hospital asked me to quote my NHS number, «756, 900, 7204».",
    "Do you have an NHS number for him? >> I do, «three eight six, nine nine six, seven eight four six».",
    "I'm reading it off the app, NHS number «917 964 8444».",
    "her nhs is «seven three oh nine, seven one, double oh two nine»",
    "NHS No. «0118316214»",
    "the nhs number for the little one is «647-786-3642»",
    "It says on the blood form, NHS number, «four one eight, five five three, four six nine four».",
    "I'll repeat the NHS number, «eight six eight, eight six four, six eight four eight».",
)

ID = (
    "I have here passport from Poland, number «EK 4419027».",
    "my driving licence is «OKOYE 612089 BD9IK»",
    "passport number is «three oh nine, four four eight, one one six»",
    "DL number, Texas, «40118275».",
    "Which ID are you bringing? >> Passport, «L H P nine two two one four zero».",
    "licence number «PRITC 855106 GW9RT» on the front",
    "my green card number «A 217 993 045»",
    "The passport, it finishes... no I'll read the whole thing, «six one eight double two oh four seven three».",
    "state ID is «S530-4418-2290»",
    "Driver's licence «F255-9218-8049», Illinois.",
)

CARD = (
    "ok so the card is «4086 8127 3895 5738» it expires «04/27» and the security code is «902»",
    (
        "I'm going to read it slowly. «Four three seven nine. Six nine six eight. Three six one "
        "three. Nine four five one.»"
    ),
    "visa debit «4563 8853 4532 5240»",
    (
        "Which card shall I use? >> The Mastercard, «five one nine six, zero one double zero, five "
        "seven seven four, six eight one two»."
    ),
    "amex «three seven seven nine, nine seven two six seven, six two two zero zero one»",
    "It's good through «oh eight twenty eight» and the CVV's «five five one».",
    "Please charge «5285 8390 9228 3452» for the deposit.",
    (
        "my card, let me turn the light on, «forty four sixty five, forty four oh four, forty five "
        "thirteen, oh seven eighty two»"
    ),
    "The card you have on file ends in «2291», I think that's expired.",
    "I've taken «4670 6659 4100 8360», expiry «November 2028».",
)

ACCOUNT = (
    "for the refund bank details are sort code «23 05 80» account «6104 8827»",
    "sort code «four zero, two two, one seven» and the account's «three one one oh eight two two six»",
    "We bank with Monzo, account «58820147».",
    (
        "ACH please, routing «one one one zero zero zero six one four», account number «two two "
        "nine, eight one four, seven three oh»."
    ),
    "Do you have the IBAN? >> «GB71 LOYD 0246 1749 2382 71».",
    "my husband's account number it's «nine oh four four one seven seven two»",
    "account «0019-4482-733» at Wells Fargo",
    "The sort code on the cheque is «08-92-99».",
    "my checking account is «four four oh two one nine eight eight one»",
    "Account ending «4471», sort code «60 01 22».",
)

EMAIL = (
    "the email is «linda dot p dot walsh at gmail dot com» all one word",
    "«info at okoye hyphen dental dot co dot uk», that's the practice I work for",
    "Write to «grandpajoe1944@aol.com», my grandson set it up.",
    "Where should we send the forms? >> «s.ahmed@nhs.net» please.",
    "its «chen wei zero seven at one six three dot com»",
    "my mail is «katarzyna underscore z at wp dot pl»",
    "it's my surname first, «moreau dot ines at orange dot fr»",
    "«D as in David, R as in Robert, smith, at yahoo dot com»",
    "No capital letters, «therese.b@protonmail.com».",
    "just use «reception at the oaks dot org»",
)

PHONE = (
    "you can get my daughter on «oh seven four double eight, one two six, nine oh three»",
    "the number for my office is «zero two oh seven, nine four six, oh one eight eight», ask for me",
    "Please call my husband, not me, «+1 (737) 555-0142».",
    "What's his number? >> It's «0117 496 0188», leave a message.",
    "my neighbour has a key, she's on «07946 388 201»",
    "that one's disconnected, use «five five five, eight six seven, five three oh nine»",
    "text the nanny at «212 664 7665»",
    "my new mobile is «07 42 61 18 80 3»",
    "in France it's «plus thirty three, six twelve, thirty four, fifty six, seventy eight»",
    "emergency contact's number is «01483 551 207»",
)

ADDRESS = (
    "so we moved in August it's «62 Thornbury Avenue» now",
    "i live at «nine copper beech drive, solihull»",
    "Could you post it to «Flat 12B, Marlowe House, 5 Dock Street, London E1 8JP»?",
    "And the address? >> «Four hundred and ten Magnolia Street, unit six».",
    "it is number «27, Willow Lane», yes",
    "we're at «3301 South Congress Avenue» just past the bridge",
    "My postcode, it's «M21 9GQ».",
    "zip code's «six oh six five seven»",
    "Home's «The Old Rectory, Church Road, Aldbury».",
    "I'm on «88 Saint Marks Place, apartment 5», top buzzer.",
)

DOB = (
    "I'm seventy-nine, born «the third of November nineteen forty-six»",
    "date of birth «twelve oh six eighty eight»",
    "Her birthday is «June 8, 2011».",
    "Just for security, the date of birth? >> «Seventeenth September, seventy-four».",
    "dob is «29/02/1996»",
    "he was born «August 10th of 1959»",
    "I have the birth date as «4 May 1983».",
    "my wife's date of birth is «one nine ninety one»",
    "i am born in «1953, 21 of January»",
    "It's «05-14-1972», the date of birth for Gwen.",
)

INSURANCE = (
    "my insurance is with Cigna and the ID is «U 44 710 2298»",
    "member number, okay, «one one four four nine oh two dash oh one»",
    "AXA policy «PPP 7719 204»",
    "What does the card say for member ID? >> It says «YHF 660 18 4402».",
    "the authorisation number they gave me was «AUTH-552091»",
    "Bupa, it's «eight eight one, four oh four, two nine».",
    "group «0081142», subscriber ID «R 5520 9917»",
    "I've got Medicare, «1EG4-TE5-MK73».",
    "the claim they opened is number «C 2025 44190»",
    "My Aviva policy number would be «AV one seven two two oh three».",
)

RECORD = (
    "patient number's «nine one four oh seven» on the letter",
    "MRN, that's «M 00 771 825»",
    "your records have me as patient «PN-44102»",
    "Do you have a hospital number? >> Yes «K four oh one, double seven three».",
    "it's chart number «three three oh one eight»",
    "hospital number «0192837A»",
    "medical record number ends... it's «2 2 7, 4 4 1, 0 9»",
    "My record number is «GR/18/0447».",
    "the patient ID on my wristband was «five five two one nine zero»",
    "file number «B 771 0 2», it was under my maiden name",
)

ORDINARY = (
    "hi yeah I'd like to book in for a facial if you've got anything on the ninth or tenth",
    "so that's a hundred and eighty five for the first one and one sixty after that",
    "we've quarter past eight, nine fifteen or twenty to eleven",
    "I was told six to eight weeks between the two appointments",
    "it's about the appointment on Thursday the 27th at half four",
    "my son is seven and my daughter's nearly ten",
    "Is it ok to eat two hours before?",
    "You're third in the queue.",
    "The new price from January will be £95.",
    "I've lost eleven pounds since August.",
    "Can you squeeze me in at 5:40?",
    "About one in ten people get a bit of swelling.",
    "I'm number 4 on the waiting list apparently.",
    "The consultation room is 2B, upstairs.",
    "It was 2 ml last time, I'd go for 1 this time.",
    "I paid by card last time, is that still possible?",
    "I can give you my email when I come in.",
    "Would my insurance cover any of it?",
    "You don't need my date of birth, do you?",
    "Do you need proof of address?",
    "We're round the corner from the station, five minutes on foot.",
    "I live quite far, an hour and a half on the bus.",
    "The last bus is at 22:10 so I can't do evenings.",
    "Call it four o'clock then.",
    "My flight is BA 118 on Friday, so before Friday please.",
    "They quoted me two thousand three hundred at the other place.",
    "Your booking reference is QT58M.",
    "Option three for prescriptions.",
    "There's a 20 percent surcharge on Sundays.",
    "I did ring at 9, at 11 and again at 2.",
    "The dentist said tooth number 36 needs a crown.",
    "She takes 75 micrograms in the morning.",
    "I've got three weeks off from the fifteenth.",
    "It's 12 pounds for parking all day.",
    "My mother is eighty-eight and uses a wheelchair.",
    "We see about forty people a day.",
    "Nineteen ninety-nine, is that per session?",
    "Half term is the 16th to the 20th of February.",
    "It needs to be after 3 because of school.",
    "I've been a client since 2015.",
    "The course of twelve works out at 65 each.",
    "I'd rather not give my phone number.",
    "You have my number already I think.",
    "Is there a lift? I'm on crutches till December.",
    "It says 30 units on my card, the treatment card.",
    "I'll be 50 in March.",
    "Dr Kaya has a gap at one or at ten to two.",
    "The first floor, door on the right, room seven.",
    "I ordered the 50 ml serum and the 100 ml cleanser.",
    "It was a Tuesday, maybe the 4th or the 11th of November.",
    "Do you do gift vouchers for 40 or 80?",
    "Two adults and one child, please.",
    "I've tried 3 different creams over the last 6 months.",
    "One moment, I'm just looking at my diary.",
    "The text said reply 1 to confirm.",
    "I replied YES at ten past seven.",
    "I had covid twice, in 2020 and 2022.",
    "The heating was at 24 degrees, it was boiling.",
    "My blood sugar was 6.2.",
    "I'm 165 centimetres and 62 kilos.",
    "It takes 45 to 60 minutes, plus ten for the cream.",
    "You can cancel free of charge up to 48 hours before.",
    "I think Marek served me, or Monika.",
    "Can you hold the 2 pm for ten minutes?",
    "I'm calling on behalf of my boss, Mr Lindqvist.",
    "Seven people from our office want the flu jab.",
    "The whole thing comes to three twenty-five.",
    "Is it twenty-four seven, your line?",
    "Let's say Wednesday week, the 3rd.",
    "She's five weeks post-op.",
    "I'd give the last treatment nine out of ten.",
    "The 8:15 is gone but I have 8:35.",
    "We're open on bank holidays from 10 till 4.",
    "A thousand and fifty for both arms.",
    "Second time lucky, I couldn't get through before.",
    "I can do any of the first three.",
    "The minimum age is eighteen.",
    "Is factor thirty enough or should I use fifty?",
    "Your receipt will show one item at 120 and two at 35.",
    "I'll pop in on my lunch break, twelve to one.",
    "It's itchy for two or three days.",
    "Peel number two is stronger than number one.",
    "We're moving to bigger rooms in the spring of 2027.",
    "My appointment was moved from the 6th to the 13th and now to the 20th.",
    "Ask for extension 3315 when you ring the hospital.",
    "I've got thirty days to use it, right?",
    "Could you repeat the price? Two hundred and forty?",
    "The offer is 2 for 150 until the 30th.",
    "He's six foot two, will the bed be long enough?",
    "That's ten past ten on the tenth, easy to remember.",
    "No thank you, I only want the one.",
    "I've still got four sessions left out of ten.",
    "My train gets in at 13:52.",
    "It was booked under the name Whitlock.",
    "Would you like the 1st, the 8th or the 15th of December?",
    "I'm in between two jobs so money's tight.",
    "Your chair number two nurse was lovely.",
    "It's a 90-day guarantee.",
    "Do I fill in form A or form B?",
    "The phone's at 3 percent so if I cut out, that's why.",
)
