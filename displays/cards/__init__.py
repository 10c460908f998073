"""What a card is made of and how it is composed: values in, HTML bytes out."""
