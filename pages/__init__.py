"""Streamlit only: read widgets, call a service, draw."""
