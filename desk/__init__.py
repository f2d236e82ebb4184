"""The operators' page at ``/desk``: what people ask, what is known, and publishing what is mended.

Off unless ``settings/desk.yml`` names somebody (``python -m desk.users add``).
"""
