"""The application object for web servers and for `flask`."""

import gc

# Starting makes half a million objects that all stay. Looking through them again and again for rubbish costs nearly
# half of a start, and a tenth of a second whenever it happens later: they are set aside for good.
gc.disable()

from config import load_settings  # noqa: E402
from qa_app.factory import create_app  # noqa: E402

app = create_app(load_settings())

gc.freeze()
gc.enable()
