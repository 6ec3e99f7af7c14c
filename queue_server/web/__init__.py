"""What every page needs: who asks, from where, and how an answer is made."""
