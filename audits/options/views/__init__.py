"""The pages of options, by subject."""
