"""Paper: labels, packing lists and manifests as PDF. Pure: plain values in, bytes out."""
