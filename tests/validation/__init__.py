"""Compares catfoot with real recordings and with synthetic ones of known truth."""
