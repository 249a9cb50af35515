from django.urls import path

from contacts.views import staff_tasks

app_name = "contacts"
urlpatterns = [
    path("dashboard/tasks/<uuid_or_400:task_id>/done", staff_tasks.done, name="task-done"),
    path("dashboard/tasks/<uuid_or_400:task_id>/undo", staff_tasks.undo, name="task-undo"),
]
