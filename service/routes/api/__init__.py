"""The API: OpenAPI 3.1, problem+json, bearer tokens. The same operations and queries as the pages."""
