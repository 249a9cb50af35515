"""The component gallery, for development: every component in every state."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from voxanne.clock import now
from voxanne.ui.figures import Chart, Stat

LONG_NAME = "Wilhelmina Featherstonehaugh-Cholmondeley"
LONG_EMAIL = "wilhelmina.featherstonehaugh@example.org"


class SampleForm(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label="Full name", help_text="As it stands on letters to patients.")
    email = forms.EmailField(label="Email address")
    role = forms.ChoiceField(label="Role", choices=[("member", "Member"), ("admin", "Admin")])
    pace = forms.ChoiceField(
        label="Pace",
        choices=[("fast", "Fast, a few seconds"), ("real", "As a real call")],
        widget=forms.RadioSelect(attrs={"class": "radio"}),
        initial="fast",
    )
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    remember = forms.BooleanField(label="Keep me signed in on this device", required=False)


STATS = (
    Stat(label="Calls today", value="42", change="+12%", direction="up", is_better=True, points=(3, 5, 4, 8, 6, 9, 12)),
    Stat(label="Bookings", value="11", change="−8%", direction="down", is_better=False, points=(9, 8, 8, 7, 9, 6, 5)),
    Stat(label="Success rate", value="26", unit="%", change="No change", points=(4, 4, 5, 4, 4, 5, 4)),
    Stat(label="Average duration", value="3:20", unit="min", change="+4%", points=(3, 3, 4, 3, 4, 4, 5)),
    Stat(label="Positive sentiment", value="81", unit="%"),
)

CHART = Chart(
    key="gallery-chart",
    title="Bookings doubled on Saturdays",
    unit="bookings",
    labels=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    values=(6, 7, 5, 8, 7, 14, 2),
)


def show(request: HttpRequest) -> HttpResponse:
    """Show every component. Reached in development only."""
    refused = SampleForm({"name": "", "email": "not an address", "role": "member", "pace": "fast"})
    refused.is_valid()
    moments = [now() + timedelta(minutes=minutes) for minutes in (-2, 10, -200, 1500, -60 * 24 * 40)]
    context = {
        "form": SampleForm(auto_id="plain_%s"),
        "refused": refused,
        "stats": STATS,
        "chart": CHART,
        "moments": moments,
        "long_name": LONG_NAME,
        "long_email": LONG_EMAIL,
        "tones": ("neutral", "primary", "success", "warning", "error", "info"),
        "drawings": ("phone", "calendar", "people", "search", "chart"),
        "periods": [("?days=7", "7 days", True), ("?days=30", "30 days", False), ("?days=90", "90 days", False)],
    }
    return render(request, "ui/gallery.html", context)
