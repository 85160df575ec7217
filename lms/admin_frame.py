"""What Wagtail's frame around a page of ours asks for: title, icon, and the pages above it."""

from __future__ import annotations

from typing import Any

Crumb = tuple[str, str]  # address, label


def admin_frame(title: str, *, icon: str, above: tuple[Crumb, ...] = ()) -> dict[str, Any]:
    """Context for ``wagtailadmin/generic/base.html``; ``above`` begins with the topmost page."""
    crumbs = (*above, ("", title))
    return {
        "header_title": title,
        "header_icon": icon,
        "breadcrumbs_items": [{"url": url, "label": label} for url, label in crumbs],
    }
