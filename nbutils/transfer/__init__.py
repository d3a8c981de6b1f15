"""Chapter 5: how transferable is each layer of a network."""
