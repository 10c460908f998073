"""Product pictures, campaign artwork, avatars and photographs of the demonstration house, all drawn with Pillow."""
