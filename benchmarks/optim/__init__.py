"""What ``hecang bench optim`` runs: the algorithms of ``hecang_optim`` against published and generated instances."""
