"""What the figures in the documentation are measured by."""
