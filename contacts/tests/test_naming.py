"""Services are recognised in whole words, whatever the case, the accents or the plural."""

import pytest

from contacts.models import Service
from contacts.naming import mentions_in
from contacts.services import find_service
from contacts.tests.factories import make_service


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Botox", "Botox"),
        ("I would like some BOTOX injections please", "Botox"),
        ("wrinkles", "Botox"),
        ("a nose job", "Rhinoplasty"),
        ("nose jobs?", "Rhinoplasty"),
        ("rhinoplasties", "Rhinoplasty"),
        ("face-lift", "Facelift"),
        ("breast", "Breast Augmentation"),
        ("augmentation of the breast", None),
        ("a lip filler", "Fillers"),
        ("consultations", "Consultation"),
        ("a consult about fillers", "Fillers"),
        ("botoxed", None),
        ("do you have a face lift offer?", "Facelift"),
        ("the face. Lifts", "Facelift"),
        ("nose", None),
        ("teeth whitening", None),
        ("", None),
        ("?!", None),
    ],
)
def test_the_seeded_services_are_found_by_what_people_say(north, working_for, words, name):
    with working_for(north):
        service = find_service(org=north, words=words)

    assert (service.name if service else None) == name


def test_accents_do_not_matter(north, working_for):
    with working_for(north):
        make_service(name="Épilation définitive", keywords=["maillot brésilien"])
        assert find_service(org=north, words="epilation definitive").name == "Épilation définitive"
        assert find_service(org=north, words="un MAILLOT BRESILIEN").name == "Épilation définitive"


def test_a_changed_price_list_is_read_anew(north, working_for):
    with working_for(north):
        assert find_service(org=north, words="whitening") is None
        Service.objects.filter(name="Botox").update(keywords=["whitening"])
        assert find_service(org=north, words="whitening").name == "Botox"


def test_inactive_services_are_not_found(north, working_for):
    with working_for(north):
        Service.objects.filter(name="Botox").update(is_active=False)
        assert find_service(org=north, words="botox") is None


def test_every_service_named_in_a_text_is_listed_surest_first(north, working_for):
    with working_for(north):
        mentions = mentions_in("Botox, a nose job and a consultation", services=Service.objects.all())

    assert [mention.service.name for mention in mentions] == ["Rhinoplasty", "Botox", "Consultation"]


def test_finding_a_service_takes_one_query(north, working_for, django_assert_num_queries):
    with working_for(north), django_assert_num_queries(1):
        find_service(org=north, words="botox")


@pytest.mark.parametrize(("currency", "price"), [("GBP", 40_000), ("JPY", 400), ("KWD", 400_000)])
def test_a_new_clinic_gets_seven_services_in_its_currency(north_owner, working_for, currency, price):
    from conftest import make_org

    org = make_org("East Clinic", north_owner, currency=currency)
    with working_for(org):
        assert Service.objects.count() == 7
        assert Service.objects.get(name="Botox").price_minor == price
        assert set(Service.objects.values_list("currency", flat=True)) == {currency}
