from django.urls import path

from review.agreement import views as agreement
from review.desk import views as desk
from review.exports import views as exports
from review.rounds import views as rounds

app_name = "review"
urlpatterns = [
    path("", rounds.queue, name="queue"),
    path("<int:pk>/", desk.desk, name="desk"),
    path("<int:pk>/items/<int:item>/verdict/", desk.verdict, name="verdict"),
    path("<int:pk>/items/<int:item>/adjudicate/", agreement.decide, name="adjudicate"),
    path("<int:pk>/disagreements/", agreement.disputed, name="disagreements"),
    path("<int:pk>/agreement/", agreement.agreement, name="agreement"),
    path("<int:pk>/undo/", desk.undo, name="undo"),
    path("<int:pk>/verdicts.csv", exports.verdicts_csv, name="verdicts-csv"),
]
