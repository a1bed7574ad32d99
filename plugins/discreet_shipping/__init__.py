"""How a parcel and everything around it looks to others, as a promise that is kept."""
