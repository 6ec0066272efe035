"""Pages of ties and of offers."""
