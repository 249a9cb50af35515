"""Addresses of people and organisations."""

from django.urls import path

import voxanne.converters  # noqa: F401 - registers uuid_or_400
from orgs.api.views import RefreshView, RevokeView, SchemaView, TokenView, ValidateView
from orgs.views import invitations, organisations, team

app_name = "orgs"
urlpatterns = [
    path("dashboard/choose", organisations.choose, name="choose"),
    path("dashboard/switch", organisations.switch, name="switch"),
    path("dashboard/onboarding", organisations.show_onboarding, name="onboarding"),
    path("dashboard/settings/clinic", organisations.profile, name="profile"),
    path("dashboard/settings/team", team.team, name="team"),
    path("dashboard/settings/team/invite", team.invite, name="invite"),
    path(
        "dashboard/settings/team/invitations/<uuid_or_400:invitation_id>/revoke",
        team.revoke_invitation,
        name="revoke_invitation",
    ),
    path("dashboard/settings/team/<uuid_or_400:membership_id>/role", team.change_role, name="change_role"),
    path("dashboard/settings/team/<uuid_or_400:membership_id>/remove", team.remove_member, name="remove_member"),
    path("invitations/<uuid_or_400:org_id>/<str:token>", invitations.invitation, name="invitation"),
    path("api/auth/token", TokenView.as_view(), name="api_token"),
    path("api/auth/token/refresh", RefreshView.as_view(), name="api_token_refresh"),
    path("api/auth/token/revoke", RevokeView.as_view(), name="api_token_revoke"),
    path("api/schema", SchemaView.as_view(), name="api_schema"),
    path("api/orgs/validate/<uuid_or_400:org_id>", ValidateView.as_view(), name="api_validate"),
]
