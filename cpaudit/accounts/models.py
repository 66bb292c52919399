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

from cpaudit.accounts.roles import ROLES, BodyKind, Permission
from cpaudit.reference.models import Region, Sector

if TYPE_CHECKING:
    from collections.abc import Iterable


class AuthorityKind(models.TextChoices):
    ENVIRONMENTAL = "environmental", _("Environmental authority")
    INDUSTRY = "industry", _("Industry department")


class BodyQuerySet(models.QuerySet["Body"]):
    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds)

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
        """In force on that day, at a body."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)

    def may(self, permission: Permission) -> Self:
        """Postings whose role carries the permission."""
        return self.filter(role__in=[key for key, role in ROLES.items() if permission in role.permissions])

    def of_bodies(self, bodies: Iterable[Body] | models.QuerySet[Body]) -> Self:
        return self.filter(body__in=bodies)


class Posting(models.Model):
    """A person in a role at a body, from one day to another (inclusive)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="postings")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(_("role"), max_length=24, choices=[(key, role.label) for key, role in ROLES.items()])
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.body}"

    @property
    def role_entry(self) -> Any:
        return ROLES[self.role]

    def get_role_label(self) -> str:
        """The role's name in the reader's language."""
        return gettext(self.role_entry.label)


class Invitation(models.Model):
    """An e-mailed offer of a posting; works for people with an account and without. The token is stored as a hash."""

    email = models.EmailField(_("e-mail"))
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=24)
    name_zh = models.CharField(_("name (Chinese)"), max_length=80, blank=True)
    name_en = models.CharField(_("name (Latin)"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="invitations_sent")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="invitations_accepted")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

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

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.label})"


class IdempotencyKey(models.Model):
    """The answer already given to a writing call, so that a repeated call gets it again and does nothing twice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
