"""Nothing acknowledged is lost, doubled or shown to the wrong eyes, whatever dies meanwhile: a lab, people who talk in it, faults, and a checker."""
