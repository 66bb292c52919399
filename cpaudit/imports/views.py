"""Pages."""


def run_detail(request, pk, run_pk):
    """Later."""
