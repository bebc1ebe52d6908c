"""One file per command: `login_link.py` defines `artdag login-link` as `command`."""
