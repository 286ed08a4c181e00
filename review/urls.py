from django.urls import include, path

from review.agreement import views as agreement
from review.desk.views import outbox, pages
from review.exports import views as exports
from review.people import views as people
from review.phrases import views as phrases
from review.rounds import views as rounds
from review.tags.views import at_desk
from review.tags.views import pages as tags

app_name = "review"
reviewing = [
    path("", rounds.queue, name="queue"),
    path("new/<int:dataset>/", rounds.new, name="new-round"),
    path("phrases/", phrases.phrases, name="phrases"),
    path("people/<int:pk>/", people.reviewer, name="reviewer"),
    path("<int:pk>/people/<int:person>/release/", people.release, name="release"),
    path("<int:pk>/edit/", rounds.edit, name="edit-round"),
    path("<int:pk>/state/", rounds.change, name="change-round"),
    path("<int:pk>/", pages.desk, name="desk"),
    path("<int:pk>/items/<int:item>/verdict/", pages.verdict, name="verdict"),
    path("<int:pk>/items/<int:item>/adjudicate/", agreement.decide, name="adjudicate"),
    path("<int:pk>/items/<int:item>/take-back/", agreement.take_back, name="take-decision-back"),
    path("<int:pk>/items/<int:item>/skip/", pages.skip, name="skip"),
    path("<int:pk>/items/<int:item>/defer/", pages.defer, name="defer"),
    path("<int:pk>/items/<int:item>/tag/", at_desk.tag, name="tag"),
    path("<int:pk>/items/<int:item>/", outbox.item, name="item"),
    path("<int:pk>/disagreements/", agreement.disputed, name="disagreements"),
    path("<int:pk>/agreement/", agreement.agreement, name="agreement"),
    path("<int:pk>/figures/", agreement.refresh_figures, name="refresh-figures"),
    path("<int:pk>/outbox/", outbox.outbox, name="outbox"),
    path("<int:pk>/outbox/undo/", outbox.undo, name="outbox-undo"),
    path("<int:pk>/undo/", pages.undo, name="undo"),
    path("<int:pk>/exports/", exports.exports, name="exports"),
    path("tags/", tags.tags, name="tags"),
    path("tags/new/", tags.add, name="add-tag"),
    path("tags/suggest/", tags.suggest, name="suggest-tags"),
    path("tags/<int:pk>/", tags.edit, name="edit-tag"),
    path("tags/<int:pk>/state/", tags.set_state, name="tag-state"),
    path("exports/<int:pk>/file/", exports.export_file, name="export-file"),
    path("<int:pk>/verdicts.csv", exports.verdicts_csv, name="verdicts-csv"),
]
urlpatterns = [
    path("review/", include(reviewing)),
    path("calibration/", include("review.calibration.pages.urls")),
    path("calibration/measures/", include("review.calibration.beside.urls")),
]
