"""Make the tables and the article if they are not there, then serve."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.wagtail_site.settings"

from django.apps import apps
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
call_command("migrate", verbosity=0)

Page, Site = apps.get_model("wagtailcore.Page"), apps.get_model("wagtailcore.Site")
ArticlePage = apps.get_model("wagtail_site.ArticlePage")
if not ArticlePage.objects.exists():
    home = Page.objects.get(depth=2)
    text = "".join(f"<p>{'word ' * 60}<a href='https://example.org/{number}'>link</a></p>" for number in range(400))
    article = ArticlePage(title="A page", slug="page", body=text[: int(os.environ.get("BODY_BYTES", "20000"))])
    home.add_child(instance=article)
    article.save_revision().publish()
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": "Peer"}
    )
