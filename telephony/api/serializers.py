"""What the telephony API reads and answers. It speaks camel case."""
# ruff: noqa: N815 - the fields are those of the API

from rest_framework import serializers

from telephony.models import Carrier, ForwardingStatus, ForwardingType, VerificationStatus


class InitiateRequest(serializers.Serializer):  # type: ignore[type-arg]
    """The line to be verified, in E.164."""

    phoneNumber = serializers.CharField(max_length=40, trim_whitespace=False)
    friendlyName = serializers.CharField(max_length=64, required=False, allow_blank=True, allow_null=True)


class InitiateAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """`validationCode` stands in this answer only. It is null where Twilio knew the number already: no call comes."""

    success = serializers.BooleanField()
    verificationId = serializers.UUIDField()
    validationId = serializers.CharField(allow_null=True)
    validationCode = serializers.CharField(allow_null=True)
    expiresAt = serializers.DateTimeField(allow_null=True)
    message = serializers.CharField()


class ConfirmRequest(serializers.Serializer):  # type: ignore[type-arg]
    verificationId = serializers.UUIDField()
    verificationCode = serializers.CharField(max_length=20)


class ConfirmAnswer(serializers.Serializer):  # type: ignore[type-arg]
    success = serializers.BooleanField()
    message = serializers.CharField()
    callerIdSid = serializers.CharField()


class VerificationAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """`confirmedByTwilio`: the code was keyed in on the phone. `callFailed`: the call ended without it."""

    status = serializers.ChoiceField(VerificationStatus.choices)
    attemptsRemaining = serializers.IntegerField()
    expiresAt = serializers.DateTimeField(allow_null=True)
    lockedUntil = serializers.DateTimeField(allow_null=True)
    confirmedByTwilio = serializers.BooleanField()
    callFailed = serializers.BooleanField()


class VerifiedNumber(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.UUIDField()
    phoneNumber = serializers.CharField()
    friendlyName = serializers.CharField()
    status = serializers.ChoiceField(VerificationStatus.choices)
    verifiedAt = serializers.DateTimeField(allow_null=True)
    hasForwardingConfig = serializers.BooleanField()


class VerifiedNumberAnswer(serializers.Serializer):  # type: ignore[type-arg]
    success = serializers.BooleanField()
    number = VerifiedNumber()


class VerifiedNumbersAnswer(serializers.Serializer):  # type: ignore[type-arg]
    success = serializers.BooleanField()
    numbers = VerifiedNumber(many=True)


class ChoiceRequest(serializers.Serializer):  # type: ignore[type-arg]
    """How a line is to forward.

    `network` names a carrier of the catalogue and then stands in for `carrier`; `carrierCountryCode` is that of the
    line when left out; `forwardingNumber` is one of the organisation's numbers, picked where it is left out.
    """

    forwardingType = serializers.CharField(max_length=20)
    carrier = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    network = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    carrierCountryCode = serializers.CharField(max_length=2, required=False, allow_blank=True, default="")
    forwardingNumber = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")
    ringTimeSeconds = serializers.IntegerField(required=False, allow_null=True, default=None)


class ForwardingRequest(ChoiceRequest):
    verifiedCallerId = serializers.UUIDField()


class PreviewRequest(ChoiceRequest):
    verifiedCallerId = serializers.UUIDField(required=False, allow_null=True, default=None)


class ForwardingConfirmRequest(serializers.Serializer):  # type: ignore[type-arg]
    forwardingConfigId = serializers.UUIDField()


class CodeAnswer(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField()
    does = serializers.CharField()


class CodesAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """`dialSequence` is what the network takes; the generated codes hold the number in E.164."""

    generatedActivationCode = serializers.CharField()
    generatedDeactivationCode = serializers.CharField()
    dialSequence = serializers.CharField()
    offSequence = serializers.CharField()
    alternatives = CodeAnswer(many=True)
    extras = CodeAnswer(many=True)
    ringSecondsUsed = serializers.IntegerField(allow_null=True)
    notes = serializers.ListField(child=serializers.CharField())


class ForwardingConfigAnswer(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.UUIDField()
    verifiedCallerId = serializers.UUIDField()
    simPhoneNumber = serializers.CharField()
    forwardingType = serializers.ChoiceField(ForwardingType.choices)
    carrier = serializers.ChoiceField(Carrier.choices)
    network = serializers.CharField()
    carrierCountryCode = serializers.CharField()
    twilioForwardingNumber = serializers.CharField()
    ringTimeSeconds = serializers.IntegerField()
    generatedActivationCode = serializers.CharField()
    generatedDeactivationCode = serializers.CharField()
    status = serializers.ChoiceField(ForwardingStatus.choices)
    userConfirmedSetup = serializers.BooleanField()
    confirmedAt = serializers.DateTimeField(allow_null=True)
    seenWorkingAt = serializers.DateTimeField(allow_null=True)


class NewForwardingConfig(ForwardingConfigAnswer):
    dialSequence = serializers.CharField()
    alternatives = CodeAnswer(many=True)
    extras = CodeAnswer(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    instructions = serializers.ListField(child=serializers.CharField())


class ForwardingAnswer(serializers.Serializer):  # type: ignore[type-arg]
    success = serializers.BooleanField()
    config = ForwardingConfigAnswer()


class NewForwardingAnswer(serializers.Serializer):  # type: ignore[type-arg]
    success = serializers.BooleanField()
    config = NewForwardingConfig()


class PreviewAnswer(serializers.Serializer):  # type: ignore[type-arg]
    success = serializers.BooleanField()
    codes = CodesAnswer()


class ForwardingConfirmAnswer(serializers.Serializer):  # type: ignore[type-arg]
    success = serializers.BooleanField()
    message = serializers.CharField()
    status = serializers.ChoiceField(ForwardingStatus.choices)


class TurnedOffAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """`deactivationCode` is to be dialled on the line; empty where nothing forwards."""

    success = serializers.BooleanField()
    message = serializers.CharField()
    deactivationCode = serializers.CharField(allow_blank=True)
