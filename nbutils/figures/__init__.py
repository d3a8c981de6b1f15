"""Arrays in, pictures out; one palette."""
