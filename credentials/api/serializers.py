"""What the integrations API reads and answers, for its description. Shapes are checked in `credentials.fields`."""

from rest_framework import serializers

_EMPTY_CLEARS = "Left out: stays as it is. Empty: taken away."


class TwilioRequest(serializers.Serializer):  # type: ignore[type-arg]
    accountSid = serializers.CharField(help_text="AC and 32 hexadecimal characters")  # noqa: N815 - the API's name
    authToken = serializers.CharField(write_only=True)  # noqa: N815 - the API's name
    phoneNumber = serializers.CharField(help_text="E.164")  # noqa: N815 - the API's name
    whatsappNumber = serializers.CharField(  # noqa: N815 - the API's name
        required=False, allow_blank=True, help_text=f"E.164. {_EMPTY_CLEARS}"
    )
    messagingServiceSid = serializers.CharField(  # noqa: N815 - the API's name
        required=False, allow_blank=True, help_text=f"MG and 32 hexadecimal characters. {_EMPTY_CLEARS}"
    )


class ResendRequest(serializers.Serializer):  # type: ignore[type-arg]
    apiKey = serializers.CharField(write_only=True)  # noqa: N815 - the API's name
    fromEmail = serializers.EmailField()  # noqa: N815 - the API's name
    webhookSecret = serializers.CharField(  # noqa: N815 - the API's name
        write_only=True, required=False, allow_blank=True, help_text=f"whsec_…. {_EMPTY_CLEARS}"
    )


class KeyRequest(serializers.Serializer):  # type: ignore[type-arg]
    apiKey = serializers.CharField(  # noqa: N815 - the API's name
        write_only=True, required=False, allow_blank=True, help_text=f"For Vapi: {_EMPTY_CLEARS}"
    )
