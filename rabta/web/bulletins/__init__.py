"""Emergency bulletins and rumours."""
