"""The application for the server: `gunicorn wsgi:application`."""

from service.app import create_app
from service.config import Config
from service.start import open_house, tell_what_is_missing

config = Config.from_environment()
open_house(config)
tell_what_is_missing(config)
application = create_app(config)
