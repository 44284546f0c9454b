"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from clinic.web.static_files import check_manifest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.umask(0o077)  # what is written here holds health answers

application = get_wsgi_application()
check_manifest()
