"""What a saved object must be before it ships, a file a part."""
