"""The police version of an incident: asked for, written, approved by another officer, released, corrected (K21–K22)."""
