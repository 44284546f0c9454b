"""The Nu HTML checker, where its jar is: VNU_JAR names it (`.ci/run` fetches it), Java runs it."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

JAR = os.environ.get("VNU_JAR", "")
IS_THERE = bool(JAR) and Path(JAR).exists() and shutil.which("java") is not None


def html_errors(pages: Mapping[str, str]) -> list[str]:
    """List what the checker calls an error in these pages: text to name, as they were recorded."""
    with TemporaryDirectory(prefix="previsit-html-") as folder:
        names = {}
        for number, (text, name) in enumerate(pages.items()):
            path = Path(folder, f"{number}.html")
            path.write_text(text, encoding="utf-8")
            names[f"file:{path}"] = name
        command = ["java", "-Xss4m", "-jar", JAR, "--errors-only", "--format", "json", "--stdout", folder]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=600).stdout
    return [
        f"{names[one['url']]}: {one['message']} | {one.get('extract', '').strip()}"
        for one in json.loads(answer)["messages"]
    ]
