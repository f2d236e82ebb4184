"""The rasa-sdk action: hands the turn over to the dialogue, says its reply, keeps its state."""
