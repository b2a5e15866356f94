"""Taking documents in from outside: by delivery of an OA system, by folder, by import of an old site."""
