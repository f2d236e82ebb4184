"""The gazetteer: divisions of China with their codes, and what we add to them by hand."""
