"""What the demo clinic has written down: a price list as a file, aftercare and how to find it as texts."""

from django.core.files.uploadedfile import SimpleUploadedFile

from knowledge.documents import add_text, add_upload
from knowledge.models import KnowledgeDocument
from knowledge.processing import process
from knowledge.uploads import read_upload
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope

FEES = """# Fees at Harbour Street Clinic

Our fees include the check-up that follows a treatment. You can pay by card, in cash, or in three monthly parts.

| Treatment | Fee | How long it takes |
|---|---|---|
| Consultation | £150, taken off the treatment that follows | 30 minutes |
| Botox | £400 | 30 minutes |
| Dermal fillers | £500 | 45 minutes |
| Chemical peel | £140 | 40 minutes |
| Microneedling | £190, or £510 for three | 50 minutes |
| Skin check by a doctor | £95 | 20 minutes |
| Facelift | from £8,000 | consultation first |
| Rhinoplasty | from £6,000 | consultation first |

## Cancelling

Please tell us two working days before. For later cancellations we charge £50.

## Who pays less

Nurses and students pay a tenth less for everything but operations. Bring your card.
"""
AFTERCARE = """# After Botox

Stay upright for four hours. Do not rub the area, and do not exercise or go to a sauna on the same day.
The effect begins after three days and is complete after two weeks; then we see you again, free of charge.

# After fillers

Some swelling and small bruises are normal for up to a week. Cool the area, and take paracetamol if it hurts.
Do not take aspirin: it makes bruises worse. Avoid make-up until the next morning.
If your skin turns white or very painful, call us at once, whatever the time.

# After a chemical peel

Use sun cream of factor 50 for four weeks. Do not pull at skin that comes off. Leave out retinol for a week.
"""
FINDING_US = """We are at 12 Harbour Street, Bristol BS1 4RN, on the ground floor, next to the post office.

Bus 76 stops at Harbour Street. From Temple Meads station it is a walk of ten minutes along the water.

There are three parking spaces behind the house, free for patients for an hour. The car park in Canons Way is five
minutes away.

The door has a ramp, and the treatment rooms are wide enough for a wheelchair.
"""


def make_papers(org: Organization) -> None:
    """Keep and read the clinic's documents. With no transaction open."""
    actor = Actor.system(org.pk)
    with org_scope(org):
        file = read_upload(SimpleUploadedFile("Fees.md", FEES.encode()))
        made: list[KnowledgeDocument] = [
            add_upload(org=org, upload=file, actor=actor),
            add_text(org=org, title="Aftercare", text=AFTERCARE, actor=actor),
            add_text(org=org, title="Finding us", text=FINDING_US, actor=actor),
        ]
        for document in made:
            process(org=org, document_id=document.pk)
