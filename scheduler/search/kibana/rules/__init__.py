"""What a file must hold to before Kibana gets it: several of these faults import well and break in the browser."""
