"""Jobs on handhelds that keep the books true."""
