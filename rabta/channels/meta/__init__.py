"""What the channels of one provider (WhatsApp, Facebook, Instagram) share: signed hooks and the Graph API."""
