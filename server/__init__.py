"""The launcher: training, serving, and the few places where Rasa has to be worked around."""
