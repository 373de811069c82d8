"""Pages for people outside who hold a link: buyers."""
