"""What a watcher asks."""
