"""Make a staff account with a random password, which is printed once."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.groups import PERMISSIONS
from clinic.staff.second_factor import add_app


class Command(BaseCommand):
    help = "Makes a staff account; its random password is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--group", action="append", required=True, choices=sorted(PERMISSIONS), help="may be given more than once"
        )
        parser.add_argument(
            "--unless-any", action="store_true", help="do nothing when there is a staff account already"
        )

        parser.add_argument(
            "--totp",
            action="store_true",
            help="set up an authenticator app too and print its key; on this machine only",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name, groups = options["name"], options["group"]
        if options["unless_any"] and User.objects.exists():
            return
        try:
            User._meta.get_field("username").clean(name, None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if User.objects.filter(username=name).exists():
            raise CommandError(f"There is a staff account named {name} already.")
        if options["totp"] and not settings.SITE.is_local:
            raise CommandError("--totp is for this machine only: elsewhere people set up their own second step.")
        password = secrets.token_urlsafe(15)
        with transaction.atomic():
            user = User.objects.create_user(name, password=password, is_staff=True)
            user.groups.set(Group.objects.filter(name__in=groups))
            record(None, Action.RECORD_ADDED, f"user:{user.pk}", actor="command make_staff")
            key = add_app(user) if options["totp"] else ""
        self.stdout.write(f"Staff sign-in: {name} / {password}")
        if key:
            self.stdout.write(f"Authenticator key: {key}")
