"""The house's rules, held by a machine: which way imports go, what is pure, who may write, where queries begin."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("cpaudit", "consultancies", "auditors", "audits")

# From the roof to the ground; a room may import rooms of lower floors only.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("audits.bench",),
    ("audits.desk", "audits.demo"),
    ("audits.statistics",),
    ("audits.reports",),
    ("audits.options",),
    ("audits.workflow",),
    ("audits.programme",),
    ("audits.enterprises",),
    ("auditors.registration",),
    ("auditors.people",),
    ("consultancies.organisations",),
    ("cpaudit.imports", "cpaudit.members"),
    ("cpaudit.documents", "cpaudit.notices"),
    ("cpaudit.trail",),
    ("cpaudit.jobs",),
    ("cpaudit.web",),
    ("cpaudit.accounts",),
    ("cpaudit.reference",),
    ("cpaudit.rulebook",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
GATHERING = {f"{app}.{name}" for app in APPS for name in ("models", "urls", "apps", "tasks", "api_urls")}
PURE = ("rules", "rulebook")
FRAMEWORKS = ("django", "rest_framework", "celery", "allauth", "drf_spectacular")
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def modules() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = list(modules())


def room_of(module: str) -> str | None:
    found = [room for room in FLOOR if module == room or module.startswith(room + ".")]
    return max(found, key=len) if found else None


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module imported, with its line; what only type checkers read does not count."""
    skipped = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def wrong_imports(module: str, tree: ast.AST) -> list[str]:
    room = room_of(module)
    wrong = []
    for name, line in imports(tree):
        target = room_of(name)
        if room and target and target != room and FLOOR[target] <= FLOOR[room]:
            wrong.append(f"{module}:{line} imports {name}: {target} does not lie below {room}")
        if name in GATHERING and room:
            wrong.append(f"{module}:{line} imports the gathering file {name}; the name lives in its room")
    return wrong


def impure_imports(module: str, tree: ast.AST) -> list[str]:
    if not is_pure(module):
        return []
    return [
        f"{module}:{line} is pure and imports {name}"
        for name, line in imports(tree)
        if name.split(".")[0] in FRAMEWORKS or name.rsplit(".", 1)[-1] in {"models", "services", "selectors"}
    ]


def is_pure(module: str) -> bool:
    return any(part in PURE or part.endswith("_rules") for part in module.split("."))


def is_edge(module: str) -> bool:
    """Views, REST views, forms, serializers, filters and tasks: they ask and show, others write."""
    names = {"views", "api", "forms", "serializers", "filters", "tasks"}
    return any(part in names or part.startswith(("views_", "api_")) for part in module.split("."))


def writes_at_the_edge(module: str, tree: ast.AST) -> list[str]:
    if not is_edge(module):
        return []
    return [
        f"{module}:{node.lineno} writes with .{node.func.attr}("
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and not is_plain_container(node.func.value)
        and has_no_database_meaning(node) is False
    ]


def is_plain_container(value: ast.expr) -> bool:
    """`{}.update(…)` and `context.update(…)` of a dictionary are no writes."""
    return isinstance(value, ast.Dict) or (isinstance(value, ast.Name) and value.id in {"context", "page", "data"})


def has_no_database_meaning(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and "hash" in ast.dump(call.func.value)


def unscoped_queries(module: str, tree: ast.AST) -> list[str]:
    """In views and REST views a tenant's rows are reached through `visible_to(` only."""
    if not any(part in {"views", "api"} or part.startswith(("views_", "api_")) for part in module.split(".")):
        return []
    tenants = {"Audit", "Enterprise", "Listing", "ReportedProgramme", "Option", "Rendering", "Notice", "ImportRun"}
    scoped: set[int] = set()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"visible_to", "none"}:
            scoped.update(id(child) for child in ast.walk(node))
    for node in ast.walk(tree):
        is_manager = isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name)
        if is_manager and node.value.id in tenants and id(node) not in scoped:
            found.append(f"{module}:{node.lineno} queries {node.value.id} without visible_to(")
    return found


def services_without_by_and_at(module: str, tree: ast.AST) -> list[str]:
    parts = module.split(".")
    if "services" not in parts and not parts[-1].endswith("_services"):
        return []
    wrong = []
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.FunctionDef) and is_public(module, node.name) and writes(node):
            names = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
            if not {"by", "at"} <= names:
                wrong.append(f"{module}:{node.lineno} {node.name} writes and does not take by and at")
    return wrong


def is_public(module: str, name: str) -> bool:
    """In a package of services, what its `__init__` gives out; elsewhere, what has no underscore."""
    package, _dot, _file = module.rpartition(".")
    gathered = ROOT / package.replace(".", "/") / "__init__.py"
    if package.endswith("services") and gathered.exists():
        return name in {
            alias.name
            for node in ast.walk(ast.parse(gathered.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
    return not name.startswith("_")


def writes(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in WRITES and "objects" in ast.dump(node.func))
            or (isinstance(node.func, ast.Name) and node.func.id in {"record", "notify", "move"})
        )
        for node in ast.walk(function)
    )


CHECKS = (wrong_imports, impure_imports, writes_at_the_edge, unscoped_queries, services_without_by_and_at)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_house_holds(check):
    found = [line for module, path in MODULES for line in check(module, ast.parse(path.read_text("utf-8")))]
    assert not found, "\n".join(found)


PLANTED = [
    (wrong_imports, "audits.workflow.services.x", "from audits.options.models import Option"),
    (wrong_imports, "audits.workflow.views.x", "from audits.models import Audit"),
    (wrong_imports, "cpaudit.web.x", "def f():\n    from cpaudit.trail.models import Event"),
    (impure_imports, "audits.workflow.rules.x", "from django.utils import timezone"),
    (impure_imports, "audits.options.rules", "from audits.options.models import Option"),
    (writes_at_the_edge, "audits.workflow.views.x", "def f(audit):\n    audit.save()"),
    (writes_at_the_edge, "audits.tasks", "Audit.objects.filter(pk=1).update(status='x')"),
    (unscoped_queries, "audits.workflow.views.x", "a = Audit.objects.get(pk=1)"),
    (services_without_by_and_at, "audits.x.services", "def f(*, by):\n    Audit.objects.create()"),
    (services_without_by_and_at, "audits.x.services", "def f(audit, at):\n    record(verb='x')"),
]


@pytest.mark.parametrize(("check", "module", "source"), PLANTED)
def test_a_planted_violation_is_caught(check, module, source):
    assert check(module, ast.parse(source))


def test_what_is_right_passes():
    source = "a = get_object_or_404(Audit.objects.visible_to(user).with_names(), pk=1)"
    assert not unscoped_queries("audits.workflow.views.x", ast.parse(source))
    assert not wrong_imports("audits.options.services", ast.parse("from audits.workflow.models import Audit"))


def test_every_room_is_on_a_floor():
    """A new room must say where it lies."""
    homeless = {
        module
        for module, path in MODULES
        if path.name == "models.py" and module.count(".") == 2 and room_of(module) is None
    }
    assert not homeless
