"""Stands in for a mail provider: SMTP for what the force sends, a little IMAP for what it reads, a citizen's page."""
