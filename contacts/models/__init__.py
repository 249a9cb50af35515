"""The people who call and how promising they are, what the clinic sells, and what its staff have to do."""

from contacts.models.notes import ContactAlias, ContactNote
from contacts.models.people import (
    FIRST_SCORE,
    HOT_SCORE,
    WARM_SCORE,
    Contact,
    LeadStatus,
    LeadTemperature,
    NumberUse,
)
from contacts.models.scores import LeadScore, Reason
from contacts.models.services import DAY_MINUTES, Service
from contacts.models.tasks import StaffTask, TaskKind, TaskState

__all__ = [
    "DAY_MINUTES",
    "FIRST_SCORE",
    "HOT_SCORE",
    "WARM_SCORE",
    "Contact",
    "ContactAlias",
    "ContactNote",
    "LeadScore",
    "LeadStatus",
    "LeadTemperature",
    "NumberUse",
    "Reason",
    "Service",
    "StaffTask",
    "TaskKind",
    "TaskState",
]
