"""What people say when they ring the demo clinic, and how often."""

from dataclasses import dataclass

ASSISTANT, CALLER = "assistant", "caller"
Line = tuple[str, str]


@dataclass(frozen=True)
class Conversation:
    """One kind of call. `{service}` stands for one of `services`, `{name}` for who calls.

    Attributes:
        weight: how often it happens beside the others.
        seconds: the shortest and the longest that it takes.
    """

    weight: int
    ended_reason: str
    summary: str
    seconds: tuple[int, int]
    lines: tuple[Line, ...] = ()
    services: tuple[str, ...] = ("",)
    books: bool = False
    mood: str = ""
    score: float | None = None
    urgency: str = "low"


_HELLO: Line = (ASSISTANT, "Thank you for calling Harbour Street Clinic. How can I help?")
_GOODBYE: Line = (ASSISTANT, "You are welcome. Have a good day.")

_NAMES = (
    "Ana Reyes", "Ben Okoye", "Chidi Eze", "Dana Whitlock", "Elif Kaya", "Farah Aziz", "Gwen Pritchard",
    "Hugo Lindqvist", "", "Ines Carvalho", "Jonah Weiss", "Keira MacLeod", "Luca Ferri", "Mei Tanaka", "Noor Haddad",
    "Owen Blake", "Priya Nair", "Rosa Delgado", "Sam Whitfield", "Tariq Mansour", "Una Byrne", "Vera Novak",
    "Wes Harding", "Yusuf Demir", "Zoe Lambert", "Aisha Khan", "Bogdan Ilie", "Carla Mendes", "", "Declan Shaw",
    "Eva Sorensen", "Freya Nolan", "Gita Rao", "Hannah Cole", "Isaac Mensah", "Julia Brandt", "Kofi Boateng",
    "Lena Fischer", "Marta Kowalska", "Nadia Rahman", "Oscar Bellini", "", "Petra Horvat", "Ravi Menon", "Sofia Lind",
    "Theo Marsh", "Uma Pillai", "Victor Adeyemi", "Willa Grant", "Yara Saleh",
)  # fmt: skip
# Numbers of the range that the UK regulator keeps free for fiction.
CALLERS = tuple((name, f"+4477009001{number:02d}") for number, name in enumerate(_NAMES, start=1))

CONVERSATIONS = (
    Conversation(
        weight=9,
        ended_reason="customer-ended-call",
        summary="Booked {service}. First visit, asked whether to come without make-up.",
        seconds=(140, 260),
        services=("Botox", "Botox", "Fillers", "Consultation", "Consultation", "Rhinoplasty", "Liposuction"),
        books=True,
        mood="positive",
        score=0.86,
        lines=(
            _HELLO,
            (CALLER, "Hello, this is {name}. I would like to book {service}, please."),
            (ASSISTANT, "With pleasure. Which days suit you best?"),
            (CALLER, "Later in the week, mornings if you can."),
            (ASSISTANT, "I have found you a time. Shall I book it?"),
            (CALLER, "Yes please. Do I need to come without make-up?"),
            (ASSISTANT, "That is best, yes. It is booked, and you will get a message before your visit."),
            (CALLER, "Brilliant, thank you so much."),
            _GOODBYE,
        ),
    ),
    Conversation(
        weight=6,
        ended_reason="customer-ended-call",
        summary="Asked what {service} costs and will think about it.",
        seconds=(50, 130),
        services=("Botox", "Fillers", "Facelift", "Breast Augmentation", "Liposuction"),
        mood="neutral",
        score=0.55,
        lines=(
            _HELLO,
            (CALLER, "Hi, how much is {service} with you?"),
            (ASSISTANT, "I can tell you our price, and a consultation says what fits you. Shall I find you a time?"),
            (CALLER, "Not just now, I will think about it and ring again."),
            _GOODBYE,
        ),
    ),
    Conversation(
        weight=2,
        ended_reason="customer-ended-call",
        summary="Wanted a Sunday appointment, which the clinic does not offer.",
        seconds=(60, 120),
        mood="negative",
        score=0.22,
        urgency="medium",
        lines=(
            _HELLO,
            (CALLER, "I can only come on a Sunday. Do you open then?"),
            (ASSISTANT, "I am sorry, we are closed on Sundays. Saturday morning may still be free."),
            (CALLER, "That is no use to me. I rang twice about this already."),
            (ASSISTANT, "I am sorry about that. I will let the team know."),
        ),
    ),
    Conversation(
        weight=2,
        ended_reason="assistant-ended-call",
        summary="Asked for directions and where to park.",
        seconds=(40, 90),
        mood="positive",
        score=0.8,
        lines=(
            _HELLO,
            (CALLER, "I am coming in this afternoon. Where can I park?"),
            (ASSISTANT, "There is a car park behind the clinic, and the first hour is free."),
            (CALLER, "Lovely, thank you."),
            _GOODBYE,
        ),
    ),
    Conversation(weight=2, ended_reason="customer-ended-call", summary="", seconds=(4, 12)),
)
