"""The button that has Resend tell us what becomes of emails."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from telephony.messaging.email_news import subscribe


@require_POST
@opens_own_transactions
@require_permission("credentials:write")
def ask_for_events(request: OrgRequest) -> HttpResponse:
    """Ask Resend now."""
    if subscribe(org=request.org):
        messages.success(request, "Resend tells us from now on whether your emails arrive.")
    else:
        messages.error(request, "Resend could not be asked. Test it, then try again.")
    return redirect("credentials:integrations")
