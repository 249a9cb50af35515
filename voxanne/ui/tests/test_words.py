"""What libraries and browsers say of themselves, in this interface's words."""

import pytest
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html

from voxanne.ui.devices import say_device
from voxanne.ui.library_words import help_of, label_of, sentence_case


class PasswordForm(forms.Form):
    new = forms.CharField(
        label="New Password", widget=forms.PasswordInput, help_text=password_validators_help_text_html()
    )
    name = forms.CharField(label="Clinic name", help_text="As on letters.")


def test_a_librarys_labels_and_password_rules_are_said_in_one_voice():
    form = PasswordForm()

    assert (label_of(form["new"]), label_of(form["name"])) == ("New password", "Clinic name")
    assert help_of(form["new"]).startswith("At least 10 characters.")
    assert help_of(form["name"]) == "As on letters."


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Two-Factor Authentication", "Two-factor authentication"),
        ("  Sign In ", "Sign in"),
        ("Scan the QR Code", "Scan the QR code"),
        ("Recovery codes", "Recovery codes"),
    ],
)
def test_headings_are_in_sentence_case(said, wanted):
    assert sentence_case(said) == wanted


@pytest.mark.parametrize(
    ("user_agent", "wanted"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/148.0 Safari/537.36 Edg/148",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Mobile Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/148.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Firefox/140.0", "Firefox on Mac"),
        ("curl/8.1", "A program"),
        ("", "A program"),
    ],
)
def test_a_session_is_known_by_its_browser_and_system(user_agent, wanted):
    assert say_device(user_agent) == wanted
