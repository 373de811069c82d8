"""The Qimen protocol (奇门) between an ERP and a WMS: XML, signatures, calls. Knows no tables."""
