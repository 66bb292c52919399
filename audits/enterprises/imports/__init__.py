"""Importing enterprises and their yearly figures by column mapping."""
