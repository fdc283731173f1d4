"""The web: thin routes between a schema, one operation or query, and a template."""
