"""Who is told what, and how: in the app, by e-mail, webhook or chat robot."""
