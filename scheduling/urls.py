from django.urls import URLPattern, path

from scheduling import views
from scheduling.api.views import AppointmentsView, AppointmentView, AvailabilityView

app_name = "scheduling"
urlpatterns: list[URLPattern] = [
    path("dashboard/appointments", views.appointments, name="appointments"),
    path("api/appointments", AppointmentsView.as_view(), name="api"),
    path("api/appointments/availability", AvailabilityView.as_view(), name="api_availability"),
    path("api/appointments/<uuid_or_400:appointment_id>", AppointmentView.as_view(), name="api_one"),
]
