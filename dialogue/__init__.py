"""The conversation: what is meant in the light of what was said, and what to answer.

Knows neither Rasa nor any channel.
"""
