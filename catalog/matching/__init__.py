"""Words to variants, with reasons: given a post and what a feed sells, what to show beside it, or why nothing."""
