from django.urls import path

from voxanne.health import views

urlpatterns = [
    path("health", views.live, name="health"),
    path("health/ready", views.ready, name="health-ready"),
]
