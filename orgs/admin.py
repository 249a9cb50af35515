"""Organisations, people and the audit log in the Django admin."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from orgs.models import AuditEntry, AuditSeal, IntegrationSettings, Invitation, Membership, Organization, User
from orgs.platform_admin import PlatformAdmin, ReadOnlyAdmin

# Libraries register these by themselves; they hold secrets, or rights that are given elsewhere.
for model in (EmailAddress, Authenticator, UserSession, Group, BlacklistedToken, OutstandingToken):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Organization)
class OrganizationAdmin(PlatformAdmin):
    list_display = ("name", "timezone", "country", "phone", "created_at")
    search_fields = ("name", "slug", "phone")
    list_filter = ("country",)
    ordering = ("-created_at",)
    fields = ("id", "name", "slug", "timezone", "country", "currency", "phone", "settings", "created_at")
    readonly_fields = ("id", "slug", "settings", "created_at")


@admin.register(User)
class UserAdmin(PlatformAdmin):
    list_display = ("email", "full_name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "full_name")
    list_filter = ("is_active", "is_staff")
    ordering = ("email",)
    fields = ("id", "email", "full_name", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")
    readonly_fields = ("id", "email", "is_superuser", "last_login", "date_joined")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Roles are changed by the clinic, or mended with `manage.py fix_org_membership`, which keep the last owner."""

    list_display = ("user", "org", "role", "is_active", "created_at")
    search_fields = ("user__email", "org__name")
    list_filter = ("role", "is_active")
    list_select_related = ("user", "org")
    ordering = ("-created_at",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "org", "role", "expires_at", "accepted_at")
    search_fields = ("email", "org__name")
    list_select_related = ("org",)
    ordering = ("-created_at",)
    exclude = ("token_hash",)


@admin.register(IntegrationSettings)
class IntegrationSettingsAdmin(ReadOnlyAdmin):
    list_display = ("org", "transfer_phone_number", "recording_retention_days")
    search_fields = ("org__name",)
    list_select_related = ("org",)
    ordering = ("-created_at",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "org", "actor_kind", "actor_user_id", "action", "object_type", "object_id")
    search_fields = ("action", "object_id", "org__name")
    list_filter = ("action", "actor_kind")
    list_select_related = ("org",)
    ordering = ("-id",)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    list_display = ("sealed_at", "org", "first_entry_id", "last_entry_id", "entries")
    list_select_related = ("org",)
    ordering = ("-id",)
