"""The application for the server: `gunicorn wsgi:application`."""

from service.app import create_app
from service.config import Config
from service.start import open_house

config = Config.from_environment()
open_house(config)
application = create_app(config)
