"""A fleet of virtual screens and tablets that speaks the real protocol, for an operator to try an installation with."""
