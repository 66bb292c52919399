from django.urls import path, register_converter

from cpaudit.imports import views


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
    path("", views.run_list, name="run-list"),
    path("new/", views.import_create, name="import-create"),
    path("mappings/<int:pk>/forget/", views.mapping_forget, name="mapping-forget"),
    path("<int:pk>/", views.import_detail, name="import-detail"),
    path("<int:pk>/mapping/", views.import_mapping, name="import-mapping"),
    path("<int:pk>/mapping/use/", views.mapping_use, name="mapping-use"),
    path("<int:pk>/mapping/keep/", views.mapping_keep, name="mapping-keep"),
    path("<int:pk>/sheet/", views.sheet_choose, name="sheet-choose"),
    path("<int:pk>/lookups/<slug:field>/", views.lookup_edit, name="lookup-edit"),
    path("<int:pk>/dry-run/", views.dry_run_start, name="dry-run-start"),
    path("<int:pk>/start/", views.import_start, name="import-start"),
    path("<int:pk>/runs/<int:run_pk>/", views.run_detail, name="run-detail"),
    path("<int:pk>/runs/<int:run_pk>/problems.<kind:kind>", views.problems_download, name="problems-download"),
    path("<int:pk>/runs/<int:run_pk>/refused.csv", views.refused_download, name="refused-download"),
]
