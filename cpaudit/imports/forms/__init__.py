"""What people choose on the pages of an import. Cleaning only; the services decide."""
