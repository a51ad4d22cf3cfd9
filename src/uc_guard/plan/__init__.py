"""From facts to the smallest GRANT / REVOKE plan, and its proof."""
