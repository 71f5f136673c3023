"""The drill: a crisis prepared for, played and reviewed with the people who would decide in it."""
