"""What a handling unit works at: its inbox, and what it applied for."""

from services.console.pages.unit import applications, inbox

SCREENS = (inbox.router, applications.router)
