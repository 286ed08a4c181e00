"""The pages that a browser looks at as a whole."""

PAGES = (
    *("/", "/review/", "/review/1/", "/scores/", "/cloud/", "/import/", "/datasets/1/", "/dialogues/1/", "/jobs/"),
    *("/audit/", "/accounts/password_change/", "/memory/", "/memory/add/", "/dialogues/?q=a", "/find/"),
    *("/calibration/",),
)
