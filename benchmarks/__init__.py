"""Measuring: how well the bot understands, and how fast it answers."""
