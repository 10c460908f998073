"""Readers of the feeds that shops already have (products, local inventory, stores): pure code, no database."""
