"""The page on which a clinic lists words that are not to be written down."""

import pytest

from calls.privacy import LONGEST_TERM, MOST_TERMS
from orgs.models import AuditEntry, IntegrationSettings, Role

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/settings/privacy"


@pytest.fixture
def owner(north, north_owner, sign_in):
    return sign_in(north_owner)


def terms_of(org, working_for):
    with working_for(org):
        return IntegrationSettings.objects.values_list("health_terms", flat=True).get()


def test_words_are_kept_one_a_line_and_once(owner, north, working_for):
    response = owner.post(PAGE, {"health_terms": "  herpes \n\nCrohn's   disease\nHERPES\n"})
    assert response.status_code == 302
    assert terms_of(north, working_for) == ["herpes", "Crohn's disease"]
    assert b"Crohn&#x27;s disease" in owner.get(PAGE).content


def test_the_audit_log_counts_the_words_and_has_none_of_them(owner, north, working_for):
    owner.post(PAGE, {"health_terms": "herpes"})
    owner.post(PAGE, {"health_terms": "herpes"})
    with working_for(north):
        entry = AuditEntry.objects.get(action="settings.privacy_changed")
    assert entry.details == {"terms_before": 0, "terms": 1}


@pytest.mark.parametrize(
    "words", ["x" * (LONGEST_TERM + 1), "\n".join(f"word{n}" for n in range(MOST_TERMS + 1)), "...."]
)
def test_what_cannot_be_looked_for_is_refused(owner, words):
    response = owner.post(PAGE, {"health_terms": words})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_members_read_it_and_change_nothing(north, add_member, sign_in):
    member_client = sign_in(add_member(north, Role.MEMBER))
    assert b"Your own words" not in member_client.get(PAGE).content
    assert member_client.post(PAGE, {"health_terms": "herpes"}).status_code == 403
