"""What each word of the `vitrine` command does."""
