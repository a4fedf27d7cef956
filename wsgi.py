"""The application object for web servers and for `flask`."""

from qa_app.factory import create_app

from config import load_settings

app = create_app(load_settings())
