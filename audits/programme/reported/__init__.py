"""Programmes that were reported as sums: entered as printed, checked for plausibility, never corrected."""
