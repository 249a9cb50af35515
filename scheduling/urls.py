from django.urls import URLPattern, path

from scheduling.api.notices import google_notices, outlook_notices
from scheduling.api.reminders import SendReminderView
from scheduling.api.views import AppointmentsView, AppointmentView, AvailabilityView
from scheduling.views import (
    booking_rules,
    calendar_events,
    calendars,
    desk,
    diary,
    hours,
    lists,
    moving,
    people,
    reminders,
)

app_name = "scheduling"
urlpatterns: list[URLPattern] = [
    path("dashboard/appointments", lists.appointments, name="appointments"),
    path("dashboard/appointments/day", diary.day, name="day"),
    path("dashboard/appointments/week", diary.week, name="week"),
    path("dashboard/appointments/new", desk.new, name="new"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>", desk.appointment, name="one"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/move", moving.move, name="move"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/cancel", desk.cancel, name="cancel"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/notes", desk.note, name="note"),
    path(
        "dashboard/appointments/<uuid_or_400:appointment_id>/calendar/put-back",
        calendar_events.put_back,
        name="put_back",
    ),
    path(
        "dashboard/appointments/<uuid_or_400:appointment_id>/calendar/retry",
        calendar_events.calendar_retry,
        name="calendar_retry",
    ),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/confirm", desk.confirm, name="confirm"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/came", desk.came, name="came"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/no-show", desk.no_show, name="no_show"),
    path("dashboard/settings/hours", hours.hours, name="hours"),
    path("dashboard/settings/hours/closures", hours.close, name="close"),
    path("dashboard/settings/hours/closures/<uuid_or_400:closure_id>/remove", hours.reopen, name="reopen"),
    path("dashboard/settings/practitioners", people.people, name="practitioners"),
    path("dashboard/settings/practitioners/<int:practitioner_id>", people.person, name="practitioner"),
    path("dashboard/settings/practitioners/<int:practitioner_id>/services", people.skills, name="skills"),
    path("dashboard/settings/practitioners/<int:practitioner_id>/hours", people.person_hours, name="person_hours"),
    path("dashboard/settings/practitioners/<int:practitioner_id>/deactivate", people.deactivate, name="deactivate"),
    path("dashboard/settings/practitioners/<int:practitioner_id>/reactivate", people.reactivate, name="reactivate"),
    path("dashboard/settings/booking", booking_rules.booking_rules, name="booking"),
    path("dashboard/settings/booking/<uuid_or_400:service_id>", booking_rules.service_rules, name="service_rules"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/remind", reminders.remind, name="remind"),
    path(
        "dashboard/appointments/<uuid_or_400:appointment_id>/change-settled",
        reminders.change_settled,
        name="change_settled",
    ),
    path("dashboard/settings/reminders", reminders.reminder_settings, name="reminder_settings"),
    path("dashboard/settings/reminders/preview", reminders.reminder_preview, name="reminder_preview"),
    path("dashboard/settings/reminders/sample", reminders.reminder_sample, name="reminder_sample"),
    path("dashboard/settings/calendar", calendars.calendar_settings, name="calendar_settings"),
    path("dashboard/settings/calendar/<uuid_or_400:connection_id>/sync", calendars.sync_now, name="calendar_sync"),
    path("dashboard/settings/calendar/<uuid_or_400:connection_id>/diary", calendars.assign, name="calendar_assign"),
    path("api/calendars/google", google_notices, name="calendar-notices-google"),
    path("api/calendars/outlook", outlook_notices, name="calendar-notices-outlook"),
    path("api/appointments", AppointmentsView.as_view(), name="api"),
    path("api/appointments/availability", AvailabilityView.as_view(), name="api_availability"),
    path("api/appointments/<uuid_or_400:appointment_id>", AppointmentView.as_view(), name="api_one"),
    path(
        "api/appointments/<uuid_or_400:appointment_id>/send-reminder",
        SendReminderView.as_view(),
        name="api_send_reminder",
    ),
]
