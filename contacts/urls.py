from django.urls import path

from contacts.api.services import ServicesView, ServiceView
from contacts.api.views import ContactsView, ContactView, StatsView
from contacts.views import lead, leads, merging, notes, notifications, services, staff_tasks, writing

app_name = "contacts"
LEAD = "dashboard/leads/<uuid_or_400:contact_id>"
urlpatterns = [
    path("api/contacts", ContactsView.as_view(), name="api-contacts"),
    path("api/contacts/stats", StatsView.as_view(), name="api-stats"),
    path("api/contacts/<uuid_or_400:contact_id>", ContactView.as_view(), name="api-contact"),
    path("dashboard/leads", leads.lead_list, name="leads"),
    path("dashboard/leads/new", leads.new, name="lead-new"),
    path("dashboard/leads/export", leads.export, name="lead-export"),
    path(LEAD, lead.lead, name="lead"),
    path(f"{LEAD}/edit", lead.edit, name="lead-edit"),
    path(f"{LEAD}/remember", lead.remember, name="lead-remember"),
    path(f"{LEAD}/block", lead.block, name="lead-block"),
    path(f"{LEAD}/unblock", lead.unblock, name="lead-unblock"),
    path(f"{LEAD}/stop-texts", lead.stop, name="lead-stop-texts"),
    path(f"{LEAD}/allow-texts", lead.allow, name="lead-allow-texts"),
    path(f"{LEAD}/delete", lead.delete, name="lead-delete"),
    path(f"{LEAD}/text", writing.text, name="lead-text"),
    path(f"{LEAD}/email", writing.email, name="lead-email"),
    path(f"{LEAD}/notes", notes.add, name="lead-note-add"),
    path(f"{LEAD}/notes/<uuid_or_400:note_id>", notes.change, name="lead-note"),
    path(f"{LEAD}/notes/<uuid_or_400:note_id>/delete", notes.delete, name="lead-note-delete"),
    path(f"{LEAD}/merge/<uuid_or_400:other_id>", merging.merge, name="lead-merge"),
    path("dashboard/services", services.services, name="services"),
    path("dashboard/services/sentence", services.sentence, name="sentence"),
    path("dashboard/services/<uuid_or_400:service_id>", services.service, name="service"),
    path("dashboard/services/<uuid_or_400:service_id>/off", services.service_off, name="service-off"),
    path("dashboard/services/<uuid_or_400:service_id>/on", services.service_on, name="service-on"),
    path("dashboard/settings/notifications", notifications.notifications, name="notifications"),
    path("api/services", ServicesView.as_view(), name="api-services"),
    path("api/services/<uuid_or_400:service_id>", ServiceView.as_view(), name="api-service"),
    path("dashboard/tasks/<uuid_or_400:task_id>/done", staff_tasks.done, name="task-done"),
    path("dashboard/tasks/<uuid_or_400:task_id>/undo", staff_tasks.undo, name="task-undo"),
]
