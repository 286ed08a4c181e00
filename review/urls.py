from django.urls import path

from review.views import desk, export, queue

app_name = "review"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("<int:pk>/", desk.desk, name="desk"),
    path("<int:pk>/items/<int:item>/verdict/", desk.verdict, name="verdict"),
    path("<int:pk>/undo/", desk.undo, name="undo"),
    path("<int:pk>/verdicts.csv", export.verdicts_csv, name="verdicts-csv"),
]
