"""What asks a model: prompts, local engine, endpoints, the bundled judge; the only home of torch and openai."""
