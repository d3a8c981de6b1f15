"""Run the command line: python -m nbutils."""

from nbutils.cli import main

main()
