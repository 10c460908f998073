"""The demonstration house: an invented brand with its range, stores, stock and drawn pictures."""
