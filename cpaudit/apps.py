from django.apps import AppConfig


class CpauditConfig(AppConfig):
    name = "cpaudit"
    verbose_name = "CP Audit"

    def ready(self) -> None:
        """Answer what lower floors ask of higher ones: how the links of an invitation's e-mail are made."""
        # Models can be imported only once all apps are loaded.
        from cpaudit.members.links import invitation_link
        from cpaudit.notices import links

        links.register("account.invited", invitation_link)
