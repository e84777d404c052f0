"""What the banks promise holders: offers, outlets, machines (Art. 24)."""
