"""Rules and dated, sourced figures. Knows nothing of Rasa."""
