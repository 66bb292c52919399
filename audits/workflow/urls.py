"""The pages of the workflow."""

from django.urls import path

from audits.workflow.views import audits, listing, stages, team

urlpatterns = [
    path("enterprises/<int:pk>/list/", listing.listing_create, name="listing-create"),
    path("audits/", audits.audit_list, name="audit-list"),
    path("audits/open/", audits.audit_create, name="audit-create"),
    path("audits/<int:pk>/", audits.audit_detail, name="audit-detail"),
    path("audits/<int:pk>/history/", audits.audit_history, name="audit-history"),
    path("audits/<int:pk>/engage/", audits.audit_engage, name="audit-engage"),
    path("audits/<int:pk>/do/<slug:action>/", audits.audit_act, name="audit-act"),
    path("audits/<int:pk>/start/", team.audit_start, name="audit-start"),
    path("audits/<int:pk>/team/", team.team, name="team"),
    path("audits/<int:pk>/team/<int:member_pk>/remove/", team.member_remove, name="member-remove"),
    path("audits/<int:pk>/stages/<int:number>/", stages.stage_detail, name="stage-detail"),
    path("audits/<int:pk>/stages/<int:number>/begin/", stages.stage_begin, name="stage-begin"),
    path("audits/<int:pk>/stages/<int:number>/submit/", stages.stage_complete, name="stage-complete"),
    path("audits/<int:pk>/stages/<int:number>/do/<slug:action>/", stages.stage_act, name="stage-act"),
    path("audits/<int:pk>/stages/<int:number>/dates/", stages.stage_dates, name="stage-dates"),
    path("audits/<int:pk>/stages/<int:number>/work/", stages.work_log, name="work-log"),
    path("audits/<int:pk>/stages/<int:number>/work/<int:entry_pk>/remove/", stages.work_remove, name="work-remove"),
    path("audits/<int:pk>/stages/<int:number>/files/", stages.file_add, name="stage-file-add"),
    path(
        "audits/<int:pk>/stages/<int:number>/files/<int:file_pk>/remove/", stages.file_remove, name="stage-file-remove"
    ),
    path("audits/<int:pk>/stages/<int:number>/sections/<slug:key>/", stages.section_write, name="section-write"),
    path(
        "audits/<int:pk>/stages/<int:number>/deliverables/<slug:key>/",
        stages.deliverable_mark,
        name="deliverable-mark",
    ),
]
