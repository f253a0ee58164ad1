"""What the contracts' checks look with: at the process, the machine, another device, and what is kept or declared."""
