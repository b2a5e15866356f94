"""The web application for Granian."""

import os

from django.core.wsgi import get_wsgi_application

from gongkai.config.sharing import share_counts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.config.settings")
share_counts()
application = get_wsgi_application()
