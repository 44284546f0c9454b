"""A browser without a screen: it keeps cookies, reads forms and posts them."""

import http.client
from html.parser import HTMLParser
from urllib.parse import urlencode

Fields = list[tuple[str, str]]


class FormReader(HTMLParser):
    """Reads the forms of a page that are sent by POST: hidden fields, the names there are, buttons; and all links."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: list[Fields] = []
        self.names: list[set[str]] = []
        self.buttons: list[Fields] = []
        self.links: list[str] = []
        self.is_in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and found.get("method", "").lower() == "post":
            self.is_in_form = True
            self.hidden.append([])
            self.names.append(set())
            self.buttons.append([])
        elif tag == "a":
            self.links.append(found.get("href", ""))
        elif self.is_in_form and tag == "button" and found.get("name"):
            self.buttons[-1].append((found["name"], found.get("value", "")))
        elif self.is_in_form and found.get("name"):
            if found.get("type") == "hidden":
                self.hidden[-1].append((found["name"], found.get("value", "")))
            else:
                self.names[-1].add(found["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_in_form = False


class Browser:
    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str, str]:
        return self._ask("GET", path)

    def post(self, path: str, fields: Fields) -> tuple[int, str, str]:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        """Return status, where it leads, and the page."""
        headers = {
            "Host": f"localhost:{self.port}",
            "Origin": f"http://localhost:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":
                    key, _equals, content = value.partition(";")[0].partition("=")
                    self.cookies[key] = content
            return response.status, response.getheader("Location", ""), response.read().decode()
        finally:
            connection.close()


def read_forms(page: str) -> FormReader:
    reader = FormReader()
    reader.feed(page)
    return reader
