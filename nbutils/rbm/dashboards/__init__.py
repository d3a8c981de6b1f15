"""What chapter 4 puts on its page."""
