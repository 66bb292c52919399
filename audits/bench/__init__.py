"""How fast the system is beside the least that could do the same: `manage.py bench`.

Absolute times say more about a machine than about a program. So everything is measured as a pair in one run, ours and a
floor (a bare Django view over raw SQL, bare SQL, bare WeasyPrint, a bare reader with `bulk_create`), turn by turn, and
what is printed is the ratio of the medians.
"""
