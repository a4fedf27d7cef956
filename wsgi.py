"""The application object for web servers and for `flask`."""

from config import load_settings
from qa_app.factory import create_app

app = create_app(load_settings())
