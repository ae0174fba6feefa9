"""Official versions: written, approved and released by officers; read and checked by everybody."""
