"""What others may read of outbound."""
