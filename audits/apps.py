from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "audits"

    def ready(self) -> None:
        """Answer what lower floors ask of higher ones: who may see a file's owner, and what can be imported."""
        # Models can be imported only once all apps are loaded.
        from audits.enterprises.imports import enterprises, figures, shared
        from audits.enterprises.models import Enterprise
        from audits.options.imports import importer as options
        from audits.options.imports.target import OPTIONS, SENTENCES
        from audits.reports.models import Filing
        from audits.workflow.models import Audit
        from cpaudit.accounts import sight
        from cpaudit.imports.registry import registry

        sight.register("audits.audit", lambda user, pk: Audit.objects.visible_to(user).filter(pk=pk).exists())
        sight.register("audits.filing", lambda user, pk: Filing.objects.visible_to(user).filter(pk=pk).exists())
        sight.register("audits.enterprise", lambda user, pk: Enterprise.objects.visible_to(user).filter(pk=pk).exists())
        registry.add(
            enterprises.ENTERPRISES,
            enterprises.EnterpriseImporter,
            check=enterprises.check_can_import_enterprises,
            sentences=shared.SENTENCES,
        )
        registry.add(figures.FIGURES, figures.FigureImporter, check=figures.check_can_import_figures)
        registry.add(
            OPTIONS,
            options.OptionImporter,
            check=options.check_can_import_options,
            sentences=SENTENCES,
        )
