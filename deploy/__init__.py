"""Starting Huiyin: on one machine (``local``), under compose, in a cluster (``k8s``)."""
