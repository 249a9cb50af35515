"""`/api/telephony/verify-caller-id/…` and `/api/telephony/verified-numbers`: proving that a line is the clinic's."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from telephony.api.serializers import (
    ConfirmAnswer,
    ConfirmRequest,
    InitiateAnswer,
    InitiateRequest,
    TurnedOffAnswer,
    VerificationAnswer,
    VerifiedNumberAnswer,
    VerifiedNumbersAnswer,
)
from telephony.forwarding.errors import InvalidPhone
from telephony.forwarding.proofs import confirm_verification, refresh_verification
from telephony.forwarding.removing import remove_line
from telephony.forwarding.selectors import get_line, list_lines
from telephony.forwarding.types import Line, StartedVerification
from telephony.forwarding.verifying import start_verification

_CALLING = "Verification call initiated. Answer it and key in the code that is shown."
_KNOWN = "Twilio has verified this number already. There is no call to answer."


class InitiateVerification(APIView):
    """Have Twilio call a line. The code in the answer is to be keyed in there."""

    org_permissions = {"post": "telephony:write"}
    opens_own_transactions = True

    @extend_schema(request=InitiateRequest, responses=InitiateAnswer)
    def post(self, request: Request) -> Response:
        http = cast("OrgRequest", request._request)
        asked = InitiateRequest(data=request.data)
        if not asked.is_valid() and "phoneNumber" in asked.errors:
            raise InvalidPhone
        asked.is_valid(raise_exception=True)
        started = start_verification(
            org=http.org,
            phone_number=asked.validated_data["phoneNumber"],
            friendly_name=asked.validated_data.get("friendlyName") or "",
            actor=http.actor,
        )
        return Response(_describe_start(started), headers={"Cache-Control": "no-store"})


class ConfirmVerification(APIView):
    """Verify a line with its code, once Twilio has confirmed the call."""

    org_permissions = {"post": "telephony:write"}
    opens_own_transactions = True

    @extend_schema(request=ConfirmRequest, responses=ConfirmAnswer)
    def post(self, request: Request) -> Response:
        http = cast("OrgRequest", request._request)
        asked = ConfirmRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        line = confirm_verification(
            org=http.org,
            verification_id=asked.validated_data["verificationId"],
            code=asked.validated_data["verificationCode"],
            actor=http.actor,
        )
        return Response(
            {
                "success": True,
                "message": "Phone number verified successfully",
                "callerIdSid": line.twilio_caller_id_sid,
            }
        )


@require_permission("telephony:read")
class VerificationView(APIView):
    """How far a verification is, for whoever waits."""

    opens_own_transactions = True

    @extend_schema(responses=VerificationAnswer)
    def get(self, request: Request, verification_id: UUID) -> Response:
        http = cast("OrgRequest", request._request)
        state = refresh_verification(org=http.org, verification_id=verification_id)
        return Response(
            {
                "status": state.status,
                "attemptsRemaining": state.attempts_left,
                "expiresAt": state.expires_at,
                "lockedUntil": state.locked_until,
                "confirmedByTwilio": state.is_confirmed_by_twilio,
                "callFailed": state.has_call_failed,
            }
        )


@require_permission("telephony:read")
class VerifiedNumbers(APIView):
    """The organisation's verified lines."""

    @extend_schema(operation_id="telephony_verified_numbers_list", responses=VerifiedNumbersAnswer)
    def get(self, request: Request) -> Response:
        lines = list_lines(org=cast("OrgRequest", request._request).org)
        return Response({"success": True, "numbers": [_describe_line(line) for line in lines]})


class VerifiedNumber(APIView):
    """One verified line."""

    org_permissions = {"get": "telephony:read", "delete": "telephony:write"}
    opens_own_transactions = True

    @extend_schema(responses=VerifiedNumberAnswer)
    def get(self, request: Request, verified_caller_id: UUID) -> Response:
        line = get_line(org=cast("OrgRequest", request._request).org, verified_caller_id=verified_caller_id)
        return Response({"success": True, "number": _describe_line(line)})

    @extend_schema(responses=TurnedOffAnswer)
    def delete(self, request: Request, verified_caller_id: UUID) -> Response:
        """Remove it, and its forwarding with it."""
        http = cast("OrgRequest", request._request)
        removed = remove_line(org=http.org, verified_caller_id=verified_caller_id, actor=http.actor)
        dial = f". Dial {removed.off_code} on it: it forwards until you do." if removed.off_code else ""
        return Response(
            {"success": True, "message": f"Verified number removed{dial}", "deactivationCode": removed.off_code}
        )


def _describe_start(started: StartedVerification) -> dict[str, Any]:
    return {
        "success": True,
        "verificationId": started.verification_id,
        "validationId": started.call_sid or None,
        "validationCode": started.code or None,
        "expiresAt": started.expires_at,
        "message": _KNOWN if started.is_verified_already else _CALLING,
    }


def _describe_line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "phoneNumber": line.phone_number,
        "friendlyName": line.friendly_name,
        "status": line.status,
        "verifiedAt": line.verified_at,
        "hasForwardingConfig": line.has_forwarding,
    }
