"""The web application: rooms by user task over shared models. Start at `factory.create_app`."""
