"""The pages of options."""

from django.urls import path

from audits.options.views import acts, following, register

ALL = "audits/<int:pk>/options/"
ONE = ALL + "<int:option_pk>/"
urlpatterns = [
    path("options/", following.my_options, name="my-options"),
    path("audits/<int:pk>/cost-classes/", register.audit_thresholds, name="audit-thresholds"),
    path(ALL, register.option_list, name="option-list"),
    path(f"{ALL}options.csv", register.option_export, name="option-export"),
    path(f"{ALL}add/", register.option_add, name="option-add"),
    path(ONE, register.option_detail, name="option-detail"),
    path(f"{ONE}edit/", register.option_edit, name="option-edit"),
    path(f"{ONE}do/<slug:deed>/", acts.option_act, name="option-act"),
    path(f"{ONE}effects/<slug:kind>/", acts.effect_record, name="effect-record"),
    path(f"{ONE}effects/<int:effect_pk>/remove/", acts.effect_remove, name="effect-remove"),
    path(f"{ONE}files/", acts.evidence_add, name="evidence-add"),
    path(f"{ONE}files/<int:file_pk>/remove/", acts.evidence_remove, name="evidence-remove"),
]
