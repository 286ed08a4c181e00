from django.urls import path

from review.desk import views as desk
from review.exports import views as exports
from review.rounds import views as rounds

app_name = "review"
urlpatterns = [
    path("", rounds.queue, name="queue"),
    path("<int:pk>/", desk.desk, name="desk"),
    path("<int:pk>/items/<int:item>/verdict/", desk.verdict, name="verdict"),
    path("<int:pk>/undo/", desk.undo, name="undo"),
    path("<int:pk>/exports/", exports.exports, name="exports"),
    path("exports/<int:pk>/file/", exports.export_file, name="export-file"),
    path("<int:pk>/verdicts.csv", exports.verdicts_csv, name="verdicts-csv"),
]
