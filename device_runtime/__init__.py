"""What every box of the hall needs once, and what knows no box: small files that survive a power cut, device keys."""
