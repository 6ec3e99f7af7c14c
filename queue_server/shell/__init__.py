"""What touches the network: the socket, the pages, who is let in. Decides nothing about the queue."""
