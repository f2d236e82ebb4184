"""Pipeline components: from what people type to questions, places, ages and people."""
