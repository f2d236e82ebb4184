"""What people do in a conversation: ask, tell, pick, ask about the answer, feel, go astray."""
