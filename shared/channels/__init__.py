"""Every channel by its name: one pure module each, with both directions (design §1).

A new channel is a module here, a line in ``CHANNELS``, and a factory for ``tests/contracts/channel.py``.
"""

from shared.channels.form import Channel
from shared.channels.hotline import HOTLINE
from shared.channels.mini_program import MINI_PROGRAM
from shared.channels.provincial import MINSHENG, WENZHENG

CHANNELS: dict[str, Channel] = {
    "hotline": HOTLINE,
    "wenzheng": WENZHENG,
    "minsheng": MINSHENG,
    "mini_program": MINI_PROGRAM,
}
