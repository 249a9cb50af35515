"""What the team writes down about a contact, and the contacts that became part of another."""

from django.db import models
from django.db.models import Q

from contacts.models.people import Contact
from orgs.models import E164_PATTERN, User, validate_e164
from orgs.tenancy import TenantForeignKey, TenantModel


class ContactNote(TenantModel):
    """One note about a contact. Only who wrote it changes it."""

    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="written_notes")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contact_notes"
        constraints = [models.CheckConstraint(name="contact_notes_has_words", condition=~Q(text=""))]
        indexes = [models.Index(fields=["org", "contact", "-created_at", "-id"], name="contact_notes_thread_idx")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class ContactAlias(TenantModel):
    """A contact that was merged into `contact`: its old id still leads there, and so does its number.

    `phone` and `email` are those that the merge would otherwise have lost; "" where the kept contact has them.
    """

    former_id = models.UUIDField()
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="aliases")
    phone = models.CharField(max_length=16, blank=True, validators=[validate_e164])
    email = models.EmailField(max_length=254, blank=True)

    class Meta:
        db_table = "contact_aliases"
        verbose_name_plural = "contact aliases"
        constraints = [
            models.UniqueConstraint(fields=["org", "former_id"], name="contact_aliases_org_former_key"),
            models.UniqueConstraint(
                fields=["org", "phone"], name="contact_aliases_org_phone_key", condition=Q(phone__gt="")
            ),
            models.CheckConstraint(
                name="contact_aliases_phone_e164", condition=Q(phone="") | Q(phone__regex=E164_PATTERN)
            ),
        ]

    def __str__(self) -> str:
        return f"alias {self.pk}"
