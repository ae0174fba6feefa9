"""Groups outside our channels: their exported chats are brought in here."""
