"""Facebook pages and Instagram accounts: what people post and write there, hooks out, and the Graph API for them."""
