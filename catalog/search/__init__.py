"""Words that people type to products, best first: pure, in memory, alike for every database."""
