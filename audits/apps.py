from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "audits"

    def ready(self) -> None:
        """Put the kinds of records that can be imported into the foundation's list."""
        from audits.enterprises import imports as enterprises  # models are only there once all apps are loaded
        from cpaudit.imports.registry import registry

        registry.add(
            enterprises.ENTERPRISES,
            enterprises.EnterpriseImporter,
            check=enterprises.check_can_import_enterprises,
            sentences=enterprises.SENTENCES,
        )
        registry.add(enterprises.FIGURES, enterprises.FigureImporter, check=enterprises.check_can_import_figures)
