"""The journal as others read it: the feed of its entries, and word that there are more."""
