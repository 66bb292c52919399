"""Enter an authority or the national centre, and invite its first person: how an installation begins.

manage.py enter_body authority --region 210500 --name-zh 本溪市生态环境局 --name-en "Benxi Ecology Bureau" \\
    --invite someone@example.org --role regulator
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cpaudit.accounts.roles import BodyKind, roles_for
from cpaudit.members.services import enter_body, invite
from cpaudit.reference.models import Region, Sector
from cpaudit.rulebook.errors import Invalid, Refusal


class Command(BaseCommand):
    help = "Enters an authority or the national centre, and invites its first person by e-mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[BodyKind.AUTHORITY.value, BodyKind.CENTRE.value])
        parser.add_argument("--region", required=True, help="GB/T 2260 code; 100000 is the nation")
        parser.add_argument("--name-zh", required=True)
        parser.add_argument("--name-en", default="")
        parser.add_argument("--sector", action="append", default=[], help="GB/T 4754 code of an industry department")
        parser.add_argument("--invite", metavar="E-MAIL")
        parser.add_argument("--role", help="role of the invited person; the body's first one if left out")

    def handle(self, *_args: Any, **options: Any) -> None:
        kind = BodyKind(options["kind"])
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(
                f"There is no region {options['region']}. Is the reference data loaded (load_reference)?"
            )
        sectors = list(Sector.objects.filter(code__in=options["sector"]))
        if len(sectors) < len(set(options["sector"])):
            raise CommandError("One of the sectors is unknown. Give codes of GB/T 4754 divisions, such as C31.")
        now = timezone.now()
        try:
            body = enter_body(
                kind=kind,
                name_zh=options["name_zh"],
                name_en=options["name_en"],
                region=region,
                sectors=sectors,
                by=None,
                at=now,
            )
            if options["invite"]:
                role = options["role"] or roles_for(kind)[0].key
                invite(body=body, email=options["invite"], role=role, by=None, at=now)
        except Invalid as invalid:
            raise CommandError("; ".join(str(s) for texts in invalid.errors.values() for s in texts)) from invalid
        except Refusal as refusal:
            raise CommandError(refusal.sentence % refusal.params) from refusal
        self.stdout.write(f"{body} is entered." + (f" {options['invite']} is invited." if options["invite"] else ""))
