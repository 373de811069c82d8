"""What keeps the books true while goods lie there."""
