"""Pages and files of feeds."""
