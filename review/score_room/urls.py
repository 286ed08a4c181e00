from django.urls import path

from review.score_room.views import page, people, what_if

app_name = "scores"
urlpatterns = [
    path("", page.room, name="room"),
    path("comparisons.csv", page.list_file, name="list-csv"),
    path("figures/<slug:name>.csv", page.figure_file, name="figure-csv"),
    path("people/", people.people, name="people"),
    path("what-if/", what_if.what_if, name="what-if"),
    path("profiles/", what_if.save, name="save-profile"),
    path("profiles/<int:pk>/again/", what_if.take_again, name="take-profile-again"),
]
