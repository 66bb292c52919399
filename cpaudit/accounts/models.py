"""People, the bodies they act for, and their postings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.roles import ROLES, STAFFS, BodyKind, Permission, Role
from cpaudit.reference.models import Region, Sector

if TYPE_CHECKING:
    from collections.abc import Iterable


class AuthorityKind(models.TextChoices):
    ENVIRONMENTAL = "environmental", _("Environmental authority")
    INDUSTRY = "industry", _("Industry department")


class BodyQuerySet(models.QuerySet["Body"]):
    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds)

    def visible_to(self, user: User) -> Self:
        """Bodies whose people a user may see: his own, and, if he may invite, those his body helps to staff (`STAFFS`).

        An authority reaches its region's subtree; of the enterprises there, an industry department its industries'.
        """
        own = user.body
        if own is None:
            return self.none()
        if not user.may(Permission.INVITE):
            return self.filter(pk=own.pk)
        staffed = Q(kind__in=STAFFS[BodyKind(own.kind)])
        if own.kind == BodyKind.AUTHORITY:
            staffed &= Q(region__path__startswith=own.region.path)
        if own.is_industry_department:
            staffed &= ~Q(kind=BodyKind.ENTERPRISE) | Q(enterprise__sector__in=own.sectors.all())
        return self.filter(Q(pk=own.pk) | staffed)

    def authorities_over(self, region: Region, sector: Sector | None) -> Self:
        """Authorities whose jurisdiction covers a place and an industry: Items 3 and 4, the union of both."""
        codes = region.path.rstrip("/").split("/")
        above = ["/".join(codes[:length]) + "/" for length in range(1, len(codes) + 1)]
        environmental = Q(authority_kind=AuthorityKind.ENVIRONMENTAL)
        industry = Q(authority_kind=AuthorityKind.INDUSTRY, sectors=sector) if sector else Q(pk__in=[])
        return self.filter(environmental | industry, kind=BodyKind.AUTHORITY, region__path__in=above).distinct()


class Body(models.Model):
    """Whatever a person can act for: an authority, the national centre, an organisation, an enterprise.

    An authority's jurisdiction is its region's subtree; an industry department's, its sectors inside that subtree.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=[(k.value, k.value) for k in BodyKind])
    authority_kind = models.CharField(_("kind of authority"), max_length=16, choices=AuthorityKind.choices, blank=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="bodies", verbose_name=_("region"))
    sectors = models.ManyToManyField(Sector, blank=True, related_name="bodies", verbose_name=_("industries"))

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = ["name_en", "name_zh", "pk"]
        indexes = [models.Index(fields=["kind", "region"]), models.Index(fields=["name_en"])]
        constraints = [
            models.CheckConstraint(
                name="body_authority_kind_iff_authority",
                condition=Q(kind=BodyKind.AUTHORITY, authority_kind__in=AuthorityKind.values)
                | (~Q(kind=BodyKind.AUTHORITY) & Q(authority_kind="")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, the other where it is missing."""
        if (get_language() or "en").startswith("zh"):
            return self.name_zh or self.name_en
        return self.name_en or self.name_zh

    @property
    def names(self) -> dict[str, str]:
        """Both names, for records that must outlive this row."""
        return {"zh": self.name_zh, "en": self.name_en}

    @property
    def is_industry_department(self) -> bool:
        return self.authority_kind == AuthorityKind.INDUSTRY


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who signs in with `email`; without a password he cannot sign in until he sets one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. What he may do comes from the posting he acts in, never from the account itself."""

    email = models.EmailField(_("e-mail"), unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=80, blank=True)
    name_en = models.CharField(_("name (Latin)"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        if (get_language() or "en").startswith("zh"):
            return self.name_zh or self.name_en or self.email
        return self.name_en or self.name_zh or self.email

    @property
    def names(self) -> dict[str, str]:
        return {"zh": self.name_zh or self.name_en or self.email, "en": self.name_en or self.name_zh or self.email}

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def current_postings(self) -> list[Posting]:
        """Postings in force today, with body and region at hand; the oldest first."""
        return list(self.postings.active(on=timezone.localdate()).select_related("body", "body__region").order_by("pk"))

    @cached_property
    def posting(self) -> Posting | None:
        """The posting he acts in: the one chosen with `acting_as`, else his first."""
        return self.current_postings[0] if self.current_postings else None

    def acting_as(self, posting: Posting | None) -> Self:
        """The same person with that posting chosen."""
        self.__dict__["posting"] = posting
        return self

    def may(self, permission: Permission) -> bool:
        """Does the role of his posting carry this permission? *Where* is asked by the policies."""
        return self.posting is not None and permission in self.posting.role_entry.permissions

    @property
    def body(self) -> Body | None:
        return self.posting.body if self.posting else None


class PostingQuerySet(models.QuerySet["Posting"]):
    def active(self, *, on: dt.date) -> Self:
        """In force on that day. One that was ended by somebody no longer holds on the day it was ended."""
        running_out = Q(ended_at=None) & (Q(valid_to=None) | Q(valid_to__gte=on))
        cut_short = Q(ended_at__isnull=False, valid_to__gt=on)
        return self.filter(running_out | cut_short, valid_from__lte=on)

    def visible_to(self, user: User) -> Self:
        return self.filter(body__in=Body.objects.visible_to(user))

    def may(self, permission: Permission) -> Self:
        """Postings whose role carries the permission."""
        return self.filter(role__in=[key for key, role in ROLES.items() if permission in role.permissions])

    def of_bodies(self, bodies: Iterable[Body] | models.QuerySet[Body]) -> Self:
        return self.filter(body__in=bodies)


class Posting(models.Model):
    """A person in a role at a body, from one day to another (inclusive), or until somebody ends it at once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="postings")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(_("role"), max_length=24, choices=[(key, _(role.label)) for key, role in ROLES.items()])
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "body", "role"], condition=Q(valid_to=None), name="posting_once_at_a_time"
            ),
            models.CheckConstraint(
                name="posting_to_after_from", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="posting_ended_has_last_day", condition=Q(ended_at=None) | Q(valid_to__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.body}"

    @property
    def role_entry(self) -> Role:
        return ROLES[self.role]

    def get_role_label(self) -> str:
        """The role's name in the reader's language."""
        return gettext(self.role_entry.label)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(body__in=Body.objects.visible_to(user))

    def open(self) -> Self:
        """Neither accepted nor withdrawn; it may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """An e-mailed offer of a posting; works for people with an account and without.

    `nonce` goes into the link's signature (`accounts.invitation_links`): a fresh one makes every earlier link void.
    No row holds a link, and with the rows alone, without the secret key, nobody can make one.
    """

    email = models.EmailField(_("e-mail"))
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=24)
    name_zh = models.CharField(_("name (Chinese)"), max_length=80, blank=True)
    name_en = models.CharField(_("name (Latin)"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    nonce = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="invitations_sent")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="invitations_accepted")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["email", "body", "role"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.body}"

    @property
    def role_entry(self) -> Role:
        return ROLES[self.role]

    def get_role_label(self) -> str:
        """The role's name in the reader's language."""
        return gettext(self.role_entry.label)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        """A person's own tokens, in all his postings."""
        return self.filter(posting__user=user)

    def usable(self, *, at: dt.datetime) -> Self:
        """Neither revoked nor expired, of a posting in force and a person who may sign in."""
        in_force = Posting.objects.active(on=timezone.localdate(at))
        return self.filter(revoked_at=None, expires_at__gt=at, posting__in=in_force, posting__user__is_active=True)


class ApiToken(models.Model):
    """A REST token: shown once, stored as a hash, expiring, to read or to write, acting in one posting."""

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(_("label"), max_length=80)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    may_write = models.BooleanField(_("may write"), default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]
        constraints = [
            # A label tells one token from another; it also keeps a double click from making two.
            models.UniqueConstraint(
                fields=["posting", "label"], condition=Q(revoked_at=None), name="token_label_once_a_posting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.label})"

    @property
    def last_day(self) -> dt.date:
        """The last day on which it works."""
        return timezone.localdate(self.expires_at - dt.timedelta(microseconds=1))


class IdempotencyKey(models.Model):
    """The answer already given to a writing call, so that a repeated call gets it again and does nothing twice.

    Written in the transaction of what the call did: there is a row exactly if there is an effect.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
