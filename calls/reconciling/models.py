"""How far the accounts at Vapi were looked through."""

from django.db import models

from voxanne.ids import uuid7


class AccountReading(models.Model):
    """How far one account's calls at Vapi were looked through for those that nobody told us of.

    Not a tenant's row: many clinics share the platform's account, whose name is empty. `claim` is held by the one
    worker that reads.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.CharField(max_length=16, blank=True, unique=True)
    read_until = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "vapi_account_readings"

    def __str__(self) -> str:
        return f"calls of account {self.account or 'of the platform'} until {self.read_until:%Y-%m-%d %H:%M}"
