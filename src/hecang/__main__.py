"""``python -m hecang`` is the ``hecang`` command."""

from hecang.cli.main import main

if __name__ == "__main__":
    main()
