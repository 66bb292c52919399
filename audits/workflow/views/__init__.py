"""The pages of an audit, by subject."""
