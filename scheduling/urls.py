from django.urls import URLPattern, path

from scheduling.api.views import AppointmentsView, AppointmentView, AvailabilityView
from scheduling.views import desk, diary, lists

app_name = "scheduling"
urlpatterns: list[URLPattern] = [
    path("dashboard/appointments", lists.appointments, name="appointments"),
    path("dashboard/appointments/day", diary.day, name="day"),
    path("dashboard/appointments/week", diary.week, name="week"),
    path("dashboard/appointments/new", desk.new, name="new"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>", desk.appointment, name="one"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/move", desk.move, name="move"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/cancel", desk.cancel, name="cancel"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/notes", desk.note, name="note"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/confirm", desk.confirm, name="confirm"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/came", desk.came, name="came"),
    path("dashboard/appointments/<uuid_or_400:appointment_id>/no-show", desk.no_show, name="no_show"),
    path("api/appointments", AppointmentsView.as_view(), name="api"),
    path("api/appointments/availability", AvailabilityView.as_view(), name="api_availability"),
    path("api/appointments/<uuid_or_400:appointment_id>", AppointmentView.as_view(), name="api_one"),
]
