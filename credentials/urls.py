"""Addresses of integrations."""

from django.urls import path

from credentials.api.views import AuthorizeView, IntegrationView, StatusView, VerifyView
from credentials.views import integrations, oauth

app_name = "credentials"
urlpatterns = [
    path("dashboard/integrations", integrations.integrations, name="integrations"),
    path("dashboard/integrations/vapi/secret", integrations.renew_secret, name="renew_secret"),
    path("dashboard/integrations/<str:provider>", integrations.edit, name="edit"),
    path("dashboard/integrations/<str:provider>/verify", integrations.verify, name="verify"),
    path("dashboard/integrations/<str:provider>/disconnect", integrations.disconnect, name="disconnect"),
    path("dashboard/integrations/<str:provider>/connect", oauth.connect, name="connect"),
    path("dashboard/integrations/<str:provider>/returned", oauth.returned, name="returned"),
    path("api/integrations/status", StatusView.as_view(), name="api_status"),
    path("api/integrations/<str:provider>", IntegrationView.as_view(), name="api_integration"),
    path("api/integrations/<str:provider>/verify", VerifyView.as_view(), name="api_verify"),
    path("api/integrations/<str:provider>/authorize", AuthorizeView.as_view(), name="api_authorize"),
    path("api/integrations/<str:provider>/callback", oauth.callback, name="api_callback"),
]
