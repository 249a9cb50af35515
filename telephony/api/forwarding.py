"""`/api/telephony/forwarding-config`: how a verified line passes its calls on."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.middleware import OrgRequest
from telephony.api.serializers import (
    ForwardingAnswer,
    ForwardingConfirmAnswer,
    ForwardingConfirmRequest,
    ForwardingRequest,
    NewForwardingAnswer,
    PreviewAnswer,
    PreviewRequest,
    TurnedOffAnswer,
)
from telephony.forwarding.configs import (
    codes_of,
    confirm_forwarding,
    disable_forwarding,
    preview_forwarding,
    set_up_forwarding,
)
from telephony.forwarding.selectors import get_config, get_forwarding
from telephony.forwarding.types import Code, ForwardingChoice, ForwardingCodes
from telephony.models import HybridForwardingConfig
from voxanne.errors import BadInput

_CONFIRMED = "Setup confirmed! Your calls are now forwarding to Voxanne AI."


class ForwardingConfigs(APIView):
    """The forwarding of a line: read it, set it up, or choose anew."""

    org_permissions = {"get": "telephony:read", "post": "telephony:write"}

    @extend_schema(
        operation_id="telephony_forwarding_config_of_line",
        parameters=[OpenApiParameter("verifiedCallerId", UUID, required=True)],
        responses=ForwardingAnswer,
    )
    def get(self, request: Request) -> Response:
        http = cast("OrgRequest", request._request)
        config = get_forwarding(org=http.org, verified_caller_id=_read_id(request))
        return Response({"success": True, "config": _describe(config)})

    @extend_schema(request=ForwardingRequest, responses={201: NewForwardingAnswer})
    def post(self, request: Request) -> Response:
        http = cast("OrgRequest", request._request)
        asked = ForwardingRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        config = set_up_forwarding(
            org=http.org,
            verified_caller_id=given["verifiedCallerId"],
            choice=_choice(given),
            actor=http.actor,
        )
        codes = codes_of(config)
        body = {
            **_describe(config),
            **_describe_helps(codes),
            "instructions": _instructions(codes),
        }
        return Response({"success": True, "config": body}, status=201)


class ConfirmForwarding(APIView):
    """Somebody dialled the code."""

    org_permissions = {"post": "telephony:write"}

    @extend_schema(request=ForwardingConfirmRequest, responses=ForwardingConfirmAnswer)
    def post(self, request: Request) -> Response:
        http = cast("OrgRequest", request._request)
        asked = ForwardingConfirmRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        config = confirm_forwarding(
            org=http.org, forwarding_id=asked.validated_data["forwardingConfigId"], actor=http.actor
        )
        return Response({"success": True, "message": _CONFIRMED, "status": config.status})


class PreviewForwarding(APIView):
    """The codes of a choice. Nothing is stored."""

    org_permissions = {"post": "telephony:read"}

    @extend_schema(request=PreviewRequest, responses=PreviewAnswer)
    def post(self, request: Request) -> Response:
        http = cast("OrgRequest", request._request)
        asked = PreviewRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        codes = preview_forwarding(org=http.org, choice=_choice(given), verified_caller_id=given["verifiedCallerId"])
        body = {
            "generatedActivationCode": codes.activation,
            "generatedDeactivationCode": codes.deactivation,
            "offSequence": codes.off_sequence,
            "ringSecondsUsed": codes.ring_seconds_used,
            **_describe_helps(codes),
        }
        return Response({"success": True, "codes": body})


class ForwardingConfig(APIView):
    """One forwarding."""

    org_permissions = {"get": "telephony:read", "delete": "telephony:write"}

    @extend_schema(responses=ForwardingAnswer)
    def get(self, request: Request, forwarding_id: UUID) -> Response:
        config = get_config(org=cast("OrgRequest", request._request).org, forwarding_id=forwarding_id)
        return Response({"success": True, "config": _describe(config)})

    @extend_schema(responses=TurnedOffAnswer)
    def delete(self, request: Request, forwarding_id: UUID) -> Response:
        """Note that it is off, and tell the code that turns it off on the line."""
        http = cast("OrgRequest", request._request)
        config = disable_forwarding(org=http.org, forwarding_id=forwarding_id, actor=http.actor)
        code = config.generated_deactivation_code
        message = f"Forwarding disabled. Dial: {code} to deactivate."
        return Response({"success": True, "message": message, "deactivationCode": code})


def _read_id(request: Request) -> UUID:
    try:
        return UUID(request.query_params.get("verifiedCallerId", ""))
    except ValueError as error:
        wrong = "Give the id of a verified number."
        raise BadInput(wrong, fields={"verifiedCallerId": [wrong]}) from error


def _choice(given: dict[str, Any]) -> ForwardingChoice:
    return ForwardingChoice(
        forwarding_type=given["forwardingType"],
        carrier=given["carrier"],
        network=given["network"],
        country=given["carrierCountryCode"],
        forwarding_number=given["forwardingNumber"],
        ring_seconds=given["ringTimeSeconds"],
    )


def _describe(config: HybridForwardingConfig) -> dict[str, Any]:
    return {
        "id": config.pk,
        "verifiedCallerId": config.verified_caller_id,
        "simPhoneNumber": config.sim_phone_number,
        "forwardingType": config.forwarding_type,
        "carrier": config.carrier,
        "network": config.network,
        "carrierCountryCode": config.carrier_country_code,
        "twilioForwardingNumber": config.twilio_forwarding_number,
        "ringTimeSeconds": config.ring_time_seconds,
        "generatedActivationCode": config.generated_activation_code,
        "generatedDeactivationCode": config.generated_deactivation_code,
        "status": config.status,
        "userConfirmedSetup": config.user_confirmed_setup,
        "confirmedAt": config.confirmed_at,
        "seenWorkingAt": config.seen_working_at,
    }


def _describe_helps(codes: ForwardingCodes) -> dict[str, Any]:
    return {
        "dialSequence": codes.dial_sequence,
        "alternatives": [_describe_code(code) for code in codes.alternatives],
        "extras": [_describe_code(code) for code in codes.extras],
        "notes": list(codes.notes),
    }


def _describe_code(code: Code) -> dict[str, str]:
    return {"code": code.code, "does": code.does}


def _instructions(codes: ForwardingCodes) -> list[str]:
    return [
        "1. Open the phone's keypad on the line that you verified",
        f"2. Dial: {codes.dial_sequence}",
        "3. Press Call and wait for the confirmation",
        "4. Return to the dashboard and click Confirm setup",
    ]
