from django.urls import path, register_converter

from cpaudit.imports.views import files, mappings, runs


class FileKind:
    """The endings problems can be downloaded with."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileKind, "kind")
app_name = "imports"
urlpatterns = [
    path("", files.run_list, name="run-list"),
    path("new/", files.import_create, name="import-create"),
    path("mappings/<int:pk>/forget/", mappings.mapping_forget, name="mapping-forget"),
    path("<int:pk>/", files.import_detail, name="import-detail"),
    path("<int:pk>/mapping/", mappings.import_mapping, name="import-mapping"),
    path("<int:pk>/mapping/use/", mappings.mapping_use, name="mapping-use"),
    path("<int:pk>/mapping/keep/", mappings.mapping_keep, name="mapping-keep"),
    path("<int:pk>/sheet/", mappings.sheet_choose, name="sheet-choose"),
    path("<int:pk>/lookups/<slug:field>/", mappings.lookup_edit, name="lookup-edit"),
    path("<int:pk>/dry-run/", runs.dry_run_start, name="dry-run-start"),
    path("<int:pk>/start/", runs.import_start, name="import-start"),
    path("<int:pk>/runs/<int:run_pk>/", runs.run_detail, name="run-detail"),
    path("<int:pk>/runs/<int:run_pk>/problems.<kind:kind>", runs.problems_download, name="problems-download"),
    path("<int:pk>/runs/<int:run_pk>/refused.csv", runs.refused_download, name="refused-download"),
]
