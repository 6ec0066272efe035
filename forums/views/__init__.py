"""The forum's pages and what its forms post to; one file a noun."""
