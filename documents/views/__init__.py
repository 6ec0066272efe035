"""Pages of guides, papers and first steps."""
