from django.urls import URLPattern, path

from scheduling import views

app_name = "scheduling"
urlpatterns: list[URLPattern] = [path("dashboard/appointments", views.appointments, name="appointments")]
