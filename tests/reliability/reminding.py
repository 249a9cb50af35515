"""Sends what is due, in a new process for each line on standard input: started once, forked often, as workers are.

A line names a failpoint and its passage ("message.posted:2"), or "-" for none. It answers with the process's id. The
process works until it is killed or dies; its parent then says with which exit code.
"""

import os
import sys
import time

import django

django.setup()

from orgs.models import Organization  # noqa: E402
from orgs.scope import org_scope, org_tx, service_tx  # noqa: E402
from scheduling.reminders import sending  # noqa: E402
from telephony.messaging import delivering  # noqa: E402
from voxanne import failpoints  # noqa: E402


def work(wanted: str) -> None:
    """What sweeps and tasks do, without the pauses in between."""
    failpoints._wanted, _, failpoints._hit = wanted.partition(":")
    with service_tx("find the clinic"):
        org = Organization.objects.get()
    while True:
        for _, reminder_id in sending.claim_due():
            sending.hand_over(org=org, reminder_id=reminder_id)
            # What the wake-up of the message does.
            for _, message_id in _messages(org, reminder_id):
                delivering.deliver(org=org, message_id=message_id)
        for _, message_id in delivering.claim_due():
            delivering.deliver(org=org, message_id=message_id)
        time.sleep(0.01)


def _messages(org: Organization, reminder_id: object) -> list[tuple[object, object]]:
    from scheduling.models import Reminder

    with org_scope(org), org_tx():
        found = Reminder.objects.filter(pk=reminder_id, message__isnull=False)
        return [(org.pk, message_id) for message_id in found.values_list("message_id", flat=True)]


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(line.strip())
        say(pid)
        say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
