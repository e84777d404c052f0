"""Serves the pages with gunicorn; TLS and the network are the front server's business."""

from typing import Any

from django.core.management import call_command
from gunicorn.app.base import BaseApplication


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with its settings given in code."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in each worker after the fork."""
        from cardbook.config.wsgi import application

        return application


def serve(*, port: int, workers: int = 2) -> None:
    """This function will serve http://127.0.0.1:`port` until it is interrupted."""
    from django.conf import settings

    if not (settings.DEBUG or settings.DEMO):
        call_command("collectstatic", interactive=False, verbosity=0)
    _Server(
        {
            "bind": f"127.0.0.1:{port}",
            "workers": workers,
            "threads": 4,
            "worker_class": "gthread",
            "timeout": 120,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
        }
    ).run()
