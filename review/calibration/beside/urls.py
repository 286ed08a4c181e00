from django.urls import path

from review.calibration.beside import views

urlpatterns = [
    path("", views.measures, name="calibration-measures"),
    path("work/", views.work_out_again, name="work-out-measures"),
    path("replies.csv", views.replies_csv, name="calibration-measures-csv"),
]
