"""Static files under names that carry their hash; our JavaScript modules import one another by relative paths, which are rewritten too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
