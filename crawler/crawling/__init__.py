"""What the base spider is made of: known pages, back-fill, second looks, failures, documents."""
