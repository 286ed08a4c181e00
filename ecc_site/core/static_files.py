"""Static files in production: named by their content, compressed, and our scripts import each other by those names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

PATTERNS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class Storage(CompressedManifestStaticFilesStorage):
    """Django would look for imports in every script, and stumbles over text in those of others that looks like one."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("ecc/*.js", PATTERNS)  # Django offers no public way to narrow it
