"""Shows and says: the board of the hall and the loudspeaker. Decides nothing about queues."""
