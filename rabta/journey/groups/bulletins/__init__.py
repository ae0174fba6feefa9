"""Emergency bulletins and rumours, and what people answer to them."""
