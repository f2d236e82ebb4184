"""rasa-sdk actions: what was understood, turned into one question to the policy and one reply."""
