"""What chapter 5 puts on its page."""
