"""The networks that posts come from, each behind the same few verbs."""
