from django.urls import path

from review.calibration.pages import views
from review.calibration.pages.people import views as people

urlpatterns = [
    path("", views.calibration, name="calibration"),
    path("people/", people.people, name="calibration-people"),
    path("people/again/", people.work_out_again, name="work-out-people"),
    path("work/", views.recalibrate, name="recalibrate"),
    path("use/", views.use_fit, name="use-fit"),
    path("learned/", views.show_learned, name="show-learned"),
]
