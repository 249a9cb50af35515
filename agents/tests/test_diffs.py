"""Differences between versions, as a page shows them."""

import time

from agents.diffs import Change, diff_configs, diff_lines

OLD = "Be kind.\nSay that we open at nine.\nGoodbye."
NEW = "Be kind.\nSay that we open at ten.\nOffer tea.\nGoodbye."


def test_texts_come_as_lines_with_their_words():
    lines = list(diff_lines(OLD, NEW))

    assert [(line.change, line.text) for line in lines] == [
        (Change.SAME, "Be kind."),
        (Change.REMOVED, "Say that we open at nine."),
        (Change.ADDED, "Say that we open at ten."),
        (Change.ADDED, "Offer tea."),
        (Change.SAME, "Goodbye."),
    ]
    assert [part.text for part in lines[1].parts if part.change is Change.REMOVED] == ["nine"]
    assert [part.text for part in lines[2].parts if part.change is Change.ADDED] == ["ten"]


def test_both_texts_can_be_put_together_again():
    lines = list(diff_lines(OLD, NEW))

    assert [line.text for line in lines if line.change is not Change.ADDED] == OLD.splitlines()
    assert [line.text for line in lines if line.change is not Change.REMOVED] == NEW.splitlines()


def test_only_what_differs_is_listed_with_its_label():
    old = {"name": "Reception", "system_prompt": OLD, "tools_enabled": None, "language": "en-GB"}
    name, prompt, tools = diff_configs(old, {**old, "name": "Desk", "system_prompt": NEW, "tools_enabled": ["x"]})

    assert (name.label, name.old, name.new, name.lines) == ("Name", "Reception", "Desk", ())
    assert (prompt.label, len(prompt.lines)) == ("Instructions", 5)
    assert (tools.old, tools.new) == (None, ["x"])
    assert diff_configs(old, old) == []


def test_the_longest_prompts_take_no_time():
    one = " ".join(f"word{number}" for number in range(2_200))
    other = " ".join(f"word{number}" for number in range(2_200, 0, -1))

    started = time.process_time()
    assert len(list(diff_lines(one, other))) == 2
    assert time.process_time() - started < 1
