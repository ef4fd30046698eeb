"""What Kibana shows: publishing, the saved objects, their import and check."""
