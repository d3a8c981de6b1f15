"""Pictures that units of a network prefer: made by climbing their answers, from one recipe."""
