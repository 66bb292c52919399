"""Importing options: into audits in work, or as the results of past audits, which are recorded along the way."""
