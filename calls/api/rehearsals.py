"""Where the rehearsal room asks our tools. CSRF does not apply: the sender proves itself by a signed pass."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.ingress.door import NotVapi, read_message
from calls.ingress.signatures import Presented
from calls.rehearsals.answering import answer_rehearsal
from calls.rehearsals.passes import read_pass


@csrf_exempt
@require_POST
def vapi_rehearsal(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    """`POST /api/vapi/rehearsals/{publication_id}`: the tools' real answers, and nothing that stays."""
    granted = read_pass(Presented.by(request).secret)
    if granted is None or granted.publication_id != publication_id:
        raise NotVapi
    _, message = read_message(request)
    return JsonResponse(answer_rehearsal(granted=granted, message=message))
