"""Chapter 6: look into a network while it looks at you."""
