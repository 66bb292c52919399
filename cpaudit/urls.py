"""Every address of the site. Pages at the root, REST under /api/v1/."""

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from audits.desk.views import home
from cpaudit.web import views as web

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    # A person's address is where he was invited; it is not changed by himself, so allauth's page for that is shut.
    path("sign-in/email/", web.page_not_found),
    path("sign-in/", include("allauth.urls")),
    path("api/v1/", include("cpaudit.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("cpaudit.members.urls")),
    path("inbox/", include("cpaudit.notices.urls")),
    path("imports/", include("cpaudit.imports.urls")),
    path("files/", include("cpaudit.documents.urls")),
    path("", home, name="home"),
    path("auditors/", include("auditors.urls")),
    path("organisations/", include("consultancies.urls")),
    path("", include("audits.urls")),
]

if settings.DEBUG:
    urlpatterns.insert(0, path("styleguide/", web.styleguide, name="styleguide"))

handler400 = web.bad_request
handler403 = web.permission_denied
handler404 = web.page_not_found
handler500 = web.server_error
