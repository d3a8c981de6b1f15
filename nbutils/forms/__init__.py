"""Chapter 3: solid shapes bred by choosing parents, kept, shared and printed."""
