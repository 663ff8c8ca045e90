"""What makes open pages live: what changed in the views goes to the streams of the pages that show it."""
