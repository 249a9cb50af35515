"""What the sign-in endpoints read and answer. The organisation is chosen here and nowhere else in the API."""

from rest_framework import serializers


class TokenRequest(serializers.Serializer):  # type: ignore[type-arg]
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    org_id = serializers.UUIDField(required=False)
    otp = serializers.CharField(required=False, max_length=32)


class RefreshRequest(serializers.Serializer):  # type: ignore[type-arg]
    refresh = serializers.CharField(max_length=4096)


class TokenPair(serializers.Serializer):  # type: ignore[type-arg]
    access = serializers.CharField()
    refresh = serializers.CharField()


class OrganisationAnswer(serializers.Serializer):  # type: ignore[type-arg]
    valid = serializers.BooleanField()
    org_id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.CharField()
