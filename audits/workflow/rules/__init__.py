"""The audit's rules, by subject. Pure."""
