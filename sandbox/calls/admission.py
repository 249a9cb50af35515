"""Why Vapi does not even start a call: reasons that show only after the call was accepted."""

from sandbox.calls.record import CallRecord
from sandbox.json_types import as_object
from sandbox.resources import Resources
from sandbox.vapi.settings import read_settings

TOO_MANY = "call.start.error-subscription-concurrency-limit-reached"
ABROAD = "call.start.error-vapi-number-international"
CONSENT = "call.start.error-enterprise-feature-not-available-recording-consent"
HOME = "+1"
"""Where the numbers that Vapi gives away may call."""


def objection_to(call: CallRecord, resources: Resources) -> str:
    """Return the reason for which a call ends before it rings; empty when nothing is wrong."""
    from_vapi = call.phone_number.get("provider") == "vapi"
    if call.outbound and from_vapi and not call.caller.number.startswith(HOME):
        return ABROAD
    consent = as_object(call.assistant.get("compliancePlan")).get("recordingConsentPlan")
    if consent and not read_settings(resources)["enterprise"]:
        return CONSENT
    return ""
