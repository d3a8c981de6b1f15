"""Chapter 4: train a restricted Boltzmann machine by eye."""
