from django.urls import path

from voxanne.metrics import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
