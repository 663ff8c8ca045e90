"""What a handling unit works at: its inbox, and what it applied for."""

from services.console.pages.unit import applications, exporting, inbox

SCREENS = (inbox.router, exporting.router, applications.router)
