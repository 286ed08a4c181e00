"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from dialogues.urls import urlpatterns as importing
from ecc_site.api.v1 import api
from ecc_site.api.views import docs
from ecc_site.overview.views import home
from ecc_site.views import (
    account,
    audit,
    dataset,
    dialogue,
    find,
    health,
    jobs,
    ledger,
    memory,
    people,
    privacy,
    round,
    search,
    tokens,
    why,
)
from ecc_site.watch.urls import urlpatterns as watch_pages
from serving.urls import urlpatterns as pattern_pages

listing = [
    path("dialogues/", search.search, name="search"),
    path("datasets/<int:pk>/dialogues/", search.in_dataset, name="list"),
]

# Named for the app whose rows they show; composed here, since the rows are about what higher apps hold.
ledger_patterns = [
    path("cloud/", ledger.ledger, name="ledger"),
    path("cloud/<int:pk>/", ledger.call, name="call"),
    path("cloud/calls.csv", ledger.calls_csv, name="calls-csv"),
    path("cloud/calls.jsonl", ledger.calls_jsonl, name="calls-jsonl"),
]

urlpatterns = [
    path("", home, name="home"),
    path("find/", find.find_page, name="find"),
    path("healthz", health.healthz, name="healthz"),
    path("accounts/login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("accounts/password_change/", account.change_password, name="password_change"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/revoke/", tokens.revoke, name="revoke-token"),
    path("api/v1/", api.urls),
    path("api/docs/", docs, name="api-docs"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("datasets/<int:pk>/", dataset.dataset, name="dataset"),
    path("datasets/<int:pk>/jobs/", dataset.work, name="dataset-work"),
    path("review/<int:pk>/overview/", round.round_page, name="round"),
    path("datasets/<int:pk>/retention/", privacy.retention, name="dataset-retention"),
    path("dialogues/<int:pk>/", dialogue.dialogue, name="dialogue"),
    path("scores/<int:pk>/why/", why.why, name="why"),
    path("scores/<int:pk>/nearest/", why.nearest, name="nearest"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<slug:slug>/<int:pk>/", jobs.show, name="job"),
    path("jobs/<slug:slug>/<int:pk>/resume/", jobs.resume, name="resume-job"),
    path("jobs/<slug:slug>/<int:pk>/cancel/", jobs.cancel, name="cancel-job"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="add-person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/role/", people.change_role, name="change-role"),
    path("people/<int:pk>/active/", people.set_active, name="set-active"),
    path("people/<int:pk>/unlock/", people.unlock, name="unlock-person"),
    path("people/<int:pk>/tokens/revoke/", people.revoke_tokens, name="revoke-tokens"),
    path("audit/", audit.audit, name="audit"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/erase/", privacy.erase, name="erase"),
    path("privacy/<int:pk>/", privacy.erasure, name="erasure"),
    *watch_pages,
    path("memory/", memory.memory, name="memory"),
    path("memory/ask/", memory.ask, name="ask"),
    path("memory/trials/<int:pk>/", memory.trial, name="trial"),
    path("memory/add/", memory.add, name="add-entry"),
    path("memory/import/", memory.import_file, name="import-faq"),
    path("memory/pairs/<int:pk>/", memory.decide, name="decide-pair"),
    path("memory/approve/", memory.approve, name="approve-entries"),
    path("memory/<int:pk>/", memory.entry, name="entry"),
    path("memory/<int:pk>/state/", memory.change_state, name="entry-state"),
    path("", include(([*importing, *listing], "dialogues"))),
    path("scores/", include("review.score_room.urls")),
    path("", include(([*pattern_pages, *ledger_patterns], "serving"))),
    path("", include("training.urls")),
    path("", include("review.urls")),
    path("admin/", admin.site.urls),
]
