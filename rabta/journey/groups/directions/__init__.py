"""Instructions on their way down, with receipt and proof; good work on its way up."""
