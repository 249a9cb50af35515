"""How documents are cut: nothing lost, in order, of a size, tables with their header, words whole, in linear time."""

import re
from itertools import pairwise
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.chunking import FEWEST_TOKENS, MOST_TOKENS, chunk_blocks
from knowledge.tokens import count_tokens
from knowledge.types import Block, BlockKind

SENTENCE = "Please do not lie down for four hours after your treatment, and leave the gym until tomorrow. "
LATIN = ["Botox", "aftercare", "£245", "10:30", "don’t", "Dr.", "größer", "a", "cancel.", "Naïve!", "0123456789abc"]
WORDS = st.sampled_from([*LATIN, "שלום", "مرحبا", "診療所", "👩‍⚕️", "💉💉💉"])
LINES = st.lists(WORDS, min_size=1, max_size=90).map(" ".join)
BLOCKS = st.lists(
    st.one_of(
        st.builds(Block, st.just(BlockKind.HEADING), LINES.map(lambda text: text[:60].strip()), st.integers(1, 6)),
        st.builds(Block, st.just(BlockKind.PARAGRAPH), st.lists(LINES, min_size=1, max_size=6).map(". ".join)),
        st.builds(Block, st.just(BlockKind.LIST), st.lists(LINES, max_size=9).map("\n".join)),
        st.builds(
            Block,
            st.just(BlockKind.TABLE),
            st.lists(LINES, max_size=30).map("\n".join),
            header=st.sampled_from(["", "Treatment | Price", "Treatment | Price " * 40]),
        ),
    ),
    max_size=14,
)


def prose(text, **more):
    return Block(BlockKind.PARAGRAPH, text, **more)


def heading(text, level=1):
    return Block(BlockKind.HEADING, text, level)


def table(rows, header):
    return Block(BlockKind.TABLE, "\n".join(rows), header=header)


def words_of(text):
    return text.split()


def is_within(needle, hay):
    """Whether the words of one text stand in another in the same order, whatever stands between them."""
    rest = iter(hay)
    return all(word in rest for word in needle)


@settings(max_examples=80)
@given(BLOCKS)
def test_nothing_is_lost_the_order_stays_words_are_whole_and_no_passage_is_too_long(blocks):
    drafts = chunk_blocks(blocks, title="Guide")

    told = [word for draft in drafts for word in (*words_of(" ".join(draft.heading_path)), *words_of(draft.content))]
    for kind in BlockKind:
        said = [word for block in blocks if block.kind == kind for word in words_of(block.text)]
        # A heading that all sections of a passage stand under is said once, for all of them.
        assert set(said) <= set(told) if kind == BlockKind.HEADING else is_within(said, told), kind
    known = {word for block in blocks for word in words_of(f"{block.text} {block.header}")} | {"Guide"}
    assert set(told) <= known
    assert [draft.ordinal for draft in drafts] == list(range(len(drafts)))
    for draft in drafts:
        assert draft.content
        assert draft.heading_path[0] == "Guide"
        assert 0 < draft.token_count == count_tokens(draft.content) <= MOST_TOKENS


@settings(max_examples=30)
@given(st.lists(LINES, min_size=1, max_size=40))
def test_every_row_of_a_table_stands_under_its_header(rows):
    drafts = chunk_blocks([table(rows, "Treatment | Price")], title="Prices")

    assert all(draft.content.startswith("Treatment | Price\n") for draft in drafts)
    assert [row for draft in drafts for row in draft.content.split("\n")[1:]] == rows


def test_sections_carry_their_headings_and_short_ones_share_a_passage():
    long = SENTENCE * 10
    blocks = [
        heading("Prices"),
        heading("Botox", 2),
        prose("One area £180.", page=1),
        heading("Fillers", 2),
        prose("Lips £250.", page=2),
        heading("Aftercare"),
        heading("Day one", 3),
        prose(long, page=3),
        heading("Contact"),
        prose(long, page=4),
        heading("Nothing yet"),
    ]
    first, second = chunk_blocks(blocks, title="Guide")

    assert first.heading_path == ("Guide",)
    assert first.content.startswith(
        "Prices\nBotox\nOne area £180.\n\nFillers\nLips £250.\n\nAftercare\nDay one\nPlease"
    )
    assert (first.page, second.page) == (1, 4)
    assert second.heading_path == ("Guide",)
    assert second.content.startswith("Contact\nPlease")
    assert second.content.endswith("tomorrow.\n\nNothing yet")


def test_long_prose_is_cut_between_sentences_and_its_parts_lap_over():
    drafts = chunk_blocks([heading("Advice"), prose(SENTENCE * 60, page=7)], title="Guide")

    assert len(drafts) > 3
    for before, after in pairwise(drafts):
        assert after.content.startswith("Please") or before.token_count < FEWEST_TOKENS
        assert before.content.endswith("tomorrow.")
        assert before.content.split(". ")[-1].strip() in after.content
    assert {draft.heading_path for draft in drafts} == {("Guide", "Advice")}
    assert {draft.page for draft in drafts} == {7}
    assert all(draft.token_count >= FEWEST_TOKENS for draft in drafts[:-1])


def test_a_passage_has_the_page_on_which_its_own_words_begin():
    drafts = chunk_blocks([prose(f"Page {page}. {SENTENCE * 15}", page=page) for page in range(1, 9)], title="Guide")

    for draft in drafts:
        pages = [int(page) for page in re.findall(r"Page (\d)\.", draft.content)]
        assert draft.page in (*pages, *(page - 1 for page in pages)) if pages else draft.page


def test_the_title_is_said_once_and_what_changes_changes_the_checksum():
    def checksum(title, text):
        return chunk_blocks([heading("Price  list"), prose(text)], title=title)[0].sha256

    assert chunk_blocks([heading("PRICE list"), prose("£5")], title="Price list")[0].heading_path == ("Price list",)
    assert checksum("A", "£5") == checksum("A", " £5 ")
    assert len({checksum("A", "£5"), checksum("A", "£6"), checksum("B", "£5")}) == 3


def test_what_says_nothing_gives_no_passage():
    nothing = [prose(" \n"), table([], ""), heading("  "), Block(BlockKind.LIST, "")]
    assert chunk_blocks([], title="Guide") == chunk_blocks(nothing, title="Guide") == []


def test_a_long_document_takes_time_in_proportion_to_its_length():
    """Two megabytes take seconds; with time growing by the square they would take the best part of an hour."""
    shapes = {
        "one paragraph": lambda size: prose(SENTENCE * (size // len(SENTENCE))),
        "no sentence ends": lambda size: prose("word and " * (size // 9)),
        "no spaces": lambda size: prose("x" * size),
        "pictures": lambda size: prose("👩‍⚕️💉 " * (size // 6)),
        "table": lambda size: table([f"Treatment {row} | £{row}" for row in range(size // 20)], "Treatment | Price"),
    }

    def seconds(shape, size):
        began = process_time()
        assert chunk_blocks([shape(size)], title="Guide")
        return process_time() - began

    for name, shape in shapes.items():
        small = min(seconds(shape, 10_000) for _ in range(3))
        assert seconds(shape, 80_000) < small * 8 * 4 + 0.1, name
