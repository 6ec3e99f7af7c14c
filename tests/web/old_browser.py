"""A browser of 2018, Chromium 69, as a program of its own: `old_browser.py ADDRESS PICTURE SCRIPT`.

Opens a page without a screen, waits, prints as JSON what the script gives and leaves a picture. Runs where PyQt5 5.12.3
and PyQtWebEngine 5.12.1 are installed, and imports nothing of this project.
"""

# mypy: disable-error-code="import-not-found,misc,no-any-return"
import json
import sys

from PyQt5.QtCore import QTimer, QUrl
from PyQt5.QtWebEngineWidgets import QWebEnginePage, QWebEngineView
from PyQt5.QtWidgets import QApplication

SETTLED_MS = 400
"""Between two looks."""

MOST_LOOKS = 60


class Page(QWebEnginePage):
    """A page that tells what its scripts complain of."""

    def javaScriptConsoleMessage(self, _level: int, message: str, line: int, source: str) -> None:  # noqa: N802
        """Write a complaint of the page."""
        sys.stderr.write(f"{source}:{line}: {message}\n")


def main(address: str, picture: str, script: str) -> int:
    """Open a page, look until the script gives something, and print it."""
    application = QApplication(["old_browser", "--no-sandbox"])
    view = QWebEngineView()
    view.setPage(Page(view))
    view.resize(1280, 720)
    view.show()
    looks = {"left": MOST_LOOKS}

    def look() -> None:
        view.page().runJavaScript(script, seen)

    def seen(found: object) -> None:
        looks["left"] -= 1
        if found or looks["left"] == 0:
            QTimer.singleShot(SETTLED_MS, lambda: end(found))
        else:
            QTimer.singleShot(SETTLED_MS, look)

    def end(found: object) -> None:
        view.grab().save(picture)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
        application.exit(0 if found else 1)

    view.load(QUrl(address))
    QTimer.singleShot(SETTLED_MS, look)
    return int(application.exec_())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
