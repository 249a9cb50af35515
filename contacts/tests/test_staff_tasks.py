"""What staff have to do: one cause is one task, done and undone, and the mail about it goes out once."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from anymail.exceptions import AnymailError
from django.core import mail

from contacts.models import StaffTask, TaskKind
from contacts.staff_tasks import NewTask, add_task, finish_task, reopen_task
from contacts.staff_tasks.mail import list_due, mail_task
from contacts.staff_tasks.selectors import list_tasks, list_tasks_of_call
from contacts.tasks import sweep_staff_tasks
from orgs.actors import Actor, ActorKind
from orgs.models import AuditEntry, Role
from orgs.scope import org_scope
from scheduling.tests.factories import make_call
from voxanne.clock import now
from voxanne.errors import NotFound

pytestmark = pytest.mark.django_db
BACK = NewTask(kind=TaskKind.CALL_BACK, cause="transfer:1", reason="Nobody took the call.")
URGENT = NewTask(kind=TaskKind.RED_FLAG, cause="red_flag:1", reason="A caller may need urgent help.", by_mail=True)


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    """The wake-ups that went out."""
    found = []
    monkeypatch.setattr("orgs.tasks.wake", lambda task, *args, **kwargs: found.append((task.name, args)))
    monkeypatch.setattr("contacts.tasks.wake", lambda task, *args, **kwargs: found.append((task.name, args)))
    return found


def person(org, user):
    return Actor(kind=ActorKind.USER, org_id=org.pk, user_id=user.pk)


def test_one_cause_is_one_task_also_once_it_is_done(north, north_owner, working_for):
    with working_for(north):
        first, is_new = add_task(org=north, task=BACK)
        assert is_new
        finish_task(task_id=first.pk, actor=person(north, north_owner))
        again, is_new = add_task(org=north, task=BACK)
        assert (again.pk, is_new, again.is_open) == (first.pk, False, False)


def test_done_by_whom_is_kept_and_can_be_undone(north, north_owner, working_for):
    actor = person(north, north_owner)
    with working_for(north):
        task, _ = add_task(org=north, task=BACK)
        for _ in range(2):
            task = finish_task(task_id=task.pk, actor=actor)
        assert (task.is_open, task.done_by_id, task.done_at is None) == (False, north_owner.pk, False)
        assert list_tasks()[0].done_by_name == north_owner.full_name
        for _ in range(2):
            task = reopen_task(task_id=task.pk, actor=actor)
        assert (task.is_open, task.done_by_id, task.done_at) == (True, None, None)
        actions = AuditEntry.objects.filter(action__startswith="staff_task.").order_by("id")
        assert list(actions.values_list("action", flat=True)) == ["staff_task.done", "staff_task.reopened"]


def test_what_another_clinic_has_to_do_is_not_there(north, south, working_for):
    with working_for(south):
        theirs, _ = add_task(org=south, task=BACK)
    with working_for(north):
        assert list_tasks() == []
        for change in (finish_task, reopen_task):
            with pytest.raises(NotFound):
                change(task_id=theirs.pk, actor=Actor.system(north.pk))


def test_the_urgent_come_first_and_the_done_leave_after_a_while(north, north_owner, working_for):
    with working_for(north):
        call_id = make_call()
        urgent, _ = add_task(org=north, task=NewTask(**{**vars(URGENT), "call_id": call_id}))
        back, _ = add_task(org=north, task=BACK)
        assert [task.pk for task in list_tasks()] == [urgent.pk, back.pk]
        finish_task(task_id=urgent.pk, actor=person(north, north_owner))
        assert len(list_tasks()) == 2
        with time_machine.travel(now() + timedelta(minutes=11)):
            assert [task.pk for task in list_tasks()] == [back.pk]
            assert [task.pk for task in list_tasks_of_call(call_id)] == [urgent.pk]


def mailed(org, task):
    with org_scope(org):
        return mail_task(org=org, task_id=task.pk)


@pytest.fixture
def urgent(north, working_for):
    with working_for(north):
        return add_task(org=north, task=NewTask(**{**vars(URGENT), "call_id": make_call()}))[0]


def test_every_owner_and_admin_is_told_once_where_to_look(north, north_owner, urgent, add_member):
    admin = add_member(north, Role.ADMIN)
    add_member(north, Role.MEMBER)

    assert [mailed(north, urgent), mailed(north, urgent)] == [True, False]

    assert {to for message in mail.outbox for to in message.recipients()} == {north_owner.email, admin.email}
    for message in mail.outbox:
        assert message.subject == "A caller may need urgent help"
        assert f"/dashboard/calls/{urgent.call_id}" in message.body
        assert "Ana" not in message.body


def test_a_mail_that_was_refused_is_tried_again_and_known_by_its_key(north, urgent, monkeypatch, woken):
    tried = []

    def refuse(message):
        tried.append(message.idempotency_key)
        raise AnymailError("no")

    with monkeypatch.context() as patch:
        patch.setattr("voxanne.mail.KeyedMessage.send", refuse)
        assert mailed(north, urgent) is False
    assert list_due() == []
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert sweep_staff_tasks() == 1
        assert ("contacts.tasks.mail_staff_task", (str(north.pk), str(urgent.pk))) in woken
        assert mailed(north, urgent)
    (message,) = mail.outbox
    assert [message.idempotency_key] == tried


def test_a_worker_that_died_over_a_mail_is_followed_by_another(north, urgent, working_for):
    with working_for(north):
        StaffTask.objects.update(mail_due_at=now() + timedelta(minutes=2))  # as a claim leaves it
    assert mailed(north, urgent) is False
    with time_machine.travel(now() + timedelta(minutes=3)):
        assert list_due() == [(north.pk, urgent.pk)]
        assert mailed(north, urgent)


def test_a_task_that_is_nobodys_mails_nobody(north):
    with org_scope(north):
        assert mail_task(org=north, task_id=uuid4()) is False
