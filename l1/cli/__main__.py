"""`python -m l1.cli` is the command `artdag`."""

from l1.cli.entry import main

main()
