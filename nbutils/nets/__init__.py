"""Small convolutional networks of eight layers and the loop that trains them."""
