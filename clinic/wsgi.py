"""The WSGI application that gunicorn serves."""

import gc
import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from clinic.web.static_files import check_manifest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.umask(0o077)  # what is written here holds health answers

gc.disable()  # nothing that is loaded here is garbage, and looking for it time and again is a tenth of the start
own_application = get_wsgi_application()
from clinic.web.public_pages import KeptPagesFirst  # noqa: E402  (it needs the apps)

django_application = KeptPagesFirst(own_application)
check_manifest()
gc.freeze()
gc.enable()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return django_application(environ, start_response)


# Python keeps the frames of its calls in pieces of 16 kB and gives each back as soon as it is empty: a loop just across
# the end of one asks the system for memory at every call. A frame of 128 kB makes the piece so large that nothing
# gets across its end. It costs nothing, for memory that is not touched is not given out.
application.__code__ = application.__code__.replace(co_stacksize=16_500)
