"""Components escape what people typed, wire labels to controls, and all of them render."""

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django import forms
from django.http import HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from voxanne.ui import fragments, gallery
from voxanne.ui.figures import Chart, Stat, compare
from voxanne.ui.sparklines import render_sparkline

NASTY = '"><script>alert(1)</script>'


def render(source: str, request: HttpRequest | None = None, **context: object) -> str:
    from django_cotton.compiler_regex import CottonCompiler

    return engines["django"].from_string(CottonCompiler().process(source)).render(context, request)


@pytest.mark.parametrize(
    "source",
    [
        '<c-button title="{{ name }}">{{ name }}</c-button>',
        '<c-badge tone="{{ name }}">{{ name }}</c-badge>',
        '<c-bubble name="{{ name }}">{{ name }}</c-bubble>',
        '<c-deed title="{{ name }}" detail="{{ name }}" asked="{{ name }}" answered="{{ name }}" />',
        '<c-entry title="{{ name }}" href="{{ name }}" name="{{ name }}">{{ name }}</c-entry>',
        '<c-search value="{{ name }}" />',
        '<c-step title="{{ name }}">{{ name }}</c-step>',
        '<c-fact name="{{ name }}">{{ name }}</c-fact>',
        "<c-toast>{{ name }}</c-toast>",
        '<c-avatar name="{{ name }}" />',
        '<c-stat :stat="stat" />',
        '<c-chart :chart="chart" />',
    ],
)
def test_what_people_typed_stays_text(source: str) -> None:
    stat = Stat(label=NASTY, value=NASTY, change=NASTY)
    chart = Chart(key="k", title=NASTY, unit=NASTY, labels=[NASTY], values=[1])

    assert "<script>alert" not in render(source, name=NASTY, stat=stat, chart=chart)


class _Refused(forms.Form):
    email = forms.EmailField(label="Email address", help_text="We write to it.")
    notes = forms.CharField(label="Notes", required=False)


def test_a_refused_field_names_its_error_before_its_help() -> None:
    form = _Refused({"email": "no"})
    html = render('<c-field :field="form.email" />', form=form)

    assert 'aria-describedby="id_email_error id_email_help"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_email_error"' in html
    assert 'id="id_email_help"' in html


def test_a_refused_form_has_a_focused_summary_with_links() -> None:
    html = render('<c-form :form="form" />', HttpRequest(), form=_Refused({"email": "no"}))

    assert 'role="alert" tabindex="-1" autofocus' in html
    assert 'href="#id_email"' in html
    assert html.count("<input") == 3  # the token and two fields


def test_optional_fields_say_so() -> None:
    html = render('<c-form :form="form" />', HttpRequest(), form=_Refused())

    assert html.count("(optional)") == 1
    assert 'role="alert"' not in html


def test_a_line_starts_at_zero_and_needs_two_points() -> None:
    assert render_sparkline([5]) == ""
    assert 'points="0.0,26.0 120.0,2.0"' in render_sparkline([0, 10])
    assert render_sparkline([0, 0, 0]) == ""


@pytest.mark.parametrize(
    ("now", "before", "more_is_better", "change", "is_better"),
    [
        (42, 37, True, "+14%", True),
        (11, 12, True, "−8%", False),
        (11, 12, False, "−8%", True),
        (5, 4, None, "+25%", None),
        (5, 5, True, "No change", None),
        (5, 0, True, None, None),
    ],
)
def test_a_change_is_said_against_the_period_before(
    now: float, before: float, more_is_better: bool | None, change: str | None, is_better: bool | None
) -> None:
    said = compare(now=now, before=before, more_is_better=more_is_better)

    assert (said["change"], said["is_better"]) == (change, is_better)


class _Inline(HTMLParser):
    """Collects what a strict Content-Security-Policy refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        given = dict(attrs)
        if "style" in names or any(name.startswith(("on", "hx-on")) for name in names):
            self.refused.append(self.get_starttag_text() or tag)
        if tag == "style" or (tag == "script" and "src" not in names and given.get("type") != "application/json"):
            self.refused.append(self.get_starttag_text() or tag)


def test_the_gallery_renders_every_component_without_inline_code(rf: RequestFactory) -> None:
    request = rf.get("/dashboard/_components")
    request.resolver_match = None
    request.user = SimpleNamespace(full_name="Ana Reyes", email="ana@example.org")  # type: ignore[assignment]
    page = gallery.show(request).content.decode()
    parser = _Inline()
    parser.feed(page)

    assert parser.refused == []
    assert "<c-" not in page


def test_a_fragment_is_the_template_and_is_drawn_once_for_the_same_facts(settings):
    drawn = fragments.draw_fragment("contacts/_stage.html", "lead", lead_status="booked")

    assert drawn == render_to_string("contacts/_stage.html", {"lead": {"lead_status": "booked"}})
    assert fragments.draw_fragment("contacts/_stage.html", "lead", lead_status="booked") is drawn
    assert "Lost" in fragments.draw_fragment("contacts/_stage.html", "lead", lead_status="lost")
    settings.DEBUG = True
    assert fragments.draw_fragment("contacts/_stage.html", "lead", lead_status="booked") is not drawn
