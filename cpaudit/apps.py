from django.apps import AppConfig


class CpauditConfig(AppConfig):
    name = "cpaudit"
    verbose_name = "CP Audit"

    def ready(self) -> None:
        """Answer what lower floors ask of higher ones: how mails link, and who may see whose files.

        And tell the API's schema what it cannot see by itself.
        """
        # Models can be imported only once all apps are loaded.
        from cpaudit.accounts import sight
        from cpaudit.imports.models import Import
        from cpaudit.members.links import invitation_link
        from cpaudit.notices import links
        from cpaudit.web import schema  # noqa: F401  (drf-spectacular finds its extensions once they are imported)

        links.register("account.invited", invitation_link)
        sight.register("cpaudit.import", lambda user, pk: Import.objects.visible_to(user).filter(pk=pk).exists())
