"""Addresses of the paper's Tables III and VI."""

from django.urls import path

from training.paper.table3 import views as table3
from training.paper.table6 import views as table6

urlpatterns = [
    path("teacher/", table3.teacher, name="teacher"),
    path("teacher/ask/", table3.ask, name="ask-teacher"),
    path("table6/", table6.table6, name="table6"),
    path("table6/table6.csv", table6.as_csv, name="table6-csv"),
    path("table6/table6.tex", table6.as_latex, name="table6-latex"),
]
