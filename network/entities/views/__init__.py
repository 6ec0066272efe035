"""The directory, an institution's pages, its register entry, and who speaks for it."""
