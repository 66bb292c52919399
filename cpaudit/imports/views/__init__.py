"""Pages of an import: upload, mapping, lookups, dry run, import, and what became of every row."""
