"""``python -m deploy.topics [REPLICAS]``: makes the topics that are missing, before any service starts."""

import asyncio
import sys

from shared.kafka import create_topics
from shared.settings import read_settings

if __name__ == "__main__":
    asyncio.run(create_topics(read_settings(), int(sys.argv[1]) if len(sys.argv) > 1 else 1))
