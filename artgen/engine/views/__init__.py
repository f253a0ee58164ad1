"""What perceptors see, drawn for people."""
