from django.urls import path

from review.calibration.pages import views

urlpatterns = [
    path("", views.calibration, name="calibration"),
    path("work/", views.recalibrate, name="recalibrate"),
    path("use/", views.use_fit, name="use-fit"),
    path("learned/", views.show_learned, name="show-learned"),
]
