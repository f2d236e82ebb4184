"""Channels: one neutral message in, one neutral reply out. They know no topic."""
