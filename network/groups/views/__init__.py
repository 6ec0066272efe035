"""Groups: what they show, who comes and goes, and how they are run."""
